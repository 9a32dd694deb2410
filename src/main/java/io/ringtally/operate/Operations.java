package io.ringtally.operate;

import io.ringtally.persist.Flusher;
import io.ringtally.ring.Admission;
import io.ringtally.ring.AdmissionGate;
import io.ringtally.ring.Ring;
import io.ringtally.ring.ShardChange;
import io.ringtally.time.Clock;
import io.ringtally.time.WorkProgress;
import java.time.Duration;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an operator does to the service, by JMX or by HTTP: both call this. Whatever is changed is
 * logged with who did it.
 *
 * <p>Threading: any thread; a flush and a drain wait. Changes of settings exclude each other.
 */
public final class Operations {

    private static final Logger LOG = LoggerFactory.getLogger(Operations.class);

    private static final long FLUSH_LIMIT_MILLIS = 30_000;
    /** A request that passed the gate before it closed has published long before this is over. */
    private static final long SETTLE_MILLIS = 100;

    /** A shard is a thread: more than this many only get into each other's way. */
    private static final int SHARDS_MAX =
            Math.min(64, Math.max(4, 2 * Runtime.getRuntime().availableProcessors()));

    private final StateLog states;
    private final AdmissionGate gate;
    private final Ring ring;
    private final Supplier<Flusher> flusher;
    private final SettingValues configured;
    private final Duration drainTimeout;
    private final WorkProgress draining;
    private final WorkProgress resharding;
    private final ReentrantLock changing = new ReentrantLock();

    /**
     * Makes the operations of a service.
     *
     * @param states told of each change that is made here
     * @param flusher gives null before the service takes events
     * @param configured what was set at its start
     */
    public Operations(StateLog states, AdmissionGate gate, Ring ring,
            Supplier<Flusher> flusher, SettingValues configured, Duration drainTimeout,
            Clock clock) {
        this.states = states;
        this.gate = gate;
        this.ring = ring;
        this.flusher = flusher;
        this.configured = configured;
        this.drainTimeout = drainTimeout;
        this.draining = new WorkProgress(clock, "draining", "counters", ring::pendingCounters);
        this.resharding = new WorkProgress(clock, "changing the tally shards", "shards");
    }

    /** How far a drain is, an operator's or that of the service's end. */
    public WorkProgress draining() {
        return draining;
    }

    /** Whether the number of shards is being changed, and to how many. */
    public WorkProgress resharding() {
        return resharding;
    }

    /**
     * What became of a flush.
     *
     * @param persisted whether Postgres has everything that had been applied; false when the time
     *     was up
     * @param position log position up to which Postgres has everything
     */
    public record Flushed(boolean persisted, long position) {
    }

    /**
     * Flushes everything applied so far, also while paused, and waits for at most 30 seconds.
     *
     * @throws IllegalStateException if the service does not take events yet
     */
    public Flushed flush() throws InterruptedException {
        Flusher running = running();
        boolean persisted = running.flushNow(FLUSH_LIMIT_MILLIS);
        return new Flushed(persisted, running.checkpoint().position().number());
    }

    /** Begins no more flushes; one that has begun goes on. */
    public void pause(String by) {
        Flusher running = running();
        if (!running.state().paused()) {
            running.pause();
            LOG.info("flushes are paused by {}", by);
            states.look();
        }
    }

    /** Takes a pause back; what is due is flushed at once. */
    public void resumeFlushes(String by) {
        Flusher running = running();
        if (running.state().paused()) {
            running.resume();
            LOG.info("flushes go on, by {}", by);
            states.look();
        }
    }

    /** Whether flushes are paused. */
    public boolean isPaused() {
        return running().state().paused();
    }

    /** Whether events are refused because of a drain. */
    public boolean isDraining() {
        return gate.phase() == Admission.DRAINING;
    }

    /** Longest time a drain takes. */
    public Duration drainTimeout() {
        return drainTimeout;
    }

    /**
     * Refuses events from now on and brings everything accepted into Postgres.
     *
     * @return whether Postgres has everything; false when {@code shutdown.drain-timeout} is over
     * @throws IllegalStateException if there is nothing that could be drained now
     */
    public boolean drain(String by) throws InterruptedException {
        Flusher running = flusher.get();
        Admission phase = gate.phase();
        if (running == null || phase != Admission.ACCEPTED && phase != Admission.DRAINING) {
            throw new IllegalStateException("the service is " + states.word()
                    + ": there is nothing to drain");
        }
        gate.drain();
        LOG.info("draining for {}: nothing more is accepted", by);
        states.look();
        draining.begin();
        try {
            return drain(running);
        } finally {
            draining.end();
        }
    }

