package io.ringtally.verify;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Signals to processes, by their ids, and their ends.
 *
 * <p>Threading: any thread.
 */
final class Signals {

    private Signals() {
    }

    /** Sends a signal by name, {@code STOP} for example; a process that is gone takes none. */
    static void send(String name, List<ProcessHandle> processes) throws IOException {
        // The shell's own kill: Java knows only TERM and KILL, and small images have no /bin/kill
        List<String> command = new ArrayList<>(List.of("sh", "-c",
                "s=$1; shift; for p; do kill -s $s $p; done", "kill", name));
        processes.forEach(process -> command.add(String.valueOf(process.pid())));
        run(command);
    }

    /** Runs a program, its output ignored; returns its exit code, or -1 past ten seconds. */
    static int run(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        try {
            if (process.waitFor(10, TimeUnit.SECONDS)) {
                return process.exitValue();
            }
            process.destroyForcibly();
            return -1;
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while running " + command, interrupted);
        }
    }

    /** A process and all below it. */
    static List<ProcessHandle> family(ProcessHandle process) {
        List<ProcessHandle> all = new ArrayList<>(List.of(process));
        all.addAll(process.descendants().toList());
        return all;
    }

    /** Whether a process runs; one that has ended and waits for its parent to notice does not. */
    static boolean runs(ProcessHandle process) {
        if (!process.isAlive()) {
            return false;
        }
        try {
            String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
            int state = stat.lastIndexOf(')') + 2;
            return state >= stat.length() || "ZX".indexOf(stat.charAt(state)) < 0;
        } catch (IOException goneOrNoProc) {
            return process.isAlive();
        }
    }

    /** Waits until none is left. */
    static boolean awaitEnd(List<ProcessHandle> processes, long millis) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (processes.stream().anyMatch(Signals::runs)) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
        }
        return true;
    }
}
