package bench.runner;

import java.util.Locale;

/** What can be set on the command line, its default and its meaning. */
enum Flag {
    ARMS("simple,sync,ring", "servers to compare: these, or LABEL=JAR+KEY=VALUE, see README"),
    ARM("ring", "the server of the commands that measure one"),
    SCRIPTS("post", "scripts of bench/wrk, one table each: post, hot, wide, event, ndjson"),
    ROUNDS("6", "how often each arm is measured; even, as two rounds make a pair"),
    CONNECTIONS("400", "wrk's open connections"),
    THREADS("16", "wrk's threads"),
    REDIS("--appendonly yes --appendfsync always", "redis: settings of the server"),
    PIPELINE("1", "redis: requests in flight per connection"),
    RECORDS("10000000", "replay: events that PostgreSQL lacks at the least"),
    RATE("20000", "latency, slow: requests a second"),
    SLOW("10000", "slow: connections of each kind"),
    KINDS("none,heads,bodies,idle,readers,ending", "slow: which kinds, the one without any first"),
    FEEDS("50", "feeds: how many dashboards are open, one arm each, beside none; stalled-50 are not"
            + " read"),
    DURATION("30s", "length of a measured window"),
    WINDOW("2s", "length of a warm-up window"),
    WINDOWS_MAX("15", "how many warm-up windows at most"),
    IO_THREADS("1,2,4", "I/O thread counts to try first, per arm; one number: no search"),
    SEARCH_ROUNDS("2", "how often the search measures each count"),
    SEARCH_DURATION("10s", "length of a window of the search"),
    SYNC_CONNECTIONS("32", "database connections, and worker threads, of sync"),
    PIN_SERVER("", "cores for the server, as taskset -c takes them; empty: not pinned"),
    PIN_CLIENT("", "cores for wrk"),
    PIN_POSTGRES("", "cores for PostgreSQL"),
    JAVA_HOME("", "the JDK of the servers; empty: the one that runs this"),
    JVM_FLAGS("", "flags for the servers' JVMs, all arms alike, separated by blanks"),
    HTTP_PORT("3383", "port of the servers; the next one is ring's admin port"),
    DB_PORT("5483", "port of PostgreSQL"),
    DRAIN_TIMEOUT("120s", "how long a server may take to stop"),
    REST("5s", "idle: rest before the window; latency: schedule before what is recorded"),
    OUTAGE("sigstop", "pg-stopped: sigstop (frozen) or stop (shut down)"),
    CATCH_UP("120s", "pg-stopped: how long Postgres may take to hold everything again"),
    TOP("30", "profile: how many methods to print"),
    NAME("", "last part of the names of the result files; empty: the command and scripts"),
    RESULTS("bench/results", "where the result files go"),
    WORK("target/bench/work", "where data directories and logs go, below a new directory");

    private final String byDefault;
    private final String meaning;

    Flag(String byDefault, String meaning) {
        this.byDefault = byDefault;
        this.meaning = meaning;
    }

    String byDefault() {
        return byDefault;
    }

    /** As it is typed, {@code --io-threads}. */
    String typed() {
        return "--" + name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    String line() {
        return String.format(Locale.ROOT, "  %-20s %-24s %s", typed(),
                byDefault.isEmpty() ? "-" : byDefault, meaning);
    }
}
