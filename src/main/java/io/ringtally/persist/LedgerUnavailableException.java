package io.ringtally.persist;

/** The ledger could not be read; its message says why and what to do. */
public final class LedgerUnavailableException extends Exception {

    private static final long serialVersionUID = 1L;

    public LedgerUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
