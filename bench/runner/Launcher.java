package bench.runner;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Makes the command of each arm: the same JDK, flags, cores and database for all.
 *
 * <p>Threading: immutable.
 */
final class Launcher {

    private final Options options;
    private final Path home;
    private final String classPath;
    private final String databaseUrl;

    /** {@code home} is the project's directory. */
    Launcher(Options options, Path home, String databaseUrl) {
        this.options = options;
        this.home = home;
        this.classPath = System.getProperty("java.class.path");
        this.databaseUrl = databaseUrl;
    }

    /** {@code ioThreads} 0 leaves the number to the server. */
    ProcessBuilder command(Arm arm, int ioThreads, Path directory) {
        List<String> words = new ArrayList<>(Pin.to(options.text(Flag.PIN_SERVER)));
        words.add(javaCommand("java"));
        words.addAll(jvmFlags());
        switch (arm.kind()) {
            case SIMPLE -> words.addAll(baseline("SimpleServer", ioThreads));
            case SYNC -> {
                words.addAll(baseline("SyncServer", ioThreads));
                words.addAll(List.of(options.text(Flag.SYNC_CONNECTIONS), databaseUrl,
                        Postgres.USER, Postgres.PASSWORD));
            }
            case RING -> words.addAll(
                    List.of("-jar", arm.jar().toString()));
            default -> throw new AssertionError(arm);
        }
        ProcessBuilder command = new ProcessBuilder(words).directory(directory.toFile());
        if (arm.kind() == Arm.Kind.RING) {
            configure(command.environment(), ioThreads, directory);
            command.environment().putAll(arm.settings());
        }
        return command;
    }

    private List<String> baseline(String server, int ioThreads) {
        int threads = ioThreads == 0 ? Runtime.getRuntime().availableProcessors() : ioThreads;
        return List.of("-Dlogback.configurationFile=" + home.resolve("bench/logback.xml"),
                "-cp", classPath, "bench.servers." + server,
                options.text(Flag.HTTP_PORT), Integer.toString(threads));
    }

    private void configure(Map<String, String> environment, int ioThreads, Path directory) {
        environment.put("RINGTALLY_HTTP_PORT", options.text(Flag.HTTP_PORT));
        environment.put("RINGTALLY_ADMIN_PORT",
                Integer.toString(options.whole(Flag.HTTP_PORT) + 1));
        environment.put("RINGTALLY_DATA_DIR", directory.resolve("data").toString());
        environment.put("RINGTALLY_DB_URL", databaseUrl);
        environment.put("RINGTALLY_DB_USER", Postgres.USER);
        environment.put("RINGTALLY_DB_PASSWORD", Postgres.PASSWORD);
        if (ioThreads > 0) {
            environment.put("RINGTALLY_HTTP_IO_THREADS", Integer.toString(ioThreads));
        }
    }

    List<String> jvmFlags() {
        String flags = options.text(Flag.JVM_FLAGS).trim();
        return flags.isEmpty() ? List.of() : List.of(flags.split("\\s+"));
    }

    /** A command of the servers' JDK. */
    String javaCommand(String name) {
        String given = options.text(Flag.JAVA_HOME);
        Path jdk = Path.of(given.isEmpty() ? System.getProperty("java.home") : given);
        return jdk.resolve("bin").resolve(name).toString();
    }
}
