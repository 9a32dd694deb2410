package io.ringtally.system;

import io.ringtally.persist.EmbeddedDatabase;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * What can happen to a PostgreSQL server: stopped, killed with all its sessions, halted, started
 * again. Signals go to the processes of that server, by their ids.
 *
 * <p>Threading: one test thread.
 */
final class PostgresFaults {

    private PostgresFaults() {
    }

    /** Ends it as an operator does: sessions are ended, a checkpoint is written. */
    static void stop(EmbeddedDatabase server) throws IOException {
        ProcessHandle postmaster = ProcessHandle.of(server.postmasterPid()).orElseThrow();
        signal("INT", List.of(postmaster));
        awaitEnd(List.of(postmaster));
    }

    /** Kills the server and all its processes at once. */
    static void kill(long postmasterPid) throws IOException {
        List<ProcessHandle> all = processes(postmasterPid);
        signal("KILL", all);
        awaitEnd(all);
    }

    /** Halts the server and all its processes; connections stay open and nothing answers. */
    static List<ProcessHandle> halt(EmbeddedDatabase server) throws IOException {
        List<ProcessHandle> all = processes(server.postmasterPid());
        signal("STOP", all);
        return all;
    }

    /** Lets what was halted go on. */
    static void resume(List<ProcessHandle> halted) throws IOException {
        signal("CONT", halted);
    }

    private static List<ProcessHandle> processes(long postmasterPid) {
        ProcessHandle postmaster = ProcessHandle.of(postmasterPid).orElseThrow();
        List<ProcessHandle> all = new ArrayList<>(List.of(postmaster));
        all.addAll(postmaster.descendants().toList());
        return all;
    }

    private static void signal(String name, List<ProcessHandle> processes) throws IOException {
        List<String> command = new ArrayList<>(List.of("sh", "-c",
                "s=$1; shift; for p; do kill -s $s $p; done", "kill", name));
        processes.forEach(process -> command.add(String.valueOf(process.pid())));
        try {
            new ProcessBuilder(command).redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD).start()
                    .waitFor(5, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException(interrupted);
        }
    }

    private static void awaitEnd(List<ProcessHandle> processes) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (processes.stream().anyMatch(ProcessHandle::isAlive)) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("waited 30 s for the end of " + processes);
            }
            LockSupport.parkNanos(5_000_000);
        }
    }
}
