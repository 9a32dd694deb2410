package io.ringtally.config;

import com.typesafe.config.Config;
import io.ringtally.http.LimitSettings;
import io.ringtally.tally.QuotaSettings;

/**
 * The sections that say how much clients and apps may; {@code off} is any amount.
 *
 * <p>Threading: stateless.
 */
final class LimitSections {

    private static final String OFF = "off";

    private LimitSections() {
    }

    static LimitSettings limits(Config values) {
        return new LimitSettings(rates(values, "limits.client"), rates(values, "limits.app"),
                values.getDuration("limits.burst"), values.getInt("limits.max-clients"));
    }

    static QuotaSettings quotas(Config values) {
        return new QuotaSettings(amount(values, "limits.app.max-messages"),
                AppSections.maxMessages(values));
    }

    private static LimitSettings.Rates rates(Config values, String section) {
        return new LimitSettings.Rates(amount(values, section + ".requests-per-second"),
                amount(values, section + ".events-per-second"));
    }

    /** A number; 0 for {@code off}. */
    static long amount(Config values, String key) {
        return values.getString(key).equals(OFF) ? 0 : values.getLong(key);
    }
}
