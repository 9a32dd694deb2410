package io.ringtally.persist;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A wire between a client and a server on loopback that can be cut at any byte, can keep bytes back
 * while their sender is told nothing but that the connection is gone, or can stand still as if the
 * sender were halted.
 *
 * <p>Threading: any thread; one fault is armed at a time, and it strikes once.
 */
public final class FaultProxy implements AutoCloseable {

    /** Which bytes are counted. */
    public enum Direction {
        TO_SERVER,
        TO_CLIENT
    }

    /** What happens at the place. */
    private enum Kind {
        /** Both ends are closed. */
        CUT,
        /** The client's end is closed; the server's stays until the release and gets the rest. */
        KEEP_BACK,
        /** Nothing is closed; nothing moves in either direction until the release. */
        HALT
    }

    private final ServerSocket listener;
    private final int serverPort;
    private final Set<Wire> wires = ConcurrentHashMap.newKeySet();
    private final AtomicLong[] passed = {new AtomicLong(), new AtomicLong()};
    private volatile Fault fault = new Fault(Kind.CUT, Direction.TO_SERVER, Long.MAX_VALUE, null);

    /** Listens on a free port and passes everything on to a server's. */
    public FaultProxy(int serverPort) throws IOException {
        this(0, serverPort);
    }

    /** Listens on a port and passes everything on to a server's. */
    public FaultProxy(int port, int serverPort) throws IOException {
        this.serverPort = serverPort;
        fault.disarm();
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
    public void cutAfter(Direction direction, long bytes) {
        arm(new Fault(Kind.CUT, direction, bytes, null));
    }

    /**
     * Lets as many more bytes through, then closes the client's end. The server's stays open until
     * {@link #release()} and then gets what the client had sent; its answers reach nobody.
     */
    public void keepBackAfter(Direction direction, long bytes) {
        arm(new Fault(Kind.KEEP_BACK, direction, bytes, null));
    }

    /**
     * Lets as many more bytes through, then nothing until {@link #release()}: so does a client look
     * whose process is halted.
     */
    public void haltAfter(Direction direction, long bytes) {
        arm(new Fault(Kind.HALT, direction, bytes, null));
    }

    /**
     * Keeps back the next message to the server that has this text in it and closes the client's
     * end; the server's stays open until {@link #release()} lets the message through.
     */
    public void keepBack(String text) {
        arm(new Fault(Kind.KEEP_BACK, Direction.TO_SERVER, Long.MAX_VALUE, text));
    }

    /** Lets nothing pass from the next message to the server with this text in it on. */
    public void haltBefore(String text) {
        arm(new Fault(Kind.HALT, Direction.TO_SERVER, Long.MAX_VALUE, text));
    }

    /**
     * Closes both ends when a message to the server with this text in it comes, the first one after
     * a message with {@code earlier} in it.
     */
    public void cutBefore(String text, String earlier) {
        Fault armed = new Fault(Kind.CUT, Direction.TO_SERVER, Long.MAX_VALUE, text);
        armed.earlier = earlier;
        arm(armed);
    }

    private void arm(Fault next) {
        fault.released.countDown();
        resetCounts();
        fault = next;
    }

    /** Whether a fault is armed and has not struck. */
    public boolean isArmed() {
        return fault.isArmed();
    }

    /** Whatever has not struck never will; what is kept back stays so. */
    public void disarm() {
        fault.disarm();
    }

    /** Waits until the fault has struck. */
    public boolean hasCaught(long timeoutMillis) throws InterruptedException {
        return fault.caught.await(timeoutMillis, TimeUnit.MILLISECONDS);
    }

    /** Lets through what was kept back. */
    public void release() {
        fault.released.countDown();
    }

    /** Waits until the server has closed its end of the connection whose client was taken away. */
    public boolean isOver(long timeoutMillis) throws InterruptedException {
        return fault.over.await(timeoutMillis, TimeUnit.MILLISECONDS);
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listener.accept();
                try {
                    Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
                    client.setTcpNoDelay(true);
                    server.setTcpNoDelay(true);
                    Wire wire = new Wire(client, server);
                    wires.add(wire);
                    start(wire::carryToServer);
                    start(wire::carryToClient);
                } catch (IOException refused) {
                    client.close();
                }
            }
        } catch (IOException closed) {
            // the test is over
        }
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
        fault.released.countDown();
        listener.close();
        wires.forEach(Wire::closeBoth);
    }

    /** One fault: where it strikes, and how far it has come. */
    private static final class Fault {

        private final Kind kind;
        private final Direction direction;
        private final long afterBytes;
        private final String text;
        private String earlier;
        private boolean off;
        private final CountDownLatch caught = new CountDownLatch(1);
        private final CountDownLatch released = new CountDownLatch(1);
        private final CountDownLatch over = new CountDownLatch(1);

        Fault(Kind kind, Direction direction, long afterBytes, String text) {
            this.kind = kind;
            this.direction = direction;
            this.afterBytes = afterBytes;
            this.text = text;
        }

        synchronized boolean isArmed() {
            return !off;
        }

        synchronized void disarm() {
            off = true;
        }

        /** How many of the bytes may pass; fewer than there are means that it strikes now. */
        synchronized int allowed(Direction theirs, byte[] bytes, int length, long alreadyPassed) {
            if (off || theirs != direction) {
                return length;
            }
            int let = length;
            if (text == null) {
                let = (int) Math.min(length, afterBytes - alreadyPassed);
            } else if (earlier != null) {
                earlier = contains(bytes, length, earlier) ? null : earlier;
            } else if (contains(bytes, length, text)) {
                let = 0;
            }
            off = let < length;
            return let;
        }

        private static boolean contains(byte[] bytes, int length, String text) {
            return new String(bytes, 0, length, StandardCharsets.ISO_8859_1).contains(text);
        }
    }

    /** One connection through the proxy: a thread for each direction. */
    private final class Wire {

        private final Socket client;
        private final Socket server;
        /** The fault that has taken this client away, if one has; what the server says is lost. */
        private volatile Fault orphanedBy;
        private volatile Fault haltedBy;

        Wire(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        void carryToServer() {
            byte[] bytes = new byte[8192];
            try {
                InputStream in = client.getInputStream();
                OutputStream out = server.getOutputStream();
                int length;
                while ((length = in.read(bytes)) >= 0) {
                    awaitEndOfHalt();
                    Fault now = fault;
                    int let = pass(now, Direction.TO_SERVER, out, bytes, length);
                    if (let < length && !strike(now)) {
                        return;
                    }
                    out.write(bytes, let, length - let);
                    out.flush();
                    if (let < length && orphanedBy != null) {
                        // the server ends by itself once it has read and answered all of it
                        server.shutdownOutput();
                        return;
                    }
                }
            } catch (IOException | InterruptedException gone) {
                // closed below
            }
            if (orphanedBy == null) {
                closeBoth();
            }
        }

        void carryToClient() {
            byte[] bytes = new byte[8192];
            try {
                InputStream in = server.getInputStream();
                OutputStream out = client.getOutputStream();
                int length;
                while ((length = in.read(bytes)) >= 0) {
                    awaitEndOfHalt();
                    if (orphanedBy != null) {
                        continue;
                    }
                    Fault now = fault;
                    int let = pass(now, Direction.TO_CLIENT, out, bytes, length);
                    if (let < length) {
                        if (!strike(now)) {
                            return;
                        }
                        if (orphanedBy != null) {
                            server.shutdownOutput();
                        } else {
                            out.write(bytes, let, length - let);
                            out.flush();
                        }
                    }
                }
                awaitEndOfHalt();
            } catch (IOException | InterruptedException gone) {
                discardAnswers();
            }
            closeBoth();
            if (orphanedBy != null) {
                orphanedBy.over.countDown();
            }
        }

        private void awaitEndOfHalt() throws InterruptedException {
            if (haltedBy != null) {
                haltedBy.released.await();
            }
        }

        /** The client went away in the middle of an answer: an orphan's end is the server's. */
        private void discardAnswers() {
            try {
                while (orphanedBy != null && server.getInputStream().read() >= 0) {
                    continue;
                }
            } catch (IOException gone) {
                // as good as an end
            }
        }

        private int pass(Fault now, Direction direction, OutputStream out, byte[] bytes,
                int length) throws IOException {
            AtomicLong count = passed[direction.ordinal()];
            int let = now.allowed(direction, bytes, length, count.get());
            // before they are seen: whoever has them may arm the next fault, which counts anew
            count.addAndGet(let);
            out.write(bytes, 0, let);
            out.flush();
            return let;
        }

        /** Returns, after the release, whether the rest may be carried. */
        private boolean strike(Fault now) throws InterruptedException {
            if (now.kind == Kind.CUT) {
                closeBoth();
                now.caught.countDown();
                return false;
            }
            if (now.kind == Kind.KEEP_BACK) {
                orphanedBy = now;
                FaultProxy.close(client);
            } else {
                haltedBy = now;
            }
            now.caught.countDown();
            now.released.await();
            return true;
        }

        void closeBoth() {
            FaultProxy.close(client);
            FaultProxy.close(server);
            wires.remove(this);
        }
    }
}
