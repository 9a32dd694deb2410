package io.ringtally.persist;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/**
 * What Postgres holds at a start: the log's checkpoint, all counters and the log's ids, as of one
 * moment. Taking it raises the log's epoch first, in a transaction of its own, so nobody else moves
 * the checkpoint after it was read.
 *
 * <p>Threading: none; used by the starting thread.
 */
public final class StartSnapshot implements AutoCloseable {

    private final Connection connection;
    private final Checkpoint checkpoint;
    private boolean aborted;

    private StartSnapshot(Connection connection, Checkpoint checkpoint) {
        this.connection = connection;
        this.checkpoint = checkpoint;
    }

    /**
     * Takes the log over and opens a snapshot.
     *
     * @param fresh whether the log holds nothing yet, and may be new to the database
     * @throws SQLException if Postgres cannot be reached now; nothing but the epoch has changed
     * @throws UnknownLogException if the database does not know a log that is not fresh
     */
    public static StartSnapshot take(Database database, UUID log, boolean fresh)
            throws SQLException, UnknownLogException {
        Connection connection = database.connect();
        try {
            CheckpointTable.takeOver(connection, log, fresh);
            EventIdPartitions.register(connection, log);
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            connection.setReadOnly(true);
            connection.setAutoCommit(false);
            Checkpoint checkpoint = CheckpointTable.read(connection, log);
            return new StartSnapshot(connection, checkpoint);
        } catch (SQLException | RuntimeException | UnknownLogException failed) {
            connection.close();
            throw failed;
        }
    }

    public Checkpoint checkpoint() {
        return checkpoint;
    }

    /** Rows expected, from the planner's statistics; 0 if it has none. */
    public long estimatedCounters() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select greatest(reltuples, 0)::int8"
                        + " from pg_class where oid = 'ringtally.counter'::regclass")) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    /** Streams all counters, in binary, one at a time. */
    public void copyCounters(CounterSink sink) throws SQLException {
        copyOut("ringtally.counter (app_id, message_id, event, total, events, first_us, last_us)",
                7, row -> sink.accept(new CounterRow(text(row), text(row), text(row), number(row),
                        number(row), number(row), number(row))));
    }

    /** Streams the log's ids accepted at that time or later. */
    public void copyIds(long fromMicros, IdSink sink) throws SQLException {
        copyOut("(select hash_high, hash_low, fingerprint, position, accepted_us"
                + " from ringtally.event_id where log = '" + checkpoint.log()
                + "' and accepted_us >= " + fromMicros + ")",
                5, row -> sink.accept(number(row), number(row), number(row), number(row),
                        number(row)));
    }

    /** Takes the fields of one row out of a buffer. */
    private interface RowReader {

        void read(ByteBuffer row);
    }

    private void copyOut(String what, int columns, RowReader reader) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("set local statement_timeout = 0");
        }
        CopyOut copy = connection.unwrap(PGConnection.class).getCopyAPI().copyOut(
                "copy " + what + " to stdout (format binary)");
        try {
            read(copy, columns, reader);
        } catch (RuntimeException refused) {
            // a rollback would wait for the copy's end, which nobody reads
            abort(refused);
            throw refused;
        }
    }

    private static void read(CopyOut copy, int columns, RowReader reader) throws SQLException {
        boolean first = true;
        byte[] bytes;
        while ((bytes = copy.readFromCopy()) != null) {
            ByteBuffer row = ByteBuffer.wrap(bytes);
            if (first) {
                first = false;
                skipHeader(row);
            }
            // a message of the stream may hold a row, the end mark, or the header alone
            while (row.remaining() >= Short.BYTES && row.getShort() == columns) {
                reader.read(row);
            }
        }
    }

    private void abort(Exception because) {
        aborted = true;
        try {
            connection.abort(Runnable::run);
            connection.close();
        } catch (SQLException alreadyGone) {
            // so the pool knows as well
            because.addSuppressed(alreadyGone);
        }
    }

    /** Signature (11 bytes), flags, length of the extension, extension. */
    private static void skipHeader(ByteBuffer row) {
        row.position(row.position() + 15);
        int extension = row.getInt();
        row.position(row.position() + extension);
    }

    private static byte[] text(ByteBuffer row) {
        byte[] text = new byte[row.getInt()];
        row.get(text);
        return text;
    }

    private static long number(ByteBuffer row) {
        int length = row.getInt();
        assert length == Long.BYTES : "an int8 of " + length + " bytes";
        return row.getLong();
    }

    @Override
    public void close() throws SQLException {
        if (aborted) {
            return;
        }
        try {
            connection.rollback();
            connection.setReadOnly(false);
        } finally {
            connection.close();
        }
    }
}
