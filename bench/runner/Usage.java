package bench.runner;

/**
 * CPU time used while a load ran.
 *
 * @param serverMicros by the server's process
 * @param postgresMicros by PostgreSQL, all its processes
 * @param idlePercent of all cores: near 0 the machine was the limit, else something else was
 * @param stolenPercent of all cores: what the hypervisor gave to others
 */
record Usage(long serverMicros, long postgresMicros, double idlePercent, double stolenPercent) {

    /** The counters at one moment. */
    record Snapshot(long serverMicros, long postgresMicros, ProcStat.Machine machine) {

        Usage until(Snapshot later) {
            double total = Math.max(1, later.machine.total() - machine.total());
            return new Usage(later.serverMicros - serverMicros,
                    // a restarted PostgreSQL counts from 0 again
                    Math.max(0, later.postgresMicros - postgresMicros),
                    100 * (later.machine.idle() - machine.idle()) / total,
                    100 * (later.machine.stolen() - machine.stolen()) / total);
        }
    }
}
