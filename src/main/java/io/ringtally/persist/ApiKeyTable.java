package io.ringtally.persist;

import io.ringtally.auth.ApiKey;
import io.ringtally.auth.Scope;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The keys in Postgres, over a connection of its own.
 *
 * <p>Threading: one thread's, except {@link #abort}.
 */
public final class ApiKeyTable extends SideConnection {

    private static final Duration TIMEOUT = Duration.ofSeconds(8);

    private static final String INSERT = "insert into ringtally.api_key"
            + " (id, secret_sha256, name, scopes, app_ids) values (?, ?, ?, ?, ?)";
    private static final String REVOKE = "update ringtally.api_key"
            + " set revoked_at = now() where id = ? and revoked_at is null";
    private static final String COLUMNS = "select id, secret_sha256, name, scopes, app_ids,"
            + " created_at, revoked_at from ringtally.api_key";

    private ApiKeyTable(Connection connection) {
        super(connection);
    }

    /** Connects, within seconds. */
    public static ApiKeyTable connect(DatabaseSettings settings) throws SQLException {
        return new ApiKeyTable(writing(settings, "ringtally-keys", TIMEOUT));
    }

    /** Adds a key. */
    public void add(ApiKey key) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            insert.setString(1, key.id());
            insert.setBytes(2, key.secretHash());
            insert.setString(3, key.name());
            insert.setArray(4, text(key.scopes().stream().map(Scope::word).toArray()));
            insert.setArray(5, key.apps() == null ? null : text(key.apps().toArray()));
            insert.executeUpdate();
        }
    }

    private Array text(Object[] words) throws SQLException {
        return connection.createArrayOf("text", words);
    }

    /** Revokes a key, for ever; false if there is none of that id in force. */
    public boolean revoke(String id) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(REVOKE)) {
            update.setString(1, id);
            return update.executeUpdate() == 1;
        }
    }

    /** All keys there ever were, oldest first. */
    public List<ApiKeyRow> all() throws SQLException {
        return read(COLUMNS + " order by created_at, id");
    }

    /** The keys in force. */
    public List<ApiKey> inForce() throws SQLException {
        return read(COLUMNS + " where revoked_at is null").stream().map(ApiKeyRow::key).toList();
    }

    private List<ApiKeyRow> read(String sql) throws SQLException {
        List<ApiKeyRow> found = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                List<Scope> scopes = scopes((String[]) rows.getArray(4).getArray());
                Array apps = rows.getArray(5);
                if (!scopes.isEmpty()) {
                    found.add(new ApiKeyRow(new ApiKey(rows.getString(1), rows.getBytes(2),
                            rows.getString(3), scopes, apps == null ? null
                            : List.of((String[]) apps.getArray())), instant(rows, 6),
                            instant(rows, 7)));
                }
            }
        }
        return found;
    }

    /** Those this version knows; a later one may have more. */
    private static List<Scope> scopes(String[] words) {
        return Arrays.stream(Scope.values())
                .filter(scope -> Arrays.asList(words).contains(scope.word())).toList();
    }

    private static Instant instant(ResultSet rows, int column) throws SQLException {
        OffsetDateTime time = rows.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }
}
