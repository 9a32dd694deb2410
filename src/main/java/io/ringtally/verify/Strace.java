package io.ringtally.verify;

import java.util.ArrayList;
import java.util.List;

/**
 * How {@code strace} is called to tamper with a system call. It counts calls for each thread.
 *
 * <p>Threading: immutable.
 */
final class Strace {

    /** What a protocol says of a call that was tampered with. */
    static final String DONE = "(INJECTED)";

    private Strace() {
    }

    /** Kills the process when one of its threads makes the n-th call of that name. */
    static List<String> killAt(String call, int n) {
        return tamper(call, "signal=KILL", n, "/dev/null");
    }

    /** Lets the n-th call of that name of each thread fail. */
    static List<String> failAt(String call, String error, int n) {
        return tamper(call, "error=" + error, n, Launch.PROTOCOL);
    }

    private static List<String> tamper(String call, String how, int n, String protocol) {
        List<String> command = new ArrayList<>(List.of("strace", "-f", "-qqq", "-o", protocol,
                "-e", "trace=" + call, "-e", "inject=" + call + ":" + how + ":when=" + n));
        if (how.startsWith("error")) {
            // it makes all other calls cheap; strace 6.1 then sends no signals
            command.add(1, "--seccomp-bpf");
        }
        return command;
    }
}
