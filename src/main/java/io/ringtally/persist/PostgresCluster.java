package io.ringtally.persist;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One PostgreSQL data directory: made, served, and left, by calling PostgreSQL's own programs.
 *
 * <p>Threading: one thread at a time, its owner's.
 */
final class PostgresCluster {

    private static final Logger LOG = LoggerFactory.getLogger(PostgresCluster.class);

    static final String LOOPBACK = "127.0.0.1";
    static final String USER = "postgres";

    /** Release whose files and programs these are; it stands in the file PG_VERSION. */
    private static final String RELEASE = "18";

    /** What makes a commit durable and keeps strangers out: said at every start, so it wins. */
    private static final List<String> FIXED = List.of("fsync=on", "synchronous_commit=on",
            "full_page_writes=on", "listen_addresses=" + LOOPBACK, "unix_socket_directories=");

    /** Written to postgresql.conf when the directory is made; an operator may tune them there. */
    private static final List<String> INITIAL = List.of("max_connections=120",
            "shared_buffers=128MB", "max_wal_size=1GB", "timezone=UTC", "log_timezone=UTC",
            "logging_collector=on", "log_directory=log", "log_filename=postgresql-%a.log",
            "log_rotation_age=1d", "log_rotation_size=0", "log_truncate_on_rotation=on");

    /** A clean stop writes what shared_buffers holds and syncs it. */
    private static final Duration STOP_LIMIT = Duration.ofSeconds(60);

    /** Sessions end by themselves when their server dies, those in a long computation late. */
    private static final Duration SESSIONS_END_LIMIT = Duration.ofSeconds(5);

    /** An immediate stop takes five seconds at most before PostgreSQL itself kills its rest. */
    private static final Duration IMMEDIATE_STOP_LIMIT = Duration.ofSeconds(10);

    private static final Duration PROGRAM_END_LIMIT = Duration.ofSeconds(5);

    private final Path directory;
    private final PostgresBinaries binaries;
    private final StartOutput output;

    PostgresCluster(Path directory, PostgresBinaries binaries) {
        this.directory = directory;
        this.binaries = binaries;
        this.output = new StartOutput(directory);
    }

    /**
     * Whether there is a database to serve.
     *
     * @throws IOException if the directory holds something else, or is another user's
     */
    boolean exists() throws IOException {
        if (!Files.exists(directory)) {
            return false;
        }
        PostgresBinaries.requireOwn(directory);
        if (isEmpty()) {
            return false;
        }
        Path version = directory.resolve("PG_VERSION");
        if (!Files.exists(version)) {
            throw new IOException(directory + " is not empty and no PostgreSQL database; move it"
                    + " away, or name another data.dir (RINGTALLY_DATA_DIR)");
        }
        String release = Files.readString(version).strip();
        if (!release.equals(RELEASE)) {
            throw new IOException(directory + " was made by PostgreSQL " + release + ", this"
                    + " release carries PostgreSQL " + RELEASE + ": dump it with the old one,"
                    + " move the directory away, and restore into the new one");
        }
        return true;
    }

