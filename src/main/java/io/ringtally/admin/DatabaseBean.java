package io.ringtally.admin;

import io.ringtally.persist.Database;
import java.util.Map;

/**
 * The pool of connections to Postgres.
 *
 * <p>Threading: any thread.
 */
final class DatabaseBean implements DatabaseMXBean {

    static final Map<String, String> DESCRIPTIONS = Map.of(
            DescribedBean.BEAN, "The pool of connections to Postgres",
            "ActiveConnections", "Connections in use now; usually 0 between two flushes",
            "OpenConnections", "Connections open now, idle ones included; a dead one is noticed"
                    + " only when it is used",
            "MaxConnections", "Most connections the pool opens; db.pool-size");

    private final Database database;

    DatabaseBean(Database database) {
        this.database = database;
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
}
