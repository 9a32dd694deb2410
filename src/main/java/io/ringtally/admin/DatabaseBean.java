package io.ringtally.admin;

import io.ringtally.audit.LedgerAlarm;
import io.ringtally.persist.Database;
import java.util.Map;

/**
 * The pool of connections to Postgres, and the ledger in it.
 *
 * <p>Threading: any thread.
 */
final class DatabaseBean implements DatabaseMXBean {

    static final Map<String, String> DESCRIPTIONS = Map.of(
            DescribedBean.BEAN, "The pool of connections to Postgres, and the ledger in it",
            "ActiveConnections", "Connections in use now; usually 0 between two flushes",
            "OpenConnections", "Connections open now, idle ones included; a dead one is noticed"
                    + " only when it is used",
            "MaxConnections", "Most connections the pool opens; db.pool-size",
            "LedgerBalanced", "False once an audit has found that accepted, counted and dead"
                    + " letters do not agree, until one finds that they do; true before the first",
            "LedgerAuditAgeMillis", "Milliseconds since the last audit that came to a verdict; -1"
                    + " if there was none. The service makes one every audit.interval");

    private final Database database;
    private final LedgerAlarm ledger;

    DatabaseBean(Database database, LedgerAlarm ledger) {
        this.database = database;
        this.ledger = ledger;
    }

    @Override
    public int getActiveConnections() {
        return database.activeConnections();
    }

    @Override
    public int getOpenConnections() {
        return database.openConnections();
    }

    @Override
    public int getMaxConnections() {
        return database.maxConnections();
    }

    @Override
    public boolean isLedgerBalanced() {
        return ledger.isBalanced();
    }

    @Override
    public long getLedgerAuditAgeMillis() {
        return ledger.ageMillis();
    }
}
