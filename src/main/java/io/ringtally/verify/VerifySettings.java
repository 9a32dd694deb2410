package io.ringtally.verify;

import java.nio.file.Path;
import java.util.List;

/**
 * What a campaign does.
 *
 * @param jar the service's jar
 * @param directory where data, logs and databases go; made if absent
 * @param database an empty database to use, or null for a server of the campaign's own
 * @param faults names of faults, or {@code all}
 * @param rounds rounds that must count, 1 to 1000000
 * @param seed where chance begins
 * @param load what clients do
 * @param report file to write, or null
 */
public record VerifySettings(Path jar, Path directory, DatabaseAddress database,
        List<String> faults, int rounds, long seed, LoadSettings load, Path report) {

    /**
     * What clients do.
     *
     * @param clients connections that post one request after the other, 1 to 1000
     * @param keys counters they share, 1 to 100000
     * @param uniquePercent requests whose counters are their own, of a hundred
     * @param ack level asked for, or empty for the service's default
     * @param retry whether unanswered requests are sent again, to be counted exactly once
     */
    public record LoadSettings(int clients, int keys, int uniquePercent, String ack,
            boolean retry) {

        private static final List<String> LEVELS = List.of("", "journaled", "synced",
                "persisted");

        public LoadSettings {
            require("--clients", clients, 1, 1_000);
            require("--keys", keys, 1, 100_000);
            require("--unique", uniquePercent, 0, 100);
            if (!LEVELS.contains(ack)) {
                throw new IllegalArgumentException("--ack = " + ack
                        + " is no level: journaled, synced and persisted are");
            }
        }
    }

    public VerifySettings {
        faults = List.copyOf(faults);
        require("--rounds", rounds, 1, 1_000_000);
    }

    private static void require(String name, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(name + " = " + value + " is out of range: "
                    + least + " to " + most);
        }
    }
}
