package bench.runner;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * One server in a JVM of its own.
 *
 * <p>Threading: used by the main thread only.
 */
final class ServerProcess implements AutoCloseable {

    /**
     * How a server ended.
     *
     * @param exitCode 0 after a clean stop; -1 when it had to be killed
     * @param drainMicros from SIGTERM to the end
     * @param drainCpuMicros CPU time spent in that time, read every few milliseconds
     */
    record End(int exitCode, long drainMicros, long drainCpuMicros) {
    }

    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final long POLL_MS = 5;

    private final Process process;
    private final Path log;
    private final ProcStat procStat;

    ServerProcess(ProcessBuilder command, Path log, ProcStat procStat) {
        this.log = log;
        this.procStat = procStat;
        try {
            process = command.redirectErrorStream(true).redirectOutput(log.toFile()).start();
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot start " + command.command(), failure);
        }
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Waits until {@code GET /status} is a 2xx. */
    void awaitReady(int port) {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (!answers(port)) {
            if (!process.isAlive()) {
                throw new IllegalStateException("the server ended at once:\n" + logText());
            }
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(
                        "the server is not up after " + START_LIMIT + ":\n" + logText());
            }
            Pause.millis(20);
        }
    }

    private static boolean answers(int port) {
        try {
            HttpURLConnection connection = (HttpURLConnection)
                    URI.create("http://127.0.0.1:" + port + "/status").toURL().openConnection();
            connection.setConnectTimeout(1000);
            connection.setReadTimeout(5000);
            int status = connection.getResponseCode();
            connection.disconnect();
            return status / 100 == 2;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** SIGTERM, and waits for the end. */
    End stop(Duration limit) {
        long started = System.nanoTime();
        long cpuBefore = procStat.micros(pid());
        long cpu = cpuBefore;
        process.destroy();
        while (process.isAlive() && System.nanoTime() - started < limit.toNanos()) {
            // 0 once it is gone
            cpu = Math.max(cpu, procStat.micros(pid()));
            Pause.millis(POLL_MS);
        }
        int exitCode = process.isAlive() ? -1 : process.exitValue();
        long micros = (System.nanoTime() - started) / 1000;
        close();
        return new End(exitCode, micros, cpu - cpuBefore);
    }

    String logText() {
        try {
            return Files.readString(log);
        } catch (IOException unreadable) {
            return "(no log: " + unreadable + ")";
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
