package io.ringtally.http;

import io.ringtally.event.LookupJson;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpHandler;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.xnio.Options;
import org.xnio.Sequence;
import org.xnio.XnioWorker;
import org.xnio.management.XnioServerMXBean;

/**
 * A hardened listener: the limits that hold whatever is behind it.
 *
 * <p>Threading: immutable.
 *
 * @param host address to bind
 * @param port 0 (any free one) to 65535
 * @param ioThreads threads that read and answer
 * @param workers threads for what may block, at least 1
 * @param maxConnections connections accepted at once
 * @param tls what makes it HTTPS, or null for HTTP
 */
record Listener(String host, int port, int ioThreads, int workers, int maxConnections,
        Tls tls) {

    /** The ids of a lookup, and a few more. */
    private static final int PARAMETERS_MAX = LookupJson.MESSAGES_MAX + 24;
    private static final Sequence<String> TLS_VERSIONS = Sequence.of("TLSv1.3", "TLSv1.2");
    private static final int SHUTDOWN_MILLIS = 5_000;

    /**
     * What the kernel keeps of answers that a client does not read, doubled by Linux. Left to
     * itself it keeps up to 4 MB of each: thousands of such clients take the memory that everybody
     * else's packets need.
     */
    private static final int SEND_BYTES = 64 * 1024;

    /**
     * Builds a server that does not listen yet.
     *
     * @param head how large heads may be
     * @param maxEntityBytes largest body read, dropped ones included; Undertow's default is 2 MiB
     */
    Undertow with(HeadSettings head, Duration idleTimeout, Duration requestTimeout,
            long maxEntityBytes, HttpHandler handler) {
        int requestMillis = (int) requestTimeout.toMillis();
        Undertow.Builder builder = Undertow.builder();
        if (tls == null) {
            builder.addHttpListener(port, host);
        } else {
            builder.addHttpsListener(port, host, tls.context())
                    .setSocketOption(Options.SSL_ENABLED_PROTOCOLS, TLS_VERSIONS);
        }
        return builder.setIoThreads(ioThreads)
                .setWorkerThreads(workers)
                .setSocketOption(Options.TCP_NODELAY, true)
                .setSocketOption(Options.BACKLOG, 1024)
                .setSocketOption(Options.SEND_BUFFER, SEND_BYTES)
                // no READ_TIMEOUT: it sets a timer at every request. Headers and idle connections
                // have the timeouts below, bodies have BodyReader's
                .setSocketOption(Options.WRITE_TIMEOUT, requestMillis)
                .setSocketOption(Options.CONNECTION_HIGH_WATER, maxConnections)
                .setSocketOption(Options.CONNECTION_LOW_WATER, maxConnections)
                .setServerOption(UndertowOptions.MAX_HEADER_SIZE, head.headerBytesMax())
                // the filter says 431 and why; beyond twice the limit it is a bare 400
                .setServerOption(UndertowOptions.MAX_HEADERS, 2 * head.headersMax())
                .setServerOption(UndertowOptions.MAX_PARAMETERS, PARAMETERS_MAX)
                .setServerOption(UndertowOptions.MAX_ENTITY_SIZE, maxEntityBytes)
                .setServerOption(UndertowOptions.REQUEST_PARSE_TIMEOUT, requestMillis)
                .setServerOption(UndertowOptions.NO_REQUEST_TIMEOUT, (int) idleTimeout.toMillis())
                // else answers wait for the rest of a half request behind them, or are lost with it
                .setServerOption(UndertowOptions.BUFFER_PIPELINED_DATA, false)
                // one look at the clock: from here on a request takes time
                .setServerOption(UndertowOptions.RECORD_REQUEST_START_TIME, true)
                .setServerOption(UndertowOptions.ALWAYS_SET_KEEP_ALIVE, false)
                // ids are decoded once, by ourselves
                .setServerOption(UndertowOptions.DECODE_URL, false)
                .setServerOption(UndertowOptions.ENABLE_HTTP2, false)
                .setServerOption(UndertowOptions.SHUTDOWN_TIMEOUT, SHUTDOWN_MILLIS)
                .setHandler(new FramingFilter(handler, head))
                .build();
    }

    /** Listens, from now on with whatever certificate is in force. */
    void start(Undertow undertow) {
        undertow.start();
        if (tls != null) {
            tls.onChange(context -> undertow.getListenerInfo().forEach(
                    info -> info.setSslContext(context)));
        }
    }

    /** Connections to a started server that are open. */
    static int connectionsOf(Undertow undertow) {
        XnioWorker worker = undertow.getWorker();
        return worker == null ? 0 : worker.getMXBean().getServerMXBeans().stream()
                .mapToInt(XnioServerMXBean::getConnectionCount).sum();
    }

    /** The port a started server listens on. */
    static int portOf(Undertow undertow) {
        return ((InetSocketAddress) undertow.getListenerInfo().get(0).getAddress()).getPort();
    }
}
