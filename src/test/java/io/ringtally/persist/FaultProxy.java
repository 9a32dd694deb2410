package io.ringtally.persist;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A wire between a client and a server on loopback that can be cut at any byte, or can keep a
 * message back while its sender is told nothing but that the connection is gone.
 *
 * <p>Threading: any thread; one fault is armed at a time.
 */
public final class FaultProxy implements AutoCloseable {

    /** Which bytes are counted. */
    public enum Direction {
        TO_SERVER,
        TO_CLIENT
    }

    private final ServerSocket listener;
    private final int serverPort;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final AtomicLong[] passed = {new AtomicLong(), new AtomicLong()};

    private Direction cutDirection;
    private long cutAtBytes = Long.MAX_VALUE;
    private byte[] keptMessage;
    private byte[] awaitedMessage;
    private boolean cutOnly;
    private CountDownLatch caught = new CountDownLatch(1);
    private CountDownLatch released = new CountDownLatch(1);

    /** Listens on a free port and passes everything on to a server's. */
    public FaultProxy(int serverPort) throws IOException {
        this(0, serverPort);
    }

    /** Listens on a port and passes everything on to a server's. */
    public FaultProxy(int port, int serverPort) throws IOException {
        this.serverPort = serverPort;
        this.listener = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
        start(this::accept);
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** Forgets what has passed. */
    public void resetCounts() {
        passed[0].set(0);
        passed[1].set(0);
    }

    /** Bytes that went through since {@link #resetCounts()}. */
    public long passed(Direction direction) {
        return passed[direction.ordinal()].get();
    }

    /** Lets as many more bytes through, then closes both ends; connections made later work. */
    public synchronized void cutAfter(Direction direction, long bytes) {
        resetCounts();
        cutDirection = direction;
        cutAtBytes = bytes;
    }

    /** Whether a cut is armed and has not happened. */
    public synchronized boolean isArmed() {
        return cutAtBytes != Long.MAX_VALUE;
    }

    public synchronized void disarm() {
        cutAtBytes = Long.MAX_VALUE;
    }

    /**
     * Keeps back the next message to the server that has this text in it and closes the client's
     * end; the server's stays open until {@link #release()} lets the message through.
     */
    public synchronized void keepBack(String text) {
        keptMessage = text.getBytes(StandardCharsets.US_ASCII);
        awaitedMessage = null;
        cutOnly = false;
        caught = new CountDownLatch(1);
        released = new CountDownLatch(1);
    }

    /**
     * Closes both ends when a message to the server with this text in it comes, the first one after
     * a message with {@code earlier} in it.
     */
    public synchronized void cutBefore(String text, String earlier) {
        keepBack(text);
        awaitedMessage = earlier.getBytes(StandardCharsets.US_ASCII);
        cutOnly = true;
        released.countDown();
    }

    /** Waits until the message has come. */
    public boolean hasCaught(long timeoutMillis) throws InterruptedException {
        return caught.await(timeoutMillis, TimeUnit.MILLISECONDS);
    }

    /** Lets through what was kept back. */
    public void release() {
        released.countDown();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listener.accept();
                try {
                    Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
                    client.setTcpNoDelay(true);
                    server.setTcpNoDelay(true);
                    sockets.add(client);
                    sockets.add(server);
                    start(() -> pump(client, server, Direction.TO_SERVER));
                    start(() -> pump(server, client, Direction.TO_CLIENT));
                } catch (IOException refused) {
                    client.close();
                }
            }
        } catch (IOException closed) {
            // the test is over
        }
    }

    private void pump(Socket from, Socket to, Direction direction) {
        byte[] bytes = new byte[8192];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            int length;
            while ((length = in.read(bytes)) >= 0) {
                if (direction == Direction.TO_SERVER && isToBeKept(bytes, length)) {
                    from.close();
                    released.await();
                    if (!cutOnly) {
                        out.write(bytes, 0, length);
                        out.flush();
                        // the server answers somebody who is gone, and then ends by itself
                        to.shutdownOutput();
                        return;
                    }
                    break;
                }
                int let = allowed(direction, length);
                out.write(bytes, 0, let);
                out.flush();
                passed[direction.ordinal()].addAndGet(let);
                if (let < length) {
                    break;
                }
            }
        } catch (IOException | InterruptedException gone) {
            // closed below
        }
        close(from);
        close(to);
    }

    private synchronized boolean isToBeKept(byte[] bytes, int length) {
        if (awaitedMessage != null) {
            if (contains(bytes, length, awaitedMessage)) {
                awaitedMessage = null;
            }
            return false;
        }
        if (keptMessage == null || !contains(bytes, length, keptMessage)) {
            return false;
        }
        keptMessage = null;
        caught.countDown();
        return true;
    }

    private static boolean contains(byte[] bytes, int length, byte[] text) {
        return new String(bytes, 0, length, StandardCharsets.ISO_8859_1)
                .contains(new String(text, StandardCharsets.ISO_8859_1));
    }

    /** How many of the bytes may pass; fewer than given means that the cut is now. */
    private synchronized int allowed(Direction direction, int length) {
        if (direction != cutDirection || passed(direction) + length <= cutAtBytes) {
            return length;
        }
        int let = (int) (cutAtBytes - passed(direction));
        cutAtBytes = Long.MAX_VALUE;
        return let;
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "fault-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException ignored) {
            // closed is closed
        }
    }

    @Override
    public void close() throws IOException {
        released.countDown();
        listener.close();
        sockets.forEach(FaultProxy::close);
    }
}
