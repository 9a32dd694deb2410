package io.ringtally.dashboard;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which share of the time each thread was on a processor between two looks. A look costs a system
 * call per thread, so there is none while nobody wants to know.
 *
 * <p>Threading: one thread's.
 */
final class BusyShares {

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private Map<Long, Use> before = Map.of();
    private long beforeNanos;

    /** What a thread had used, and what it is called: it is asked for its name once. */
    private record Use(String name, long nanos) {
    }

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
        Map<Long, Use> now = new HashMap<>();
        Map<String, Double> shares = new TreeMap<>();
        for (long id : threads.getAllThreadIds()) {
            long used = threads.getThreadCpuTime(id);
            Use then = before.get(id);
            String name = then != null ? then.name : nameOf(id);
            if (used < 0 || name == null) {
                continue; // it has ended
            }
            now.put(id, new Use(name, used));
            if (then != null && used >= then.nanos) {
                shares.merge(name, (used - then.nanos) / spanNanos, Double::sum);
            }
        }
        before = now;
        beforeNanos = nowNanos;
        return shares;
    }

    private String nameOf(long id) {
        ThreadInfo info = threads.getThreadInfo(id);
        return info == null ? null : info.getThreadName();
    }
}
