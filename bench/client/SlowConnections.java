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
import java.util.Locale;

/**
 * Many connections of one kind that are a burden to a server: {@code heads} send a header a byte at
 * a time, {@code bodies} a body, {@code idle} ones have asked once and say nothing more, {@code
 * readers} ask for 280 kB at once and read none of it. One that the server cuts off is
 * opened again, so there are always as many. Ends at its first byte of input.
 *
 * <p>Threading: one thread does everything.
 */
final class SlowConnections {

    private static final long DRIP_NANOS = 5_000_000_000L;
    /**
     * Opened over as long as the server gives a request, so that drips, ends and those that come
     * again are spread as evenly.
     */
    private static final long SPREAD_NANOS = 2 * DRIP_NANOS;
    /** Short, so that those which are due come one by one and not in bursts. */
    private static final int LOOK_MILLIS = 1;

    private static final String POST = "POST /increment HTTP/1.1\r\nHost: x\r\n";
    /** Of 70 kB each. Many short answers would be a flood instead, and hide what is looked for. */
    private static final int UNREAD = 4;
    private static final int RECEIVE_BYTES = 4_096;
    private static final String GET = "GET /status HTTP/1.1\r\nHost: x\r\n\r\n";

    private final Selector selector = Selector.open();
    private final ArrayDeque<Slow> byLastByte = new ArrayDeque<>();
    private final ByteBuffer dropped = ByteBuffer.allocateDirect(1 << 16);
    private final InetSocketAddress server;
    private final String kind;
    private final int wanted;
    private final byte[] beginning;
    private int open;
    private long opened;
    private long cut;

    private SlowConnections(int port, String kind, int wanted) throws IOException {
        this.server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        this.kind = kind;
        this.wanted = wanted;
        String text = switch (kind) {
            case "heads" -> POST + "X-Slow: ";
            case "bodies" -> POST + "Content-Length: 9000\r\n\r\n{\"key\":\"";
            case "idle" -> GET;
            case "readers" -> GET.replace("/status", "/openapi.json").repeat(UNREAD);
            default -> throw new IllegalArgumentException("there is no kind " + kind);
        };
        this.beginning = text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Arguments: port, kind, number of connections. */
    public static void main(String[] words) throws IOException {
        if (words.length != 3) {
            System.err.println("usage: SlowConnections PORT heads|bodies|idle|readers NUMBER");
            System.exit(2);
        }
        new SlowConnections(Integer.parseInt(words[0]), words[1], Integer.parseInt(words[2]))
                .run();
    }

    private void run() throws IOException {
        boolean said = false;
        long begun = System.nanoTime();
        long due = 0;
        while (System.in.available() == 0) {
            long may = (System.nanoTime() - begun) * wanted / SPREAD_NANOS;
            for (; due < may; due++) {
                if (open < wanted) {
                    byLastByte.add(new Slow());
                }
            }
            if (!said && open == wanted) {
                System.out.println("slow ready");
                said = true;
            }
            drip();
            selector.select(this::readable, LOOK_MILLIS);
        }
        System.out.printf(Locale.ROOT, "slow open=%d opened=%d cut=%d%n", open, opened, cut);
    }

    private void drip() {
        long now = System.nanoTime();
        while (!byLastByte.isEmpty() && now - byLastByte.peek().lastByteNanos > DRIP_NANOS) {
            Slow slow = byLastByte.poll();
            if (slow.goesOn(now)) {
                byLastByte.add(slow);
            }
        }
    }

    private void readable(SelectionKey key) {
        ((Slow) key.attachment()).read();
    }

    /** One of them. */
    private final class Slow {

        private final SocketChannel channel;
        private long lastByteNanos = System.nanoTime();

        Slow() throws IOException {
            channel = SocketChannel.open();
            if (kind.equals("readers")) {
                channel.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BYTES);
            }
            channel.connect(server);
            channel.configureBlocking(false);
            opened++;
            open++;
            channel.write(ByteBuffer.wrap(beginning));
            if (!kind.equals("readers")) {
                channel.register(selector, SelectionKey.OP_READ, this);
            }
        }

        /** Sends its next byte, where it sends any; whether it is still there. */
        boolean goesOn(long now) {
            if (!channel.isOpen()) {
                return false;
            }
            lastByteNanos = now;
            try {
                if (!kind.equals("idle")) {
                    // a reader notices here that it has been cut off
                    channel.write(ByteBuffer.wrap(new byte[] {'x'}));
                }
                return true;
            } catch (IOException gone) {
                end();
                return false;
            }
        }

        void read() {
            try {
                if (channel.read(dropped.clear()) < 0) {
                    end();
                }
            } catch (IOException gone) {
                end();
            }
        }

        private void end() {
            cut++;
            open--;
            try {
                channel.close();
            } catch (IOException closedAnyway) {
                // nothing more to do with it
            }
        }
    }
}
