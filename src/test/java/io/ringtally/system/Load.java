package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Clients that post increments of unique values and write down, before and after each, what they
 * know of it: the oracle that says what must be in Postgres.
 *
 * <p>Threading: each client has a thread and a book of its own; the books are compared after {@link
 * #stop()}, the counts may be read at any time.
 */
final class Load implements AutoCloseable {

    private final int port;
    private final int keys;
    private final long pauseNanos;
    private final String prefix;
    private final AtomicLong nextValue = new AtomicLong(1);
    private final AtomicLong acked = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong unknown = new AtomicLong();
    private final AtomicLong refusedWithoutRetryAfter = new AtomicLong();
    private final Map<Integer, AtomicLong> statuses = new TreeMap<>();
    private final List<Thread> threads = new ArrayList<>();
    private final List<Book> books = new ArrayList<>();
    private volatile boolean stopping;
    private volatile boolean leaving;

    /** What one client knows: the sums of answered and of unanswered posts, by key. */
    private static final class Book {

        private final Map<String, Long> ok = new TreeMap<>();
        private final Map<String, Long> open = new TreeMap<>();
    }

    private Load(int port, int keys, long pauseNanos) {
        this.port = port;
        this.keys = keys;
        this.pauseNanos = pauseNanos;
        this.prefix = "load-";
    }

    /** Starts clients on a service; each pauses for a moment between two posts. */
    static Load on(RunningService service, int clients, int keys, long pauseNanos) {
        Load load = new Load(service.port(), keys, pauseNanos);
        for (int number = 0; number < clients; number++) {
            Book book = new Book();
            load.books.add(book);
            Thread thread = new Thread(() -> load.run(book), "client-" + number);
            thread.setDaemon(true);
            load.threads.add(thread);
        }
        load.threads.forEach(Thread::start);
        return load;
    }

    /** From now on a client that is refused goes away for good, as a balancer would send it. */
    Load leavingWhenRefused() {
        leaving = true;
        return this;
    }

    private void run(Book book) {
        try (PostClient client = new PostClient(port)) {
            while (!stopping) {
                long value = nextValue.getAndIncrement();
                String key = prefix + value % keys;
                book.open.merge(key, value, Long::sum);
                int status = client.increment(key, value);
                count(status);
                if (status != PostClient.UNKNOWN) {
                    book.open.merge(key, -value, Long::sum);
                }
                if (status == 202) {
                    book.ok.merge(key, value, Long::sum);
                    acked.incrementAndGet();
                } else if (status == PostClient.UNKNOWN) {
                    unknown.incrementAndGet();
                } else {
                    refused.incrementAndGet();
                    if (status == 503 && client.retryAfter() < 1) {
                        refusedWithoutRetryAfter.incrementAndGet();
                    }
                    if (leaving) {
                        return;
                    }
                    LockSupport.parkNanos(5_000_000);
                }
                LockSupport.parkNanos(pauseNanos);
            }
        }
    }

    private void count(int status) {
        synchronized (statuses) {
            statuses.computeIfAbsent(status, s -> new AtomicLong()).incrementAndGet();
        }
    }

    long acked() {
        return acked.get();
    }

    long refused() {
        return refused.get();
    }

    long unknown() {
        return unknown.get();
    }

    /** Answers by status; 0 is a connection refused, -1 one that was lost. */
    String statuses() {
        synchronized (statuses) {
            return statuses.toString();
        }
    }

    /** Waits until as many more posts have been acknowledged. */
    void awaitAcks(long more) {
        long target = acked.get() + more;
        long deadline = System.nanoTime() + 30_000_000_000L;
        while (acked.get() < target) {
            assertTrue(System.nanoTime() < deadline, "waited 30 s for " + more + " acks: "
                    + statuses());
            LockSupport.parkNanos(1_000_000);
        }
    }

    /** Ends all clients; nothing is in flight afterwards. */
    void stop() throws InterruptedException {
        stopping = true;
        for (Thread thread : threads) {
            thread.join(40_000);
            assertTrue(!thread.isAlive(), thread.getName() + " does not end");
        }
    }

    /** Holds the books against Postgres: every ack is there, nothing is there twice. */
    void verify(String databaseUrl) throws SQLException {
        verify(databaseUrl, 0);
    }

    /** The same on top of what every key held before. */
    void verify(String databaseUrl, long base) throws SQLException {
        Map<String, Long> ok = new TreeMap<>();
        Map<String, Long> open = new TreeMap<>();
        for (Book book : books) {
            book.ok.forEach((key, sum) -> ok.merge(key, sum, Long::sum));
            book.open.forEach((key, sum) -> open.merge(key, sum, Long::sum));
        }
        Map<String, Long> found = totals(databaseUrl);
        for (int number = 0; number < keys; number++) {
            String key = prefix + number;
            long least = base + ok.getOrDefault(key, 0L);
            long most = least + open.getOrDefault(key, 0L);
            long value = found.getOrDefault(key, 0L);
            assertTrue(least <= value, () -> key + " misses " + (least - value) + " of " + least);
            assertTrue(value <= most, () -> key + " has " + (value - most) + " too much");
        }
        if (base == 0) {
            found.keySet().removeIf(key -> !key.startsWith(prefix));
            assertTrue(found.keySet().stream().allMatch(key -> ok.containsKey(key)
                    || open.containsKey(key)), "a key nobody sent: " + found.keySet());
        }
        assertEquals("t", TestPostgres.query(databaseUrl, "select balanced from ringtally.ledger"));
        assertEquals(0, refusedWithoutRetryAfter.get(), "503 without Retry-After");
    }

    private static Map<String, Long> totals(String url) throws SQLException {
        Map<String, Long> totals = new TreeMap<>();
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "select message_id, total from ringtally.counters")) {
            while (rows.next()) {
                totals.put(rows.getString(1), rows.getLong(2));
            }
        }
        return totals;
    }

    @Override
    public void close() {
        stopping = true;
    }
}
