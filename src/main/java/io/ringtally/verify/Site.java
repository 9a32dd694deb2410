package io.ringtally.verify;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * One installation of the service: its data directory, its database, what Postgres must hold, and
 * the run of the service that is going on, if any. It lives for many rounds.
 *
 * <p>Threading: the campaign's thread; {@link #close()} also by the hook that runs when the
 * campaign is broken off.
 */
final class Site implements AutoCloseable {

    /** What kind of installation a fault needs. */
    enum Kind {
        /** On a database that lives apart from the service. */
        PLAIN,
        /** With the service's own, embedded database. */
        EMBEDDED,
        /** As the first, with the data directory on a small file system. */
        SMALL_DISK
    }

    private static final long STOP_MILLIS = 40_000;
    private static final int SMALL_DISK_MIB = 192;

    private final Program program;
    private final Path directory;
    private final Kind kind;
    private final DatabaseAddress database;
    private final PostMaker maker;
    private final Oracle oracle = new Oracle();
    private final Map<String, String> environment = new HashMap<>(SmallSettings.VARIABLES);
    private final int port;
    private Service service;
    private Launch launched = Launch.PLAIN;
    private int starts;
    private boolean firstStartFailed;
    private boolean keep;
    private boolean closed;

    /**
     * Prepares an installation; nothing runs yet.
     *
     * @param given the database it uses, or null where it is to bring its own
     */
    Site(Program program, Path directory, Kind kind, DatabaseAddress given, PostMaker maker)
            throws IOException {
        this.program = program;
        this.directory = directory;
        this.kind = kind;
        this.maker = maker;
        this.port = Ports.free();
        Files.createDirectories(data());
        if (kind == Kind.SMALL_DISK) {
            mount();
        }
        environment.put("RINGTALLY_HTTP_PORT", String.valueOf(port));
        environment.put("RINGTALLY_ADMIN_PORT", String.valueOf(Ports.free()));
        environment.put("RINGTALLY_DATA_DIR", data().toString());
        if (given == null) {
            int postgresPort = Ports.free();
            environment.put("RINGTALLY_DB_EMBEDDED_PORT", String.valueOf(postgresPort));
            database = new DatabaseAddress("jdbc:postgresql://127.0.0.1:" + postgresPort
                    + "/ringtally", "postgres", "");
        } else {
            environment.put("RINGTALLY_DB_URL", given.url());
            environment.put("RINGTALLY_DB_USER", given.user());
            environment.put("RINGTALLY_DB_PASSWORD", given.password());
            database = given;
        }
    }

    private void mount() throws IOException {
        List<String> command = List.of("mount", "-t", "tmpfs", "-o",
                "size=" + SMALL_DISK_MIB + "m", "tmpfs", data().toString());
        if (Signals.run(command) != 0) {
            throw new IOException("cannot mount a small file system: " + command);
        }
    }

    /** The service's data directory. */
    Path data() {
        return directory.resolve("data");
    }

    PostMaker maker() {
        return maker;
    }

    Oracle oracle() {
        return oracle;
    }

    int port() {
        return port;
    }

    /** The run that was started last. */
    Service service() {
        return service;
    }

    Snapshot snapshot() throws SQLException {
        return Snapshot.read(database, maker.prefix());
    }

    /** Starts the service without waiting for it. */
    synchronized Service start(Launch launch) throws IOException {
        if (closed) {
            throw new IOException("the campaign is being broken off");
        }
        launched = launch;
        service = Service.start(program, launch, environment, port,
                directory.resolve("service-" + ++starts + ".log"));
        return service;
    }

    /** Starts the service and waits for it; returns how long that took, milliseconds. */
    long startAndAwait(Launch launch) throws IOException, Misbehaviour {
        long begun = System.nanoTime();
        if (!start(launch).awaitUp()) {
            throw new Misbehaviour("the service "
                    + (service.isAlive() ? "is not up after " + Service.UP_MILLIS / 1_000 + " s"
                    : "did not start, exit code " + service.exitCode())
                    + "; its last words:\n" + service.lastWords());
        }
        return (System.nanoTime() - begun) / 1_000_000;
    }

