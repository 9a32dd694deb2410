package io.ringtally.ring;

/** A shard's thread has ended by an exception, so no further cut can be made. */
public final class StageDiedException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    StageDiedException() {
        super("a tally shard has died; what it held is in the log, not in Postgres");
    }
}
