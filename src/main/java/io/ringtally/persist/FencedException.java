package io.ringtally.persist;

/** The checkpoint of this log was moved by somebody else: this process must stop writing. */
public final class FencedException extends Exception {

    private static final long serialVersionUID = 1L;

    FencedException(String message) {
        super(message);
    }
}
