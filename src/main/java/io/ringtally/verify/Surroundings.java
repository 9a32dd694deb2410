package io.ringtally.verify;

import java.io.IOException;
import java.util.List;

/**
 * What this machine lets a campaign do.
 *
 * @param ownPostgres whether the database server is the campaign's own
 * @param strace whether the program {@code strace} runs, and may trace
 * @param mount whether this user may mount file systems
 */
record Surroundings(boolean ownPostgres, boolean strace, boolean mount) {

    static Surroundings look(boolean ownPostgres) throws IOException {
        return new Surroundings(ownPostgres,
                works(List.of("strace", "-f", "--seccomp-bpf", "-o", "/dev/null", "-e",
                        "trace=fdatasync", "true")),
                works(List.of("unshare", "-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt")));
    }

    private static boolean works(List<String> command) throws IOException {
        try {
            return Signals.run(command) == 0;
        } catch (IOException absent) {
            if (Thread.currentThread().isInterrupted()) {
                throw absent;
            }
            return false;
        }
    }
}
