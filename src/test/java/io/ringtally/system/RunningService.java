package io.ringtally.system;

import io.ringtally.verify.Ports;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * The jar as a process of its own, on free ports, in a directory of its own.
 *
 * <p>Threading: any thread may send requests; one thread starts and stops it.
 */
public final class RunningService implements AutoCloseable {

    /** No setting of the service: one of {@link #optimised}. */
    private static final String OPTIMISED = "test: optimised";

    private static final Duration UP_WITHIN = Duration.ofSeconds(60);

    private final Process process;
    private final int port;
    private final int adminPort;
    private final Path log;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(5)).build();

    private RunningService(Process process, int port, int adminPort, Path log) {
        this.process = process;
        this.port = port;
        this.adminPort = adminPort;
        this.log = log;
    }

    /**
     * These settings for a service that is compiled as in production, where it matters what the
     * optimising compiler makes of the code. The others do without, and start sooner.
     */
    static Map<String, String> optimised(Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(settings);
        all.put(OPTIMISED, "");
        return all;
    }

    /** Starts the jar without waiting for it. */
    public static RunningService launch(Path dataDirectory, Map<String, String> environment)
            throws IOException {
        return launch(dataDirectory, environment, RunningService::jar);
    }

    private static RunningService launch(Path dataDirectory, Map<String, String> environment,
            Function<Map<String, String>, ProcessBuilder> program) throws IOException {
        int[] ports = freePorts(2);
        Files.createDirectories(dataDirectory);
        Path log = Files.createTempFile(dataDirectory.toAbsolutePath().getParent(), "service-",
                ".log");
        Map<String, String> all = new HashMap<>(Map.of(
                "RINGTALLY_HTTP_PORT", String.valueOf(ports[0]),
                "RINGTALLY_ADMIN_PORT", String.valueOf(ports[1]),
                "RINGTALLY_DATA_DIR", dataDirectory.toString(),
                // hundreds of logs are made: small ones
                "RINGTALLY_RING_SLOTS", "8192",
                "RINGTALLY_JOURNAL_SEGMENT_BYTES", "8 MiB",
                "RINGTALLY_JOURNAL_MAX_UNFORCED_BYTES", "8 MiB"));
        all.putAll(environment);
        Process process = program.apply(all).redirectOutput(log.toFile()).start();
        String admin = all.get("RINGTALLY_ADMIN_PORT");
        return new RunningService(process, Integer.parseInt(all.get("RINGTALLY_HTTP_PORT")),
                admin.matches("[1-9][0-9]*") ? Integer.parseInt(admin) : ports[1], log);
    }

    /** The jar with these arguments, and no other settings of ours than these. */
    static ProcessBuilder jar(Map<String, String> environment, String... arguments) {
        List<String> flags = new ArrayList<>(List.of("-Xmx1g", "-ea"));
        flags.addAll(ClassArchive.flags());
        if (!environment.containsKey(OPTIMISED)) {
            flags.add("-XX:TieredStopAtLevel=1");
        }
        ProcessBuilder builder = jar(flags, environment, arguments);
        builder.environment().remove(OPTIMISED);
        return builder;
    }

    /** The jar in a JVM with these flags. */
    static ProcessBuilder jar(List<String> flags, Map<String, String> environment,
            String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags);
        command.add("-jar");
        command.add(System.getProperty("ringtally.jar", "target/ringtally.jar"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("RINGTALLY_"));
        builder.environment().putAll(environment);
        return builder;
    }

    /** Starts the jar on an external database and waits until it is up. */
    public static RunningService start(Path dataDirectory, String databaseUrl,
            Map<String, String> environment) throws IOException {
        Map<String, String> all = new HashMap<>(environment);
        all.put("RINGTALLY_DB_URL", databaseUrl);
        all.putIfAbsent("RINGTALLY_DB_USER", "postgres");
        return launch(dataDirectory, all).upOrClosed();
    }

    /** Starts the jar on an external database, in a JVM with these flags, and waits. */
    static RunningService start(Path dataDirectory, String databaseUrl, List<String> flags)
            throws IOException {
        RunningService service = launch(dataDirectory, Map.of("RINGTALLY_DB_URL", databaseUrl,
                "RINGTALLY_DB_USER", "postgres"), all -> jar(flags, all));
        return service.upOrClosed();
    }

    private RunningService upOrClosed() throws IOException {
        try {
            awaitStatus("up");
        } catch (IOException | RuntimeException | Error notUp) {
            close();
            throw notUp;
        }
        return this;
    }

    public static int freePort() throws IOException {
        return freePorts(1)[0];
    }

    /** Different ones. */
    private static int[] freePorts(int count) throws IOException {
        Set<Integer> ports = new LinkedHashSet<>();
        while (ports.size() < count) {
            ports.add(Ports.free());
        }
        return ports.stream().mapToInt(Integer::intValue).toArray();
    }

    public String url() {
        return "http://127.0.0.1:" + port;
    }

    public int port() {
        return port;
    }

    /** The port for operators. */
    public int adminPort() {
        return adminPort;
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Everything the service has printed so far. */
    public String log() throws IOException {
        return Files.readString(log);
    }

    public HttpResponse<String> get(String path) throws IOException {
        return send(HttpRequest.newBuilder(URI.create(url() + path)).GET());
    }

    /** Asks the port for operators. */
    public HttpResponse<String> getAdmin(String path) throws IOException {
        return send(HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + adminPort + path)).GET());
    }

    /** Posts a JSON body. */
    public HttpResponse<String> post(String path, String json) throws IOException {
        return post(path, "application/json", json);
    }

    /** The same, again for as long as the ring is full: a small one is while a stage pauses. */
    HttpResponse<String> postWhenThereIsRoom(String path, String json) throws IOException {
        HttpResponse<String> answer;
        do {
            answer = post(path, json);
        } while (answer.body().contains("ring-full"));
        return answer;
    }

    public HttpResponse<String> post(String path, String contentType, String body)
            throws IOException {
        return send(HttpRequest.newBuilder(URI.create(url() + path))
                .header("Content-Type", contentType)
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    /** Has the operators' port do one of its verbs that take nothing, such as {@code flush}. */
    void operate(String verb) throws IOException {
        HttpResponse<String> answer = send(HttpRequest.newBuilder(URI.create(
                "http://127.0.0.1:" + adminPort + "/v1/admin/" + verb))
                .POST(HttpRequest.BodyPublishers.noBody()));
        if (answer.statusCode() != 200) {
            throw new IOException(verb + " was answered " + answer.statusCode() + ": "
                    + answer.body());
        }
    }

    public HttpResponse<String> send(HttpRequest.Builder request) throws IOException {
        try {
            return client.send(request.timeout(Duration.ofSeconds(30)).build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", interrupted);
        }
    }

    /** Waits until {@code /status} says this word. */
    public void awaitStatus(String word) throws IOException {
        await("status " + word, UP_WITHIN, () -> status().contains("\"status\":\"" + word + "\""));
    }

    /** The body of {@code /status}, or what prevented it. */
    public String status() {
        try {
            return get("/status").body();
        } catch (IOException unreachable) {
            return String.valueOf(unreachable);
        }
    }

    /**
     * Polls until a condition holds.
     *
     * @throws AssertionError with what was waited for and the service's log, when the time is up
     */
    public void await(String what, Duration within, BooleanSupplier condition)
            throws IOException {
        long deadline = System.nanoTime() + within.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline || !process.isAlive()) {
                throw new AssertionError("waited " + within + " for: " + what + "; alive: "
                        + process.isAlive() + "; log:\n" + log());
            }
            LockSupport.parkNanos(10_000_000);
        }
    }

    /** Sends SIGTERM and waits; returns the exit code. */
    public int terminate(Duration within) throws IOException {
        process.destroy();
        return awaitExit(within);
    }

    /** Waits for the process to end by itself; returns the exit code. */
    public int awaitExit(Duration within) throws IOException {
        try {
            if (!process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("still running after " + within + "; log:\n" + log());
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", interrupted);
        }
        return process.exitValue();
    }

    /** Sends SIGKILL and waits for the end. */
    public void kill() throws IOException {
        process.destroyForcibly();
        awaitExit(Duration.ofSeconds(10));
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