    private boolean isEmpty() throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.findAny().isEmpty();
        }
    }

    /**
     * Makes the directory, beside its place and moved there when complete: an initdb that was
     * killed leaves files behind that look like a database and are none.
     */
    void create(Deadline deadline, BooleanSupplier givenUp) throws IOException {
        Files.createDirectories(directory.getParent());
        UnfinishedDirectory fresh = UnfinishedDirectory.beside(directory);
        List<String> arguments = new ArrayList<>(List.of("-D", fresh.path().toString(),
                "-U", USER, "--auth=trust", "--encoding=UTF8", "--no-locale",
                "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions"));
        INITIAL.forEach(setting -> arguments.addAll(List.of("-c", setting)));
        output.begin();
        int code = run(binaries.command("initdb", arguments), deadline, givenUp);
        if (code != 0) {
            throw new IOException("PostgreSQL's initdb failed for " + directory + ": "
                    + output.tail());
        }
        try {
            fresh.complete();
        } catch (IOException immovable) {
            fresh.discard();
            throw new IOException("the new database cannot be moved into place ("
                    + immovable.getMessage() + "): " + directory + " must be absent or empty, and"
                    + " no mount point of its own", immovable);
        }
    }

    /**
     * Ends what an earlier run left behind on this directory: the server, if it lives, with all it
     * has; else the sessions of the dead one, whose shared memory would block a new server.
     *
     * <p>Stopped and started again rather than adopted: its port, its settings and its programs
     * may be those of another configuration or release, and there is one way to start, not two.
     *
     * @throws IOException if the server there is not ours to stop, or does not end
     */
    void clearTheWay(Deadline deadline) throws IOException {
        Path real = directory.toRealPath();
        Optional<PostmasterPid> last = PostmasterPid.read(directory);
        if (last.isPresent()) {
            long pid = last.get().pid();
            Optional<ServerProcess> alive = ServerProcess.of(pid)
                    .filter(process -> process.serves(real));
            if (alive.isPresent()) {
                refuseStranger(alive.get(), last.get());
                LOG.warn("stopping PostgreSQL process {} on {}, left behind by an earlier run",
                        pid, directory);
                stop(alive.get());
            } else if (ProcessHandle.of(pid).isPresent()) {
                LOG.info("{} names process {}, which is no PostgreSQL of this directory any more",
                        directory.resolve("postmaster.pid"), pid);
                PostmasterPid.nameNobody(directory);
            }
        }
        if (!Deadline.in(SESSIONS_END_LIMIT).await(
                () -> ServerProcess.allServing(real).isEmpty())) {
            // Without their server nothing they hold counts: it is rebuilt from the log
            for (ServerProcess session : ServerProcess.allServing(real)) {
                refuseStranger(session, null);
                LOG.warn("killing PostgreSQL process {} on {}: its server died, it did not",
                        session.pid(), directory);
                session.handle().destroyForcibly();
            }
            if (!deadline.await(() -> ServerProcess.allServing(real).isEmpty())) {
                throw new IOException("PostgreSQL processes on " + directory + " do not end: "
                        + ServerProcess.allServing(real));
            }
        }
    }

    private void refuseStranger(ServerProcess process, PostmasterPid file) throws IOException {
        if (!binaries.own(process.program()) || file != null && file.standalone()) {
            throw new IOException(directory + " is in use by process " + process.pid() + " ("
                    + process.program() + (file != null && file.standalone()
                    ? ", a single-user session" : "") + "), which Ringtally did not start: end it"
                    + " there, or name another data.dir (RINGTALLY_DATA_DIR)");
        }
    }

    /** Refuses a port somebody listens on: whatever answered there would be taken for ours. */
    static int requireFree(int port) throws IOException {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(InetAddress.getByName(LOOPBACK), port));
            return probe.getLocalPort();
        } catch (IOException taken) {
            throw new IOException("port " + port + " on " + LOOPBACK + " is not free for the"
                    + " embedded database (" + taken.getMessage() + "): stop what listens there,"
                    + " or set db.embedded.port (RINGTALLY_DB_EMBEDDED_PORT) to another port",
                    taken);
        }
    }

    /**
     * Starts the server and waits until it takes connections. pg_ctl detaches it, so that a Ctrl-C
     * meant for the service does not stop the database beside its drain.
     *
     * @throws IOException if it ends or is not ready in time; the message has its last words
     */
    ServerProcess start(int port, Deadline deadline, BooleanSupplier givenUp) throws IOException {
        StringBuilder options = new StringBuilder("-p ").append(port);
        FIXED.forEach(setting -> options.append(" -c ").append(setting));
        long seconds = Math.max(1, deadline.left().toSeconds());
        output.begin();
        int code = run(binaries.command("pg_ctl", List.of("start", "-w", "-t",
                String.valueOf(seconds), "-D", directory.toString(), "-l",
                output.file().toString(), "-o", options.toString())), deadline, givenUp);
        Optional<ServerProcess> started = running();
        if (code != 0 || started.isEmpty()) {
            throw new IOException("PostgreSQL did not start on " + directory + ", port " + port
                    + (started.isPresent() ? ", within the " + seconds + " s of"
                    + " db.embedded.start-limit; raise it if this is a long recovery" : "")
                    + ": " + output.tail());
        }
        return started.get();
    }

    /** The live server of this directory, as its pid file names it, if it is ours. */
    Optional<ServerProcess> running() throws IOException {
        if (!Files.isDirectory(directory)) {
            return Optional.empty();
        }
        Path real = directory.toRealPath();
        return PostmasterPid.read(directory)
                .flatMap(file -> ServerProcess.of(file.pid()))
                .filter(process -> process.serves(real) && binaries.own(process.program()));
    }

    /**
     * Stops a server: sessions are ended, a checkpoint is written. Past the limit it is told to
     * stop without one, which loses nothing and makes the next start recover.
     *
     * @throws IOException if it does not end even so
     */
    void stop(ServerProcess server) throws IOException {
        server.signal("INT");
        // One that was halted (STOP) hears nothing until it goes on
        server.signal("CONT");
        if (Deadline.in(STOP_LIMIT).await(() -> !server.isAlive())) {
            return;
        }
        LOG.warn("PostgreSQL process {} did not stop within {} s; stopping it at once",
                server.pid(), STOP_LIMIT.toSeconds());
        server.signal("QUIT");
        if (!Deadline.in(IMMEDIATE_STOP_LIMIT).await(() -> !server.isAlive())) {
            throw new IOException("PostgreSQL process " + server.pid() + " on " + directory
                    + " does not end: look what it waits for, then end it with kill -9 "
                    + server.pid() + "; nothing committed is lost");
        }
    }

    /**
     * Stops whatever of ours serves this directory, and says whether anything did.
     *
     * @throws IOException if it does not end
     */
    boolean shutDown() throws IOException {
        Optional<ServerProcess> server = running();
        if (server.isPresent()) {
            stop(server.get());
        }
        if (!Files.isDirectory(directory)) {
            return false;
        }
        // One whose start was given up was told to stop, perhaps before it wrote its pid file
        Path real = directory.toRealPath();
        if (!Deadline.in(SESSIONS_END_LIMIT).await(
                () -> ServerProcess.allServing(real).isEmpty())) {
            Optional<ServerProcess> late = running();
            if (late.isPresent()) {
                stop(late.get());
            }
        }
        return server.isPresent();
    }

    private int run(ProcessBuilder command, Deadline deadline, BooleanSupplier givenUp)
            throws IOException {
        command.redirectOutput(ProcessBuilder.Redirect.appendTo(output.file().toFile()));
        Process process = command.start();
        process.getOutputStream().close();
        try {
            // pg_ctl keeps a limit of its own and says more about it: let it come first
            Deadline last = Deadline.in(deadline.left().plusSeconds(5));
            last.await(() -> !process.isAlive() || givenUp.getAsBoolean());
        } finally {
            end(process);
        }
        if (givenUp.getAsBoolean()) {
            throw new IOException("the embedded database is being closed");
        }
        return process.exitValue();
    }

    /** By INT, not TERM: on it initdb cleans up, and pg_ctl stops the server it is starting. */
    private static void end(Process process) throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            Optional<ServerProcess> running = ServerProcess.of(process.pid());
            if (running.isPresent()) {
                running.get().signal("INT");
            }
            if (!Deadline.in(PROGRAM_END_LIMIT).await(() -> !process.isAlive())) {
                process.destroyForcibly();
                throw new IOException(process.info().command().orElse("a program of PostgreSQL")
                        + " did not end and was killed");
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
