package io.ringtally.http;

import io.undertow.protocols.ssl.UndertowXnioSsl;
import io.undertow.server.DefaultByteBufferPool;
import io.undertow.server.HttpHandler;
import io.undertow.server.protocol.http.HttpOpenListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.ChannelListener;
import org.xnio.ChannelListeners;
import org.xnio.IoUtils;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.StreamConnection;
import org.xnio.Xnio;
import org.xnio.XnioIoThread;
import org.xnio.XnioWorker;
import org.xnio.channels.AcceptingChannel;
import org.xnio.management.XnioServerMXBean;

/**
 * One listening port: a socket and threads of XNIO, Undertow's HTTP on each connection. It is put
 * together here and not by Undertow's builder, which lets nobody have a say in how connections end
 * (see {@link Endings}).
 *
 * <p>Threading: started and stopped by one thread; any may ask in between.
 */
final class Server {

    private static final Logger LOG = LoggerFactory.getLogger(Server.class);

    private static final int SHUTDOWN_MILLIS = 5_000;
    /** As Undertow has it by itself. */
    private static final int BUFFER_BYTES = 16 * 1024 - 20;
    private static final int BUFFERS_A_THREAD = 4;

    private final String host;
    private final int port;
    private final Tls tls;
    private final OptionMap workerOptions;
    private final OptionMap socketOptions;
    private final HttpOpenListener http;
    private final Map<XnioIoThread, Endings> endings = new ConcurrentHashMap<>();
    private XnioWorker worker;
    private AcceptingChannel<StreamConnection> socket;

    /**
     * Prepares a server that does not listen yet.
     *
     * @param host name or address to bind, looked up at the start
     * @param port 0 (any free one) to 65535
     * @param tls what makes it HTTPS, or null for HTTP
     * @param workerOptions how many threads there are
     * @param socketOptions of its socket and of those accepted
     * @param httpOptions Undertow's
     */
    Server(String host, int port, Tls tls, OptionMap workerOptions, OptionMap socketOptions,
            OptionMap httpOptions, HttpHandler handler) {
        this.host = host;
        this.port = port;
        this.tls = tls;
        this.workerOptions = workerOptions;
        this.socketOptions = socketOptions;
        this.http = new HttpOpenListener(
                new DefaultByteBufferPool(true, BUFFER_BYTES, -1, BUFFERS_A_THREAD), httpOptions);
        http.setRootHandler(handler);
    }

    /**
     * Listens, from now on with whatever certificate is in force.
     *
     * @throws UncheckedIOException if the address cannot be bound; its cause says why
     */
    void start() {
        Xnio xnio = Xnio.getInstance(Server.class.getClassLoader());
        ChannelListener<StreamConnection> opened = http;
        if (tls != null) {
            UndertowXnioSsl ssl = new UndertowXnioSsl(xnio,
                    OptionMap.create(Options.USE_DIRECT_BUFFERS, true), tls.context());
            tls.onChange(ssl::updateSSLContext);
            opened = connection -> secure(ssl, connection);
        }
        ChannelListener<StreamConnection> accepted = opened;
        try {
            worker = xnio.createWorker(workerOptions);
            socket = worker.createStreamConnectionServer(
                    new InetSocketAddress(InetAddress.getByName(host), port),
                    ChannelListeners.openListenerAdapter(connection ->
                            accepted.handleEvent(new ClientConnection(connection, endings
                                    .computeIfAbsent(connection.getIoThread(), Endings::new)))),
                    socketOptions);
        } catch (IOException failed) {
            stop();
            throw new UncheckedIOException(failed);
        }
        socket.resumeAccepts();
    }

    private void secure(UndertowXnioSsl ssl, StreamConnection connection) {
        StreamConnection secured;
        try {
            secured = ssl.wrapExistingConnection(connection, socketOptions, false);
        } catch (RuntimeException unusable) {
            LOG.warn("a connection could not be secured and is closed", unusable);
            IoUtils.safeClose(connection);
            return;
        }
        http.handleEvent(secured);
    }

    /** The port it listens on. */
    int port() {
        return socket.getLocalAddress(InetSocketAddress.class).getPort();
    }

    /** Connections that are open. */
    int connections() {
        return worker == null ? 0 : worker.getMXBean().getServerMXBeans().stream()
                .mapToInt(XnioServerMXBean::getConnectionCount).sum();
    }

    /** One of its threads. */
    XnioIoThread ioThread() {
        return worker.getIoThread();
    }

    /** Lets nobody in any more, and closes every connection there is. */
    void turnAway() {
        socket.suspendAccepts();
        CountDownLatch closed = new CountDownLatch(1);
        // it may be in the middle of letting somebody in
        socket.getIoThread().execute(() -> {
            try {
                http.closeConnections();
            } finally {
                closed.countDown();
            }
        });
        try {
            closed.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Closes all connections and ends the threads. */
    void stop() {
        IoUtils.safeClose(socket);
        if (worker == null) {
            return;
        }
        worker.shutdown();
        try {
            if (!worker.awaitTermination(SHUTDOWN_MILLIS, TimeUnit.MILLISECONDS)) {
                worker.shutdownNow();
            }
        } catch (InterruptedException interrupted) {
            worker.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
