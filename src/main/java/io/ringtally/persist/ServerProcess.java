package io.ringtally.persist;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * A process of the operating system that may be a PostgreSQL server: which program it runs, and in
 * which directory. A PostgreSQL process works in its data directory, so the two identify it; a pid
 * alone does not, it may have been given to somebody else.
 *
 * <p>Threading: immutable; what it answers is as new as the call.
 *
 * @param handle the process; remembers its start time, so a reused pid is another process
 * @param program the file it executes
 * @param directory its working directory
 */
record ServerProcess(ProcessHandle handle, Path program, Path directory) {

    private static final Path PROC = Path.of("/proc");

    /** What the kernel puts behind the name of a program file that was removed meanwhile. */
    private static final String REMOVED = " (deleted)";

    private static final Duration SIGNAL_LIMIT = Duration.ofSeconds(5);

    /** The process of that id; empty when there is none, or it ended, or may not be looked at. */
    static Optional<ServerProcess> of(long pid) {
        return ProcessHandle.of(pid).flatMap(ServerProcess::of);
    }

    private static Optional<ServerProcess> of(ProcessHandle handle) {
        Path entry = PROC.resolve(String.valueOf(handle.pid()));
        if (!Files.isDirectory(PROC.resolve("self"))) {
            return withoutProc(handle);
        }
        try {
            return Optional.of(new ServerProcess(handle,
                    Files.readSymbolicLink(entry.resolve("exe")),
                    Files.readSymbolicLink(entry.resolve("cwd"))));
        } catch (IOException endedOrForeign) {
            return Optional.empty();
        }
    }

    /** macOS: the program from the process table, the directory from its -D argument. */
    private static Optional<ServerProcess> withoutProc(ProcessHandle handle) {
        String[] arguments = handle.info().arguments().orElse(new String[0]);
        for (int i = 0; i + 1 < arguments.length; i++) {
            if (arguments[i].equals("-D")) {
                Path directory = Path.of(arguments[i + 1]);
                return handle.info().command()
                        .map(program -> new ServerProcess(handle, Path.of(program), directory));
            }
        }
        return Optional.empty();
    }

    /** All PostgreSQL processes, servers and their sessions alike, that work in a directory. */
    static List<ServerProcess> allServing(Path realDirectory) {
        return ProcessHandle.allProcesses()
                .map(ServerProcess::of)
                .flatMap(Optional::stream)
                .filter(process -> process.serves(realDirectory))
                .toList();
    }

    /** Whether this is a PostgreSQL process on that data directory (without symbolic links). */
    boolean serves(Path realDirectory) {
        Path name = program.getFileName();
        return name != null && withoutMark(name.toString()).equals("postgres")
                && directory.equals(realDirectory);
    }

    private static String withoutMark(String name) {
        return name.endsWith(REMOVED)
                ? name.substring(0, name.length() - REMOVED.length()) : name;
    }

    long pid() {
        return handle.pid();
    }

    /**
     * Whether it still runs. A process that ended and waits for its parent to notice counts as
     * ended: where this JVM is process 1 of a container it becomes the parent of the servers it
     * started through pg_ctl, and never takes notice.
     */
    boolean isAlive() {
        return handle.isAlive() && !isZombie();
    }

    private boolean isZombie() {
        try {
            String stat = Files.readString(PROC.resolve(handle.pid() + "/stat"));
            int state = stat.lastIndexOf(')') + 2;
            return state < stat.length() && "ZX".indexOf(stat.charAt(state)) >= 0;
        } catch (IOException goneOrNoProc) {
            return false;
        }
    }

    /** Sends a signal by name, {@code INT} for example; a process that is gone takes none. */
    void signal(String name) throws IOException {
        if (!isAlive()) {
            return;
        }
        // The shell's own kill: Java knows only TERM and KILL, and small images have no /bin/kill
        Process kill = new ProcessBuilder("sh", "-c", "kill -s \"$1\" \"$2\"", "kill", name,
                String.valueOf(handle.pid()))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (!Deadline.in(SIGNAL_LIMIT).await(() -> !kill.isAlive())) {
            kill.destroyForcibly();
        }
    }
}
