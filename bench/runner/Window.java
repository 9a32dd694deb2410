package bench.runner;

/** One run of wrk and the CPU time used while it ran. */
record Window(WrkResult load, Usage usage) {

    double requestsPerSecond() {
        return load.requestsPerSecond();
    }

    double serverMicrosPerRequest() {
        return usage.serverMicros() / (double) Math.max(1, load.ok());
    }

    double postgresMicrosPerRequest() {
        return usage.postgresMicros() / (double) Math.max(1, load.ok());
    }
}
