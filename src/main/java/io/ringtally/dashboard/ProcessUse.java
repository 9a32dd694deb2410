package io.ringtally.dashboard;

import java.lang.management.ManagementFactory;

/**
 * What the process takes of the machine.
 *
 * <p>Threading: stateless.
 */
final class ProcessUse {

    private static final com.sun.management.OperatingSystemMXBean SYSTEM =
            ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class);

    private ProcessUse() {
    }

    /** Processor time of the process since its start, nanoseconds; 0 where it is not known. */
    static long cpuNanos() {
        return Math.max(0, SYSTEM.getProcessCpuTime());
    }

    /** Bytes of heap in use, garbage included. */
    static long heapBytes() {
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
