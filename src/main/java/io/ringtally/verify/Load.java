package io.ringtally.verify;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;

/**
 * Clients that post for one round and write down, before and after each post, what they know.
 *
 * <p>Threading: a thread and a book for each client; the books are read after {@link #stop()}, the
 * counts at any time.
 */
final class Load implements AutoCloseable {

    /** A broken-down service answers late or never; then the outcome is unknown. */
    private static final int ANSWER_MILLIS = 20_000;

    /** Longest wait for answers under way once no more is asked. */
    private static final long LAST_ANSWERS_NANOS = TimeUnit.SECONDS.toNanos(3);

    /** Between two posts: clients are in all phases of a request, and the machine can breathe. */
    private static final int PAUSE_NANOS_MAX = 6_000_000;

    private static final long REFUSED_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long BUCKET_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final int BUCKETS = 6_000;
    private static final int BUCKETS_PER_SECOND = 50;

    private final long begunNanos = System.nanoTime();
    private final PostMaker maker;
    private final List<Client> clients = new ArrayList<>();
    private final AtomicLongArray acksByTime = new AtomicLongArray(BUCKETS);
    private final AtomicLong acked = new AtomicLong();
    private volatile boolean stopping;

    private Load(PostMaker maker) {
        this.maker = maker;
    }

    static Load start(int port, int clients, PostMaker maker, SplittableRandom random) {
        Load load = new Load(maker);
        for (int i = 0; i < clients; i++) {
            load.clients.add(load.new Client(port, random.split(), i));
        }
        load.clients.forEach(client -> client.thread.start());
        return load;
    }

    /** Requests answered with a 2xx so far. */
    long acked() {
        return acked.get();
    }

    /** How many of them in the second before now. */
    long acksInTheLastSecond() {
        int now = bucket(System.nanoTime());
        long sum = 0;
        for (int i = Math.max(0, now - BUCKETS_PER_SECOND); i <= now; i++) {
            sum += acksByTime.get(i);
        }
        return sum;
    }

    private int bucket(long nanos) {
        return (int) Math.min(BUCKETS - 1, (nanos - begunNanos) / BUCKET_NANOS);
    }

    /** Ends all clients; answers that take too long are not waited for. Returns all posts. */
    List<Post> stop() throws InterruptedException {
        stopping = true;
        long deadline = System.nanoTime() + LAST_ANSWERS_NANOS;
        List<Post> posts = new ArrayList<>();
        for (Client client : clients) {
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            client.thread.join(Math.max(1, left));
            client.connection.close();
            client.thread.join();
            posts.addAll(client.book);
        }
        return posts;
    }

    @Override
    public void close() {
        stopping = true;
        clients.forEach(client -> client.connection.close());
    }

    private final class Client implements Runnable {

        private final Connection connection;
        private final SplittableRandom random;
        private final Thread thread;
        private final List<Post> book = new ArrayList<>();

        Client(int port, SplittableRandom random, int number) {
            this.connection = new Connection(port, ANSWER_MILLIS);
            this.random = random;
            this.thread = new Thread(this, "client-" + number);
            this.thread.setDaemon(true);
        }

        @Override
        public void run() {
            while (!stopping) {
                Post post = maker.next(random);
                book.add(post);
                int status = connection.send(post.request());
                if (status == Connection.NOT_SENT) {
                    book.remove(book.size() - 1);
                } else if (status != Connection.UNKNOWN) {
                    post.answered(status);
                }
                if (post.outcome() == Post.Outcome.OK) {
                    acked.incrementAndGet();
                    acksByTime.incrementAndGet(bucket(System.nanoTime()));
                    LockSupport.parkNanos(random.nextInt(PAUSE_NANOS_MAX));
                } else {
                    LockSupport.parkNanos(REFUSED_PAUSE_NANOS);
                }
            }
            connection.close();
        }
    }
}
