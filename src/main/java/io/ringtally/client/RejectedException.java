package io.ringtally.client;

/** The service has refused an event, or all that came with it, for good: it does not count. */
public final class RejectedException extends RuntimeException {

    private static final long serialVersionUID = 1;

    RejectedException(String reason) {
        super(reason);
    }
}
