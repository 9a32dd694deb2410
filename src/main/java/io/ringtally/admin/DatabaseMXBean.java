package io.ringtally.admin;

/**
 * {@code ringtally:type=Database}: the pool of connections to Postgres. Registered once counters
 * have been read back.
 */
public interface DatabaseMXBean {

    /** Connections in use at this moment; between two flushes usually 0. */
    int getActiveConnections();

    /** Connections open at this moment, idle ones included; a dead one is noticed when used. */
    int getOpenConnections();

    /** Most connections the pool opens, {@code db.pool-size}. */
    int getMaxConnections();
}
