package io.ringtally.ring;

/** A stage's thread has ended by an exception, so no further cut can be made. */
public final class StageDiedException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    public StageDiedException() {
        super("a stage has died; what it held is in the log, not in Postgres");
    }
}
