package bench.servers;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.undertow.server.HttpServerExchange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The arm <em>sync</em>: one upsert and one commit per request, 202 after the commit. The way to
 * count exactly without a log of one's own.
 *
 * <p>Arguments: port, I/O threads, database connections, JDBC URL, user, password.
 *
 * <p>Threading: bodies are read on the I/O threads; each worker thread takes one request at a time
 * and holds one connection for it, so there are as many workers as connections.
 */
final class SyncServer {

    private static final String CREATE =
            "create table if not exists sync_counter"
            + " (key text primary key, total bigint not null)";
    private static final String UPSERT = "insert into sync_counter as c (key, total) values (?, ?)"
            + " on conflict (key) do update set total = c.total + excluded.total";

    private final HikariDataSource database;

    private SyncServer(HikariDataSource database) {
        this.database = database;
    }

    public static void main(String[] arguments) throws SQLException {
        int port = Integer.parseInt(arguments[0]);
        int ioThreads = Integer.parseInt(arguments[1]);
        int connections = Integer.parseInt(arguments[2]);
        HikariDataSource database = open(connections, arguments);
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(CREATE);
        }
        BodyHandler handler = new BodyHandler(new SyncServer(database)::accept);
        BaselineListener.serve("sync",
                BaselineListener.settings(ioThreads, connections, handler), port, database);
    }

    private static HikariDataSource open(int connections, String[] arguments) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(arguments[3]);
        config.setUsername(arguments[4]);
        config.setPassword(arguments[5]);
        config.setMaximumPoolSize(connections);
        return new HikariDataSource(config);
    }

    private void accept(HttpServerExchange exchange, ByteBuffer body) {
        if (exchange.getRequestMethod().equalToString("GET")) {
            answer(exchange, 200);
            return;
        }
        byte[] posted = BodyHandler.copyOf(body);
        exchange.dispatch(() -> count(exchange, posted));
    }

    private void count(HttpServerExchange exchange, byte[] posted) {
        int status;
        try {
            upsert(Posted.parse(posted));
            status = 202;
        } catch (IOException malformed) {
            status = 400;
        } catch (SQLException failed) {
            System.err.println("upsert failed: " + failed);
            status = 500;
        }
        // An exchange ended on a worker makes the I/O thread spin, should the client's next
        // request arrive before the worker is through: on few cores for as long as it is off its
        // core.
        int reached = status;
        exchange.getIoThread().execute(() -> answer(exchange, reached));
    }

    /** Commits by itself: the connection is in autocommit mode. */
    private void upsert(Posted posted) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement statement = connection.prepareStatement(UPSERT)) {
            statement.setString(1, posted.key());
            statement.setLong(2, posted.value());
            statement.executeUpdate();
        }
    }

    private static void answer(HttpServerExchange exchange, int status) {
        exchange.setStatusCode(status);
        exchange.endExchange();
    }
}
