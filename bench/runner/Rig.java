package bench.runner;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * Everything one invocation works with: the database, the load generator, the servers' commands,
 * the result files and a directory for what is thrown away.
 *
 * <p>Threading: used by the main thread; the shutdown hook ends the processes when it is
 * interrupted.
 */
final class Rig implements AutoCloseable {

    private final Options options;
    private final Path work;
    private final ProcStat procStat = new ProcStat();
    private final Postgres postgres;
    private final Launcher launcher;
    private final Wrk wrk;
    private final Frame frame;
    private final ResultFiles results;
    private final Thread hook = new Thread(this::endProcesses, "end-processes");
    private int sessions;

    Rig(Options options, String command) {
        this.options = options;
        Path home = Options.home();
        this.wrk = new Wrk(options, home.resolve("bench/wrk"));
        this.work = options.path(Flag.WORK).resolve("run-" + ProcessHandle.current().pid());
        try {
            Files.createDirectories(work);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        Runtime.getRuntime().addShutdownHook(hook);
        this.postgres = new Postgres(work, options, procStat);
        this.launcher = new Launcher(options, home, postgres.url());
        this.frame = new Frame(options, launcher, postgres, home, work);
        this.results = new ResultFiles(options, command, frame.commit());
    }

    Options options() {
        return options;
    }

    ProcStat procStat() {
        return procStat;
    }

    Postgres postgres() {
        return postgres;
    }

    Launcher launcher() {
        return launcher;
    }

    Wrk wrk() {
        return wrk;
    }

    Frame frame() {
        return frame;
    }

    ResultFiles results() {
        return results;
    }

    /** A new directory for one server's data and log. */
    Path directoryFor(Arm arm) {
        Path directory = work.resolve(String.format("%03d-%s", ++sessions, arm.label()));
        try {
            return Files.createDirectories(directory);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** A place for somebody else's data; not made yet. */
    Path workDirectory(String name) {
        return work.resolve(name);
    }

    static void say(String sentence) {
        System.out.println(sentence);
    }

    private void endProcesses() {
        ProcessHandle.current().children().forEach(ProcessHandle::destroyForcibly);
        if (postgres != null) {
            postgres.close();
        }
    }

    /** Removes a server's data; where something was wrong, the caller keeps it. */
    static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public void close() {
        results.close();
        postgres.close();
        Runtime.getRuntime().removeShutdownHook(hook);
        Rig.delete(work.resolve("postgres"));
        // what is left are directories of servers that went wrong, with their logs
        if (work.toFile().listFiles(File::isDirectory).length == 0) {
            Rig.delete(work);
        } else {
            say("Logs of what went wrong: " + work);
        }
    }
}
