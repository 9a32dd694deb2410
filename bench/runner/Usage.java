package bench.runner;

import java.util.SortedMap;
import java.util.TreeMap;

/**
 * CPU time used while a load ran.
 *
 * @param serverMicros by the server's process
 * @param postgresMicros by PostgreSQL, all its processes
 * @param threadMicros by the server's threads, by their kind
 * @param idlePercent of all cores: near 0 the machine was the limit, else something else was
 * @param stolenPercent of all cores: what the hypervisor gave to others
 */
record Usage(long serverMicros, long postgresMicros, double idlePercent, double stolenPercent,
        SortedMap<String, Long> threadMicros) {

    /** The counters at one moment. */
    record Snapshot(long serverMicros, long postgresMicros, ProcStat.Machine machine,
            SortedMap<String, Long> threadMicros) {

        Usage until(Snapshot later) {
            double total = Math.max(1, later.machine.total() - machine.total());
            return new Usage(later.serverMicros - serverMicros,
                    // a restarted PostgreSQL counts from 0 again
                    Math.max(0, later.postgresMicros - postgresMicros),
                    100 * (later.machine.idle() - machine.idle()) / total,
                    100 * (later.machine.stolen() - machine.stolen()) / total, threads(later));
        }

        /** A thread that has ended takes its time with it: never below 0. */
        private SortedMap<String, Long> threads(Snapshot later) {
            SortedMap<String, Long> used = new TreeMap<>();
            later.threadMicros.forEach((kind, micros) -> used.put(kind,
                    Math.max(0, micros - threadMicros.getOrDefault(kind, 0L))));
            return used;
        }
    }
}
