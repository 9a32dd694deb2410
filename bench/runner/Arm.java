package bench.runner;

import java.util.Locale;

/** One of the servers that are compared. */
enum Arm {
    /** Reads the body and answers: counts nothing. */
    SIMPLE(""),
    /** One upsert and commit per request. */
    SYNC("select coalesce(sum(total), 0) from sync_counter"),
    /** Ringtally. */
    RING("select coalesce(sum(total), 0) from ringtally.counters");

    private final String sumQuery;

    Arm(String sumQuery) {
        this.sumQuery = sumQuery;
    }

    /** What this arm has counted, as a query; empty where it does not count. */
    String sumQuery() {
        return sumQuery;
    }

    boolean counts() {
        return !sumQuery.isEmpty();
    }

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Arm named(String label) {
        for (Arm arm : values()) {
            if (arm.label().equals(label)) {
                return arm;
            }
        }
        throw new Options.Mistake("there is no arm '" + label + "': simple, sync or ring");
    }
}
