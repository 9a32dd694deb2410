package io.ringtally.doctor;

import java.util.List;

/**
 * Memory, processors and open files against what the configuration may take.
 *
 * <p>Threading: immutable.
 *
 * @param machine what there is
 * @param heapBytes the heap's limit
 * @param needs what may be taken
 */
record MemoryChecks(Machine machine, long heapBytes, Needs needs) {

    /** Code, threads, direct buffers of the edge, collector: a JVM beside its heap. */
    private static final long JVM_BYTES = 200L << 20;
    /** shared_buffers and the processes of an embedded Postgres. */
    private static final long EMBEDDED_BYTES = 300L << 20;
    /** What the heap holds besides what is counted here. */
    private static final long HEAP_BASE_BYTES = 96L << 20;
    private static final long PENDING_BYTES = 300;
    private static final long ID_BYTES = 100;

    /** Files that are neither connections nor segments: jar, sockets, pools, logs. */
    private static final long OTHER_FILES = 200;
    private static final long FEW_FILES = 1_024;

    /**
     * What the configuration may take.
     *
     * @param pendingCounters changes that may wait, on the heap
     * @param ids ids that may be held, on the heap
     * @param ringBytes of the mapped ring
     * @param unforcedBytes of direct memory
     * @param storeBytes of off-heap memory, with as many counters as may be
     * @param embedded whether a Postgres runs beside
     * @param threads that count and answer
     * @param connections http.max-connections
     */
    record Needs(long pendingCounters, long ids, long ringBytes, long unforcedBytes,
            long storeBytes, boolean embedded, int threads, int connections) {

        long heapBytes() {
            return HEAP_BASE_BYTES + pendingCounters * PENDING_BYTES + ids * ID_BYTES;
        }
    }

    List<Check> all() {
        return List.of(heap(), memory(), cores(), openFiles());
    }

    Check heap() {
        String value = Check.mebibytes(heapBytes) + ", full settings take about "
                + Check.mebibytes(needs.heapBytes());
        return heapBytes >= needs.heapBytes() ? Check.ok("heap", value)
                : Check.warn("heap", value, "start with -Xmx" + (needs.heapBytes() >> 20)
                        + "m or more, or lower persist.max-pending-counters = "
                        + needs.pendingCounters() + " or dedupe.max-ids = " + needs.ids());
    }

    Check memory() {
        long others = needs.ringBytes() + needs.unforcedBytes() + JVM_BYTES
                + (needs.embedded() ? EMBEDDED_BYTES : 0);
        long all = heapBytes + others + needs.storeBytes();
        String value = Check.mebibytes(machine.memoryBytes()) + " (" + machine.memoryFrom()
                + "); heap, ring, log, Postgres if embedded, and a full store take "
                + Check.mebibytes(all);
        if (machine.memoryBytes() == 0) {
            return Check.warn("memory", "unknown; " + Check.mebibytes(all) + " may be taken",
                    "see that the machine has as much");
        }
        String advice = "lower -Xmx (" + Check.mebibytes(heapBytes) + ", of which about "
                + Check.mebibytes(needs.heapBytes()) + " are needed), store.max-counters or"
                + " ring.slots, or give it more memory: a process beyond its limit is killed";
        if (others + needs.heapBytes() > machine.memoryBytes()) {
            return Check.fail("memory", value, advice);
        }
        return all <= machine.memoryBytes() ? Check.ok("memory", value)
                : Check.warn("memory", value, advice);
    }

    Check cores() {
        String value = machine.cores() + " for " + needs.threads()
                + " threads that count or answer";
        return needs.threads() <= 2 * machine.cores() ? Check.ok("cores", value)
                : Check.warn("cores", value, "lower tally.shards and http.io-threads: more"
                        + " threads than cores only take turns");
    }

    Check openFiles() {
        long wanted = needs.connections() + OTHER_FILES;
        if (machine.openFilesMax() == 0) {
            return Check.warn("open files", "the limit is unknown", "see that it is " + wanted
                    + " or more");
        }
        String value = (machine.openFilesMax() == Long.MAX_VALUE ? "no limit"
                : "up to " + machine.openFilesMax()) + ", http.max-connections = "
                + needs.connections();
        String advice = "raise the hard limit to " + wanted + " (ulimit -Hn, LimitNOFILE= of"
                + " systemd), or lower http.max-connections";
        if (machine.openFilesMax() >= wanted) {
            return Check.ok("open files", value);
        }
        return machine.openFilesMax() < FEW_FILES ? Check.fail("open files", value, advice)
                : Check.warn("open files", value, advice);
    }
}
