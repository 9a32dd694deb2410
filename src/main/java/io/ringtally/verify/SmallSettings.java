package io.ringtally.verify;

import java.util.Map;

/**
 * Settings that make a service small and quick, so that a short round meets every stage of it many
 * times.
 *
 * <p>Threading: immutable.
 */
final class SmallSettings {

    static final Map<String, String> VARIABLES = Map.of(
            "RINGTALLY_RING_SLOTS", "4096",
            "RINGTALLY_JOURNAL_SEGMENT_BYTES", "1 MiB",
            "RINGTALLY_STORE_MAX_COUNTERS", "300000",
            "RINGTALLY_PERSIST_MAX_UPDATES", "300",
            "RINGTALLY_PERSIST_MAX_DELAY", "200ms",
            "RINGTALLY_PERSIST_MIN_INTERVAL", "20ms");

    private SmallSettings() {
    }
}
