package io.ringtally.admin;

/**
 * {@code ringtally:type=Database}: the pool of connections to Postgres, and whether what it holds
 * is balanced. Registered once counters
 * have been read back.
 */
public interface DatabaseMXBean {

    /** Connections in use at this moment; between two flushes usually 0. */
    int getActiveConnections();

    /** Connections open at this moment, idle ones included; a dead one is noticed when used. */
    int getOpenConnections();

    /** Most connections the pool opens, {@code db.pool-size}. */
    int getMaxConnections();

    /**
     * Whether no audit has found an imbalance since one found balance; true also before the first
     * audit, see {@link #getLedgerAuditAgeMillis}.
     */
    boolean isLedgerBalanced();

    /** Milliseconds since the last audit that came to a verdict; -1 if there was none. */
    long getLedgerAuditAgeMillis();
}
