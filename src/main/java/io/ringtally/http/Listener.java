package io.ringtally.http;

import io.ringtally.event.LookupJson;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpHandler;
import java.time.Duration;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.Sequence;

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

    /**
     * What the kernel keeps of answers that a client does not read, doubled by Linux. Left to
     * itself it keeps up to 4 MB of each: thousands of such clients take the memory that everybody
     * else's packets need. Ten thousand of them with 64 KiB brought a machine of 24 GB within a
     * tenth of the limit at which the kernel begins to drop; with this it is a third of the limit.
     */
    private static final int SEND_BYTES = 24 * 1024;

    /**
     * Builds a server that does not listen yet.
     *
     * @param head how large heads may be
     * @param maxEntityBytes largest body read, dropped ones included; Undertow's default is 2 MiB
     */
    Server with(HeadSettings head, Duration idleTimeout, Duration requestTimeout,
            long maxEntityBytes, HttpHandler handler) {
        return new Server(host, port, tls, workerOptions(),
                socketOptions((int) requestTimeout.toMillis()),
                httpOptions(head, (int) idleTimeout.toMillis(), (int) requestTimeout.toMillis(),
                        maxEntityBytes),
                new FramingFilter(handler, head));
    }

    private OptionMap workerOptions() {
        return OptionMap.builder()
                .set(Options.WORKER_IO_THREADS, ioThreads)
                .set(Options.WORKER_TASK_CORE_THREADS, workers)
                .set(Options.WORKER_TASK_MAX_THREADS, workers)
                .getMap();
    }

    private OptionMap socketOptions(int requestMillis) {
        return OptionMap.builder()
                .set(Options.WORKER_IO_THREADS, ioThreads)
                .set(Options.REUSE_ADDRESSES, true)
                .set(Options.BALANCING_TOKENS, 1)
                .set(Options.BALANCING_CONNECTIONS, 2)
                .set(Options.TCP_NODELAY, true)
                .set(Options.BACKLOG, 1024)
                .set(Options.SEND_BUFFER, SEND_BYTES)
                // no READ_TIMEOUT: it sets a timer at every request. Headers and idle connections
                // have the timeouts below, bodies have BodyReader's
                .set(Options.WRITE_TIMEOUT, requestMillis)
                .set(Options.CONNECTION_HIGH_WATER, maxConnections)
                .set(Options.CONNECTION_LOW_WATER, maxConnections)
                .set(Options.SSL_ENABLED_PROTOCOLS, TLS_VERSIONS)
                .getMap();
    }

    private static OptionMap httpOptions(HeadSettings head, int idleMillis, int requestMillis,
            long maxEntityBytes) {
        return OptionMap.builder()
                .set(UndertowOptions.MAX_HEADER_SIZE, head.headerBytesMax())
                // the filter says 431 and why; beyond twice the limit it is a bare 400
                .set(UndertowOptions.MAX_HEADERS, 2 * head.headersMax())
                .set(UndertowOptions.MAX_PARAMETERS, PARAMETERS_MAX)
                .set(UndertowOptions.MAX_ENTITY_SIZE, maxEntityBytes)
                .set(UndertowOptions.REQUEST_PARSE_TIMEOUT, requestMillis)
                .set(UndertowOptions.NO_REQUEST_TIMEOUT, idleMillis)
                // else answers wait for the rest of a half request behind them, or are lost with it
                .set(UndertowOptions.BUFFER_PIPELINED_DATA, false)
                // one look at the clock: from here on a request takes time
                .set(UndertowOptions.RECORD_REQUEST_START_TIME, true)
                .set(UndertowOptions.ALWAYS_SET_KEEP_ALIVE, false)
                // ids are decoded once, by ourselves
                .set(UndertowOptions.DECODE_URL, false)
                .set(UndertowOptions.ENABLE_HTTP2, false)
                .getMap();
    }
}