    /**
     * Makes sure that it runs, and that it was started in this way.
     *
     * @return false if the fault it was started with has met it on its way up
     */
    boolean ensure(Launch launch) throws IOException, InterruptedException, Misbehaviour {
        boolean alive = service != null && service.isAlive();
        if (alive && launched.equals(Launch.PLAIN) && launch.wrapper().isEmpty()) {
            // as it runs: half as many starts in a campaign
            launched = launch;
            return launch.fault().isEmpty() || service.arm(launch.fault());
        }
        if (alive) {
            stop();
        }
        if (launch.equals(Launch.PLAIN)) {
            startAndAwait(launch);
            return true;
        }
        boolean first = starts == 0;
        boolean up = start(launch).awaitUp();
        if (!up && first) {
            firstStartFailed = true;
            startAndAwait(Launch.PLAIN);
            return true;
        }
        return up;
    }

    /** Makes sure that it runs without a fault that may still come about. */
    long disarm() throws IOException, InterruptedException, Misbehaviour {
        if (service.isAlive() && launched.wrapper().isEmpty()
                && (launched.fault().isEmpty() || service.arm(""))) {
            launched = Launch.PLAIN;
            return 0;
        }
        if (service.isAlive()) {
            service.terminate(); // or it is on its way out already
            if (!service.awaitExit(STOP_MILLIS)) {
                service.kill();
            }
        }
        return startAndAwait(Launch.PLAIN);
    }

    /** Whether the very first start met the fault it was started with. */
    boolean firstStartFailed() {
        return firstStartFailed;
    }

    /** Ends the service by SIGTERM; it must leave nothing behind. */
    void stop() throws IOException, InterruptedException, Misbehaviour {
        service.terminate();
        if (!service.awaitExit(STOP_MILLIS)) {
            throw new Misbehaviour("the service does not end " + STOP_MILLIS / 1_000
                    + " s after SIGTERM; its last words:\n" + service.lastWords());
        }
        if (service.exitCode() != 0) {
            throw new Misbehaviour("the service ended by SIGTERM with exit code "
                    + service.exitCode() + "; its last words:\n" + service.lastWords());
        }
    }

    /** What is in the directory is evidence: it stays, with a file that says of what. */
    void keep(List<Finding> findings) throws IOException {
        keep = true;
        Files.write(directory.resolve("findings.txt"),
                findings.stream().map(Finding::toString).toList());
    }

    @Override
    public synchronized void close() throws IOException {
        closed = true;
        if (service != null && service.isAlive()) {
            service.terminate();
            if (!Service.await(STOP_MILLIS, () -> !service.isAlive())) {
                service.kill();
            }
        }
        if (kind == Kind.EMBEDDED) {
            endOrphan();
        }
        if (kind == Kind.SMALL_DISK && !keep) {
            Signals.run(List.of("umount", data().toString()));
        }
        if (!keep) {
            delete(directory);
        }
    }

    /** A service that was killed leaves its PostgreSQL behind. */
    private void endOrphan() throws IOException {
        List<ProcessHandle> postmaster = postmaster();
        Signals.send("INT", postmaster);
        Signals.awaitEnd(postmaster, STOP_MILLIS);
    }

    /** The embedded database's server: as its pid file names it, and a program of this site. */
    List<ProcessHandle> postmaster() {
        try {
            String first = Files.readAllLines(data().resolve("postgres/postmaster.pid")).get(0);
            Path programs = data().resolve("postgres-bin").toRealPath();
            return ProcessHandle.of(Long.parseLong(first.strip()))
                    .filter(Signals::runs)
                    .filter(process -> process.info().command()
                            .filter(program -> Path.of(program).startsWith(programs))
                            .isPresent())
                    .stream().toList();
        } catch (IOException | IndexOutOfBoundsException | NumberFormatException none) {
            return List.of();
        }
    }

    static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
