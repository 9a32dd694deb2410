package io.ringtally.dashboard;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which share of the time each thread was on a processor between two looks. A look costs some
 * system calls per thread, so there is none while nobody wants to know.
 *
 * <p>Threading: one thread's.
 */
final class BusyShares {

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private Map<Long, Long> before = Map.of();
    private long beforeNanos;

    /** Forgets the last look: the next one has nothing to compare with. */
    void forget() {
        before = Map.of();
    }

    /** Shares since the last look, by the threads' names; empty after {@link #forget}. */
    Map<String, Double> look() {
        if (!threads.isThreadCpuTimeSupported() || !threads.isThreadCpuTimeEnabled()) {
            return Map.of();
        }
        long nowNanos = System.nanoTime();
        double spanNanos = Math.max(1, nowNanos - beforeNanos);
        Map<Long, Long> now = new HashMap<>();
        Map<String, Double> shares = new TreeMap<>();
        for (ThreadInfo info : threads.getThreadInfo(threads.getAllThreadIds())) {
            if (info == null) {
                continue; // it has ended
            }
            long used = threads.getThreadCpuTime(info.getThreadId());
            now.put(info.getThreadId(), used);
            Long then = before.get(info.getThreadId());
            if (then != null && used >= then) {
                shares.merge(info.getThreadName(), (used - then) / spanNanos, Double::sum);
            }
        }
        before = now;
        beforeNanos = nowNanos;
        return shares;
    }
}
