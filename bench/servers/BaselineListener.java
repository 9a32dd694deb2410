package bench.servers;

import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpHandler;
import org.xnio.Options;

/**
 * The Undertow both baselines stand on. Its options are those the service's own listener sets: a
 * baseline with fewer limits and timeouts would be a different server, not a faster one. Change
 * both together.
 *
 * <p>Threading: opened and closed by the main thread and the shutdown hook.
 */
final class BaselineListener {

    private static final int TIMEOUT_MS = 30_000;

    private BaselineListener() {
    }

    /** Listens on loopback and prints one line; at SIGTERM closes everything and exits 0. */
    static void serve(String name, Undertow.Builder settings, int port, AutoCloseable behind) {
        Undertow undertow = settings.addHttpListener(port, "127.0.0.1").build();
        undertow.start();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            undertow.stop();
            closeQuietly(behind);
            // without this the exit code would be the signal's, not that of a clean stop
            Runtime.getRuntime().halt(0);
        }, "shutdown"));
        System.out.println(name + " listens on 127.0.0.1:" + port);
    }

    static Undertow.Builder settings(int ioThreads, int workerThreads, HttpHandler handler) {
        return Undertow.builder()
                .setIoThreads(ioThreads)
                .setWorkerThreads(workerThreads)
                .setServerOption(UndertowOptions.ENABLE_HTTP2, false)
                .setServerOption(UndertowOptions.ALWAYS_SET_KEEP_ALIVE, false)
                .setServerOption(UndertowOptions.ENABLE_STATISTICS, false)
                .setServerOption(UndertowOptions.MAX_HEADER_SIZE, 16 * 1024)
                .setServerOption(UndertowOptions.MAX_HEADERS, 64)
                .setServerOption(UndertowOptions.REQUEST_PARSE_TIMEOUT, TIMEOUT_MS)
                .setServerOption(UndertowOptions.NO_REQUEST_TIMEOUT, TIMEOUT_MS)
                .setServerOption(UndertowOptions.DECODE_URL, false)
                .setSocketOption(Options.WRITE_TIMEOUT, TIMEOUT_MS)
                .setSocketOption(Options.TCP_NODELAY, true)
                .setSocketOption(Options.BACKLOG, 1024)
                .setSocketOption(Options.SEND_BUFFER, 64 * 1024)
                .setHandler(handler);
    }

    private static void closeQuietly(AutoCloseable behind) {
        try {
            behind.close();
        } catch (Exception failure) {
            System.err.println("while closing: " + failure);
        }
    }
}
