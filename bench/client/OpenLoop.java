package bench.client;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/**
 * Posts increments on a fixed schedule, whatever the answers do, and takes each latency from the
 * moment the request was due: a server that stalls is asked as much as one that does not, and all
 * that had to wait is late. Every latency is kept, so percentiles are exact.
 *
 * <p>It polls. Without a rest between two looks it wants a core of its own; with one it leaves the
 * cores to others, and an answer is seen as much later at the most.
 *
 * <p>Threading: one thread does everything.
 */
final class OpenLoop {

    private static final int KEYS = 1_000;
    private static final int PREPARED = 2_048;
    private static final int ANSWER_BYTES_MAX = 4_096;
    private static final long LAST_ANSWERS_NANOS = 10_000_000_000L;
    /** Of requests that get no 2xx, so many are told of. */
    private static final int TOLD_MAX = 5;

    private final Selector selector = Selector.open();
    private final ArrayDeque<Link> idle = new ArrayDeque<>();
    private final ByteBuffer[] requests;
    private final double periodNanos;
    private final long restNanos;
    private final int unrecorded;
    private final int[] micros;
    private int due;
    private int ok;
    private int refused;

    private OpenLoop(int port, double rate, int warmSeconds, int seconds, int connections,
            int restMicros) throws IOException {
        restNanos = restMicros * 1_000L;
        requests = requests(port);
        periodNanos = 1e9 / rate;
        unrecorded = (int) (rate * warmSeconds);
        micros = new int[unrecorded + (int) (rate * seconds)];
        Arrays.fill(micros, -1);
        for (int i = 0; i < connections; i++) {
            idle.add(new Link(port));
        }
    }

    /**
     * Arguments: port, requests a second, seconds before and while it records, connections,
     * microseconds between two looks.
     */
    public static void main(String[] words) throws IOException {
        if (words.length != 6) {
            System.err.println("usage: OpenLoop PORT RATE WARM_SECONDS SECONDS CONNECTIONS REST");
            System.exit(2);
        }
        OpenLoop loop = new OpenLoop(Integer.parseInt(words[0]), Double.parseDouble(words[1]),
                Integer.parseInt(words[2]), Integer.parseInt(words[3]),
                Integer.parseInt(words[4]), Integer.parseInt(words[5]));
        loop.run();
        loop.print();
    }

    private static ByteBuffer[] requests(int port) {
        Random random = new Random(20260101);
        ByteBuffer[] all = new ByteBuffer[PREPARED];
        for (int i = 0; i < PREPARED; i++) {
            String body = String.format(Locale.ROOT, "{\"key\":\"key-%04d\",\"value\":1}",
                    random.nextInt(KEYS));
            byte[] bytes = ("POST /increment HTTP/1.1\r\nHost: 127.0.0.1:" + port
                    + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length()
                    + "\r\n\r\n" + body).getBytes(StandardCharsets.US_ASCII);
            all[i] = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
        }
        return all;
    }

    private void run() throws IOException {
        long begun = System.nanoTime();
        long end = begun + (long) (micros.length * periodNanos) + LAST_ANSWERS_NANOS;
        while (ok + refused < micros.length) {
            long now = System.nanoTime();
            if (now > end) {
                System.err.printf(Locale.ROOT, "%d requests have no answer, %d were never sent%n",
                        due - ok - refused, micros.length - due);
                return;
            }
            // all that is due, as far as there is a connection; the rest gets later, and shows it
            while (due < micros.length && !idle.isEmpty()
                    && begun + (long) (due * periodNanos) <= now) {
                idle.poll().send(due, begun + (long) (due * periodNanos));
                due++;
            }
            if (selector.selectNow(this::answered) == 0 && restNanos > 0) {
                LockSupport.parkNanos(restNanos);
            }
        }
    }

    private void answered(SelectionKey key) {
        Link link = (Link) key.attachment();
        try {
            link.read();
        } catch (IOException broken) {
            refused++;
            key.cancel();
            if (refused <= TOLD_MAX) {
                System.err.printf(Locale.ROOT, "request %d, due after %.3f s, %.3f s ago: %s%n",
                        link.number, link.number * periodNanos / 1e9,
                        (System.nanoTime() - link.dueNanos) / 1e9, broken.getMessage());
            }
        }
    }

    private void print() {
        int[] sorted = Arrays.stream(micros, unrecorded, micros.length)
                .filter(latency -> latency >= 0).sorted().toArray();
        System.out.printf(Locale.ROOT, "open-loop due=%d ok=%d failed=%d recorded=%d p50_us=%d"
                + " p90_us=%d p99_us=%d p999_us=%d p9999_us=%d max_us=%d%n", micros.length, ok,
                micros.length - ok, sorted.length, at(sorted, 0.5), at(sorted, 0.9),
                at(sorted, 0.99), at(sorted, 0.999), at(sorted, 0.9999), at(sorted, 1));
    }

    private static int at(int[] sorted, double part) {
        int place = (int) Math.ceil(part * sorted.length) - 1;
        return sorted.length == 0 ? -1 : sorted[Math.max(0, place)];
    }

    /** One connection: one request at a time. */
    private final class Link {

        private final SocketChannel channel;
        private final ByteBuffer answer = ByteBuffer.allocateDirect(ANSWER_BYTES_MAX);
        private int number;
        private long dueNanos;

        Link(int port) throws IOException {
            channel = SocketChannel.open(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ, this);
        }

        void send(int next, long dueAt) throws IOException {
            number = next;
            dueNanos = dueAt;
            ByteBuffer request = requests[next % PREPARED].duplicate();
            while (request.hasRemaining()) {
                channel.write(request);
            }
        }

        void read() throws IOException {
            if (channel.read(answer) < 0) {
                throw new IOException("closed after " + answer.position() + " bytes");
            }
            int length = answer.position();
            int status = "HTTP/1.1 ".length();
            if (length > status && answer.get(status) != '2') {
                throw new IOException(
                        StandardCharsets.ISO_8859_1.decode(answer.flip()).toString());
            }
            // a 2xx here has no body
            if (length < 4 || answer.getInt(length - 4) != 0x0d0a0d0a) {
                return;
            }
            answer.clear();
            micros[number] = (int) Math.min(Integer.MAX_VALUE,
                    (System.nanoTime() - dueNanos) / 1_000);
            ok++;
            idle.add(this);
        }
    }
}
