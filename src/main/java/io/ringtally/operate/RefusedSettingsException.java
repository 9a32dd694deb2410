package io.ringtally.operate;

import java.util.Map;

/** Settings that cannot be; none of those that came with them has been changed. */
public final class RefusedSettingsException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    private final transient Map<String, String> reasons;

    RefusedSettingsException(Map<String, String> reasons) {
        super(String.join("; ", reasons.values()));
        this.reasons = Map.copyOf(reasons);
    }

    /** Why, by the setting's key. */
    public Map<String, String> reasons() {
        return reasons;
    }
}
