package io.ringtally.ring;

/**
 * Whether events are let in: the phase of the service, and the pressure behind it.
 *
 * <p>Threading: {@link #now} is read by every request (one volatile read); changes are serialised.
 *
 * <p>Phases only move forward, {@code STARTING, open, DRAINING} and the two final ones, except that
 * a drain by an operator may be taken back: until the process ends.
 */
public final class AdmissionGate {

    private Admission phase = Admission.STARTING;
    private Admission pressure = Admission.ACCEPTED;
    private volatile Admission now = Admission.STARTING;
    private volatile boolean opened;
    private boolean closed;
    private boolean journalFull;

    /** What a request meets at this moment; {@code ACCEPTED} means the gate is open. */
    public Admission now() {
        return now;
    }

    /** The phase alone, without pressure; {@code ACCEPTED} means up. */
    public synchronized Admission phase() {
        return phase;
    }

    /** Whether it was ever open: before that, not all counters are in memory. */
    public boolean hasOpened() {
        return opened;
    }

    /** Lets events in, unless the service is ending, has failed or been fenced. */
    public synchronized void open() {
        if (!closed) {
            opened = true;
            enter(Admission.ACCEPTED);
        }
    }

    /** Refuses events because an operator wants the service drained. */
    public synchronized void drain() {
        enter(Admission.DRAINING);
    }

    /**
     * Takes a drain back.
     *
     * @return false if there is none, or the process is ending
     */
    public synchronized boolean reopen() {
        boolean drained = phase == Admission.DRAINING && !closed;
        if (drained) {
            enter(Admission.ACCEPTED);
        }
        return drained;
    }

    /** Refuses events because the process is ending: a drain that nothing takes back. */
    public synchronized void close() {
        closed = true;
        enter(Admission.DRAINING);
    }

    /** Refuses events for good. */
    public synchronized void fail() {
        enter(Admission.FAILED);
    }

    /** Refuses events for good: another process owns this log. */
    public synchronized void fence() {
        enter(Admission.FENCED);
    }

    private void enter(Admission next) {
        if (phase != Admission.FAILED && phase != Admission.FENCED) {
            phase = next;
            publish();
        }
    }

    /** Says what presses: {@code STORE_FULL}, {@code BACKLOG_FULL}, or {@code ACCEPTED}. */
    synchronized void press(Admission by) {
        pressure = by;
        publish();
    }

    synchronized Admission pressure() {
        return pressure;
    }

    /** Says whether the log has room for what may still have to be written. */
    public synchronized void journalFull(boolean full) {
        if (full != journalFull) {
            journalFull = full;
            publish();
        }
    }

    private void publish() {
        now = phase != Admission.ACCEPTED ? phase
                : journalFull ? Admission.JOURNAL_FULL : pressure;
    }
}
