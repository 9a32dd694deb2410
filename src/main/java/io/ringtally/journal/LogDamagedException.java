package io.ringtally.journal;

import java.io.IOException;

/**
 * The log holds something that no crash explains: nothing is started on it.
 *
 * <p>Threading: immutable.
 */
public final class LogDamagedException extends IOException {

    private static final long serialVersionUID = 1L;

    /**
     * Names the place.
     *
     * @param file the damaged file
     * @param offset place of the damage in it, bytes
     * @param what what is wrong there
     */
    LogDamagedException(String file, long offset, String what) {
        super("the log is damaged: " + file + ", offset " + offset + ": " + what
                + "; nothing was changed. 'ringtally journal check' shows what can be read and"
                + " 'ringtally journal export' saves it; restore the data directory, or move its"
                + " log away and start with a new one");
    }
}
