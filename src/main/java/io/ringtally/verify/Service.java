package io.ringtally.verify;

import io.ringtally.fault.FaultPoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One run of the service, as a process of its own.
 *
 * <p>Threading: the campaign's thread; {@link #kill()} by any.
 */
final class Service {

    static final long UP_MILLIS = 60_000;

    private static final int STATUS_MILLIS = 5_000;
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final int TAIL_LINES = 12;

    private final Process process;
    private final boolean wrapped;
    private final int port;
    private final Path log;
    private final Connection status;
    private int armedAt;

    private Service(Process process, boolean wrapped, int port, Path log) {
        this.process = process;
        this.wrapped = wrapped;
        this.port = port;
        this.log = log;
        this.status = new Connection(port, STATUS_MILLIS);
    }

    /**
     * Starts it, without waiting.
     *
     * @param environment its settings, the only ones it gets
     * @param port what these say it listens on
     */
    static Service start(Program program, Launch launch, Map<String, String> environment,
            int port, Path log) throws IOException {
        Path protocol = Path.of(log + ".protocol");
        List<String> command = new ArrayList<>();
        launch.wrapper().forEach(word -> command.add(
                word.equals(Launch.PROTOCOL) ? protocol.toString() : word));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-ea", "-Xmx512m", "-XX:TieredStopAtLevel=1"));
        // what cannot go into an archive is of no interest, and would hide the last words
        command.addAll(List.of("-Xlog:cds*=error",
                program.archiveFlag(launch.equals(Launch.PLAIN))));
        command.add("-D" + FaultPoint.FILE_PROPERTY + "=" + faultFile(log));
        if (!launch.fault().isEmpty()) {
            command.add("-D" + FaultPoint.PROPERTY + "=" + launch.fault());
        }
        command.addAll(List.of("-jar", program.jar().toString()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().keySet().removeIf(name -> name.startsWith("RINGTALLY_"));
        builder.environment().putAll(environment);
        return new Service(builder.start(), !launch.wrapper().isEmpty(), port, log);
    }

    private static Path faultFile(Path log) {
        return Path.of(log + ".fault");
    }

    /**
     * Arms a point of the running service, or disarms it.
     *
     * @param fault what its property would say; empty for none
     * @return false if it has ended, or may be about to: the point armed before has acted
     */
    boolean arm(String fault) throws IOException, Misbehaviour {
        if (!fault.isEmpty()) {
            armedAt = logText().length();
        }
        Path file = faultFile(log);
        Path written = Path.of(file + ".new");
        Files.writeString(written, fault);
        Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
        if (!await(UP_MILLIS, () -> !Files.exists(file) || !isAlive() || hasActed())) {
            throw new Misbehaviour("the service does not read " + file + "; its last words:\n"
                    + lastWords());
        }
        return isAlive() && !hasActed();
    }

    /** A process that halts may take a while to be gone. */
    private boolean hasActed() {
        try {
            return logHas(FaultPoint.PROPERTY + ": at ");
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** Whether the program it runs below has written that. */
    boolean protocolHas(String text) throws IOException {
        Path protocol = Path.of(log + ".protocol");
        return Files.exists(protocol) && Files.readString(protocol).contains(text);
    }

    int port() {
        return port;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Its exit code; 128 and the signal's number where it was killed. */
    int exitCode() {
        return process.exitValue();
    }

    /** Whether its log has this text, since a point was armed while it ran. */
    boolean logHas(String text) throws IOException {
        return logText().indexOf(text, armedAt) >= 0;
    }

    private String logText() throws IOException {
        return new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
    }

    /** The last lines of its log. */
    String lastWords() throws IOException {
        List<String> lines = logText().lines().toList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES),
                lines.size()));
    }

    /** Waits until it says {@code up}; false if it ends, or takes longer than a minute. */
    boolean awaitUp() {
        return await(UP_MILLIS, () -> !isAlive() || status().contains("\"status\":\"up\""))
                && isAlive();
    }

    /** Waits until it is up and Postgres has all; false if it ends or takes too long. */
    boolean awaitSettled(long millis) {
        int[] quiet = {0};
        return await(millis, () -> {
            String now = status();
            boolean settled = now.contains("\"status\":\"up\"")
                    && number(now, "ring_backlog_slots") == 0
                    && number(now, "unpersisted_events") == 0
                    && number(now, "pending_counters") == 0;
            // gauges are as old as a stage's last look: one that was 0 once may be behind
            quiet[0] = settled ? quiet[0] + 1 : 0;
            return quiet[0] >= 3 || !isAlive();
        }) && isAlive();
    }

    /** What {@code /status} says; empty where it does not. */
    String status() {
        return status.get("/status");
    }

    /** Asks it to remove a counter that nobody counts: nothing is changed, but that is decided. */
    void removeNothing() {
        status.send("DELETE /v1/counters/nobody-counts-this HTTP/1.1\r\nHost: localhost\r\n\r\n"
                .getBytes(StandardCharsets.US_ASCII));
    }

    private static long number(String json, String field) {
        Matcher matcher = Pattern.compile("\"" + field + "\":(\\d+)").matcher(json);
        return matcher.find() ? Long.parseLong(matcher.group(1)) : -1;
    }

    /** Polls until a condition holds; false past the time. */
    static boolean await(long millis, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        return true;
    }

    /** Waits for its end; false past the time. */
    boolean awaitExit(long millis) throws InterruptedException {
        return process.waitFor(millis, TimeUnit.MILLISECONDS);
    }

    /** Sends SIGTERM. */
    void terminate() {
        java().ifPresent(ProcessHandle::destroy);
    }

    /** Sends SIGKILL to this process only and waits for its end. */
    void kill() {
        java().ifPresent(ProcessHandle::destroyForcibly);
        if (!await(10_000, () -> !isAlive())) {
            process.destroyForcibly();
        }
        status.close();
    }

    private Optional<ProcessHandle> java() {
        return wrapped ? process.children().findFirst() : Optional.of(process.toHandle());
    }
}
