package io.ringtally.doctor;

import java.util.Locale;

/** How something that was checked is. */
public enum Verdict {

    /** As it should be. */
    OK,
    /** It works, and may hurt. */
    WARN,
    /** The service will not start, or could lose what it has promised. */
    FAIL;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