    private boolean drain(Flusher running) throws InterruptedException {
        long deadline = System.nanoTime() + drainTimeout.toNanos();
        boolean quiet = false;
        while (deadline - System.nanoTime() > 0) {
            boolean flushed = running.flushNow(millisUntil(deadline));
            if (flushed && isEmpty() && quiet) {
                LOG.info("drained: everything accepted is in Postgres");
                return true;
            }
            quiet = flushed && isEmpty();
            TimeUnit.MILLISECONDS.sleep(Math.min(SETTLE_MILLIS, millisUntil(deadline)));
        }
        LOG.warn("not drained within shutdown.drain-timeout = {} ms: changes of {} counters are"
                + " not in Postgres yet; events stay refused", drainTimeout.toMillis(),
                ring.pendingCounters());
        draining.trouble("not drained within shutdown.drain-timeout = " + drainTimeout.toMillis()
                + " ms");
        return false;
    }

    private boolean isEmpty() {
        return ring.backlogSlots() == 0 && ring.unpersistedEvents() == 0
                && ring.pendingCounters() == 0;
    }

    private static long millisUntil(long deadlineNanos) {
        return Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime()));
    }

    /**
     * Takes a drain back: events are let in again.
     *
     * @throws IllegalStateException if the service is not drained by an operator
     */
    public void letIn(String by) {
        if (!gate.reopen()) {
            throw new IllegalStateException("the service is " + states.word()
                    + ", not drained by an operator: there is nothing to resume");
        }
        LOG.info("events are let in again by {}", by);
        states.look();
    }

    /** How many shards count. */
    public int shards() {
        return ring.shards();
    }

    /**
     * Changes the number of tally shards and waits for it, at most 30 seconds: those that are there
     * count up to a cut, then others take their counters over and go on behind it. Meanwhile events
     * wait in the ring, and are refused while it is full.
     *
     * @return false if it was given up, because Postgres has not taken the flush before
     * @throws IllegalArgumentException if there cannot be so many; the message has the range
     * @throws IllegalStateException if it is not possible now; the shards from before go on
     */
    public boolean changeShards(long number, String by) throws InterruptedException {
        if (number < 1 || number > SHARDS_MAX) {
            throw new IllegalArgumentException("tally.shards = " + number + " is out of range: 1 to"
                    + " " + SHARDS_MAX + " on this machine: twice its cores, at least 4");
        }
        Flusher running = running();
        int before = ring.shards();
        if (number == before) {
            return true;
        }
        resharding.begin(number);
        try {
            return changeShards(running, before, (int) number, by);
        } catch (IllegalStateException impossible) {
            resharding.trouble(impossible.getMessage());
            throw impossible;
        } finally {
            resharding.end();
        }
    }

    private boolean changeShards(Flusher running, int before, int number, String by)
            throws InterruptedException {
        long begun = System.nanoTime();
        ShardChange change = ring.changeShards(number);
        running.hurry();
        if (!change.await(FLUSH_LIMIT_MILLIS)) {
            resharding.trouble("Postgres has not taken the flush before: there are still "
                    + before);
            LOG.warn("tally.shards stays {}: Postgres does not take the flush before the change to"
                    + " {} that {} wanted", before, number, by);
            return false;
        }
        resharding.done(number);
        LOG.info("tally.shards is {} now, it was {}: set by {}, until the process ends; {} ms",
                number, before, by,
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun));
        return true;
    }

    /** What can be set, as it is now. */
    public SettingValues settings() {
        Flusher running = flusher.get();
        return running == null ? configured
                : new SettingValues(running.settings(), ring.resource().settings());
    }

    /** The same as it was at the start. */
    public SettingValues configured() {
        return configured;
    }

    /**
     * Changes settings, all of them or none.
     *
     * @param by who, for the log
     * @return what holds now
     * @throws RefusedSettingsException if any cannot be
     * @throws IllegalStateException if the service does not take events yet
     */
    public SettingValues set(Map<Setting, Long> wanted, String by) {
        changing.lock();
        try {
            Flusher running = running();
            SettingValues before = settings();
            SettingValues after = before;
            Map<String, String> refused = new LinkedHashMap<>();
            // in the order of the enum: one may depend on those before
            Map<Setting, Long> ordered = new EnumMap<>(Setting.class);
            ordered.putAll(wanted);
            for (Map.Entry<Setting, Long> entry : ordered.entrySet()) {
                try {
                    after = entry.getKey().set(after, entry.getValue());
                } catch (IllegalArgumentException outOfRange) {
                    refused.put(entry.getKey().key(), outOfRange.getMessage());
                }
            }
            if (!refused.isEmpty()) {
                throw new RefusedSettingsException(refused);
            }
            running.settings(after.persist());
            ring.resource().settings(after.mock());
            logChanges(before, after, by);
            return after;
        } finally {
            changing.unlock();
        }
    }

    private static void logChanges(SettingValues before, SettingValues after, String by) {
        for (Setting setting : Setting.values()) {
            if (setting.in(before) != setting.in(after)) {
                LOG.info("{} is {} {} now, it was {}: set by {}, until the process ends",
                        setting.key(), setting.in(after), setting.unit(), setting.in(before), by);
            }
        }
    }

    private Flusher running() {
        Flusher running = flusher.get();
        if (running == null) {
            throw new IllegalStateException("the service is " + states.word()
                    + ": nothing is flushed yet, ask again when it is up");
        }
        return running;
    }
}
