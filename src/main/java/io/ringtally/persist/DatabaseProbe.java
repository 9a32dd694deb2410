package io.ringtally.persist;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * What can be learned of a Postgres by asking it, read-only.
 *
 * <p>Threading: immutable.
 *
 * @param version as {@code server_version} says it
 * @param versionNumber as {@code server_version_num}: 180001
 * @param settings those that make a commit durable, and the encoding, by name
 * @param standby whether it only follows another one
 * @param mayMigrate whether the schema is there, or the role may make it
 * @param connectionsMax how many ordinary roles may open
 * @param connectionsOfOthers how many are open and not Ringtally's
 * @param roundTripMicros median of a question and its answer
 * @param aheadMicros how far its clock is ahead of ours, by half a round trip
 * @param counted position up to which it has counted the log asked for; empty if it does not know
 *     that log
 */
public record DatabaseProbe(String version, int versionNumber, Map<String, String> settings,
        boolean standby, boolean mayMigrate, int connectionsMax, int connectionsOfOthers,
        long roundTripMicros, long aheadMicros, OptionalLong counted) {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final int ROUND_TRIPS = 20;

    private static final String FACTS = """
            select current_setting('server_version'), current_setting('server_version_num')::int,
                   current_setting('fsync'), current_setting('full_page_writes'),
                   current_setting('synchronous_commit'), current_setting('server_encoding'),
                   pg_is_in_recovery(),
                   to_regnamespace('ringtally') is not null
                       or has_database_privilege(current_database(), 'CREATE'),
                   current_setting('max_connections')::int
                       - current_setting('superuser_reserved_connections')::int
                       - coalesce(current_setting('reserved_connections', true), '0')::int,
                   (select count(*) from pg_stat_activity where backend_type = 'client backend'
                       and application_name not like 'ringtally%')
            """;

    /**
     * Asks.
     *
     * @param log the log whose checkpoint is looked for, or null
     * @throws SQLException if it cannot be reached, or does not let us in
     */
    public static DatabaseProbe of(DatabaseSettings database, UUID log) throws SQLException {
        try (Connection connection = SideConnection.reading(database, "ringtally-doctor", TIMEOUT);
                Statement statement = connection.createStatement()) {
            long[] trip = new long[ROUND_TRIPS];
            long ahead = 0;
            long least = Long.MAX_VALUE;
            for (int i = 0; i < ROUND_TRIPS; i++) {
                long wallMicros = System.currentTimeMillis() * 1_000;
                long begun = System.nanoTime();
                long there = number(statement,
                        "select (extract(epoch from clock_timestamp()) * 1000000)::int8");
                trip[i] = System.nanoTime() - begun;
                if (trip[i] < least) {
                    least = trip[i];
                    ahead = there - wallMicros - trip[i] / 2_000;
                }
            }
            Arrays.sort(trip);
            return read(connection, statement, trip[ROUND_TRIPS / 2] / 1_000, ahead, log);
        }
    }

    private static DatabaseProbe read(Connection connection, Statement statement,
            long roundTripMicros, long ahead, UUID log) throws SQLException {
        OptionalLong counted = log == null ? OptionalLong.empty() : counted(connection, log);
        try (ResultSet row = statement.executeQuery(FACTS)) {
            row.next();
            Map<String, String> settings = new LinkedHashMap<>();
            settings.put("fsync", row.getString(3));
            settings.put("full_page_writes", row.getString(4));
            settings.put("synchronous_commit", row.getString(5));
            settings.put("server_encoding", row.getString(6));
            return new DatabaseProbe(row.getString(1), row.getInt(2), settings,
                    row.getBoolean(7), row.getBoolean(8), row.getInt(9), row.getInt(10),
                    roundTripMicros, ahead, counted);
        }
    }

    private static OptionalLong counted(Connection connection, UUID log) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet table = statement.executeQuery(
                        "select to_regclass('ringtally.checkpoint') is not null")) {
            table.next();
            if (!table.getBoolean(1)) {
                return OptionalLong.empty();
            }
        }
        try (PreparedStatement statement = connection.prepareStatement(
                "select position from ringtally.checkpoint where log = ?")) {
            statement.setObject(1, log);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? OptionalLong.of(row.getLong(1)) : OptionalLong.empty();
            }
        }
    }

    private static long number(Statement statement, String sql) throws SQLException {
        try (ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }
}
