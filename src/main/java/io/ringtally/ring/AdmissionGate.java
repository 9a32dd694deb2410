package io.ringtally.ring;

/**
 * Whether events are let in: the phase of the service, and the pressure behind it.
 *
 * <p>Threading: {@link #now} is read by every request (one volatile read); changes are serialised.
 *
 * <p>Phases only move forward, {@code STARTING, open, DRAINING} and the two final ones, except that
 * a drain by an operator may be taken back.
 */
public final class AdmissionGate {

    private Admission phase = Admission.STARTING;
    private Admission pressure = Admission.ACCEPTED;
    private volatile Admission now = Admission.STARTING;

    /** What a request meets at this moment; {@code ACCEPTED} means the gate is open. */
    public Admission now() {
        return now;
    }

    /** The phase alone, without pressure; {@code ACCEPTED} means up. */
    public synchronized Admission phase() {
        return phase;
    }

    /** Lets events in, unless the service has failed or been fenced. */
    public synchronized void open() {
        enter(Admission.ACCEPTED);
    }

    /** Refuses events because the service is going down or was told to drain. */
    public synchronized void drain() {
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

    private void publish() {
        now = phase == Admission.ACCEPTED ? pressure : phase;
    }
}
