package io.ringtally.ring;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A slow resource that does not exist: each shard calls it once for so many of its events and waits
 * for its answer, of which so many are given at a time. Off by default, and then it costs a look at
 * a field for each batch. It delays and changes nothing: every event is counted as before.
 *
 * <p>Threading: called on the shards' threads; set and looked at by any.
 */
public final class SlowResource {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition freed = lock.newCondition();
    private final Map<String, Caller> callers = new ConcurrentHashMap<>();
    private volatile MockSettings settings;
    private volatile boolean bypassed;
    private volatile int inUse;
    private volatile int waiting;
    private volatile long calls;

    /** A thread that calls: how long its calls took, and since when one is under way, or 0. */
    private static final class Caller {

        private volatile long tookNanos;
        private volatile long sinceNanos;

        void begins() {
            sinceNanos = System.nanoTime() | 1;
        }

        void ends() {
            long took = System.nanoTime() - sinceNanos;
            sinceNanos = 0;
            tookNanos += took;
        }

        long nanos() {
            long since = sinceNanos;
            return tookNanos + (since == 0 ? 0 : System.nanoTime() - since);
        }
    }

    SlowResource(MockSettings settings) {
        this.settings = settings;
    }

    public MockSettings settings() {
        return settings;
    }

    /** Replaces the settings; calls under way end as they began. */
    public void settings(MockSettings replaced) {
        lock.lock();
        try {
            settings = replaced;
            freed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Calls under way. */
    public int inUse() {
        return inUse;
    }

    /** Shards that wait for a call of others to end. */
    public int waiting() {
        return waiting;
    }

    /** Calls answered since the start. */
    public long calls() {
        return calls;
    }

    /** How long a thread of that name has waited for its calls since the start, nanoseconds. */
    public long waitedNanos(String thread) {
        Caller caller = callers.get(thread);
        return caller == null ? 0 : caller.nanos();
    }

    boolean isOn() {
        return settings.isOn() && !bypassed;
    }

    /** Whether shards go by without calling, so that they get to a cut that somebody waits for. */
    void bypass(boolean now) {
        lock.lock();
        try {
            bypassed = now;
            freed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Calls it as often as so many events need; returns those that are too few for a call. */
    long callFor(long events) throws InterruptedException {
        long left = events;
        if (!isOn() || left < settings.batch()) {
            return left;
        }
        Caller caller = callers.computeIfAbsent(Thread.currentThread().getName(),
                name -> new Caller());
        caller.begins();
        try {
            while (isOn() && left >= settings.batch()) {
                left -= settings.batch();
                call();
            }
        } finally {
            caller.ends();
        }
        return left;
    }

    private void call() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            waiting++;
            while (inUse >= settings.concurrency() && isOn()) {
                freed.await();
            }
            waiting--;
            inUse++;
        } finally {
            lock.unlock();
        }
        TimeUnit.MILLISECONDS.sleep(settings.latencyMillis());
        lock.lock();
        try {
            inUse--;
            calls++;
            freed.signal();
        } finally {
            lock.unlock();
        }
    }
}
