package io.ringtally.app;

/** How a command ends, for whoever supervises it. Documented in docs/operations.md. */
enum ExitCode {

    /** Everything accepted is in Postgres. */
    OK(0),
    /** The service could not start, or met something it does not understand. */
    START_FAILED(1),
    /** An audit has found that the books do not agree. */
    UNBALANCED(1),
    /** An examination has found something that must be changed. */
    UNHEALTHY(1),
    /** The configuration cannot be used. */
    BAD_CONFIGURATION(2),
    /** The drain took too long; the log says what is missing in Postgres. */
    DRAIN_TIMEOUT(3),
    /** Another process has taken over this log. */
    FENCED(4),
    /** A counting thread or the flusher has died. */
    STAGE_DIED(5),
    /** An audit came to no verdict: what it needs cannot be reached. */
    AUDIT_IMPOSSIBLE(6);

    private final int code;

    ExitCode(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }
}
