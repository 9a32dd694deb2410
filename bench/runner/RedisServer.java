package bench.runner;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A Redis of its own, in an empty directory, with redis-benchmark as its client.
 *
 * <p>Threading: used by the main thread only.
 */
final class RedisServer implements AutoCloseable {

    private static final Duration START_LIMIT = Duration.ofSeconds(20);
    private static final String SUM = "local s = 0 for _, k in ipairs(redis.call('keys', '*')) do"
            + " s = s + redis.call('get', k) end return s";

    private final Options options;
    private final Path directory;
    private final Process process;
    private final String port;

    RedisServer(Options options, Path directory) {
        this.options = options;
        this.directory = directory;
        this.port = Integer.toString(options.whole(Flag.HTTP_PORT) + 2);
        List<String> words = new ArrayList<>(Pin.to(options.text(Flag.PIN_SERVER)));
        words.addAll(List.of("redis-server", "--port", port, "--bind", "127.0.0.1", "--save", "",
                "--dir", directory.toString()));
        words.addAll(options.list(Flag.REDIS));
        try {
            Files.createDirectories(directory);
            process = new ProcessBuilder(words).redirectErrorStream(true)
                    .redirectOutput(directory.resolve("redis.log").toFile()).start();
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot run redis-server: apt-get install redis",
                    failure);
        }
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (!answers()) {
            if (System.nanoTime() > deadline || !process.isAlive()) {
                close();
                throw new IllegalStateException("redis-server is not up, see " + directory);
            }
            Pause.millis(20);
        }
    }

    private boolean answers() {
        try {
            return Command.output("redis-cli", "-p", port, "ping").equals("PONG");
        } catch (IllegalStateException notYet) {
            return false;
        }
    }

    long pid() {
        return process.pid();
    }

    /** INCR of random keys, so many of them; returns the rate as redis-benchmark gives it. */
    double increments(long count, long keys) {
        List<String> words = new ArrayList<>(Pin.to(options.text(Flag.PIN_CLIENT)));
        words.addAll(List.of("redis-benchmark", "-p", port, "-c", options.text(Flag.CONNECTIONS),
                "-P", options.text(Flag.PIPELINE), "-n", Long.toString(count),
                "-r", Long.toString(keys), "--csv", "INCR", "key:__rand_int__"));
        String last = Command.output(words).lines().reduce((a, b) -> b).orElse("");
        // "INCR key:__rand_int__","15243.90","2.1",...
        return Double.parseDouble(last.replace("\"", "").split(",")[1]);
    }

    /** Sum of all counters. */
    long sum() {
        return Long.parseLong(Command.output("redis-cli", "-p", port, "eval", SUM, "0"));
    }

    static String version() {
        return Command.output("redis-server", "--version").split(" sha")[0];
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        Rig.delete(directory);
    }
}
