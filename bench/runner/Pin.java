package bench.runner;

import java.util.List;

/** Binding to cores, with taskset of util-linux. */
final class Pin {

    private Pin() {
    }

    /** What to put before a command; taskset execs it, so the process id stays the command's. */
    static List<String> to(String cores) {
        return cores.isEmpty() ? List.of() : List.of("taskset", "-c", cores);
    }

    /** Binds a running process with all its threads; what it starts later inherits it. */
    static void move(long pid, String cores) {
        if (!cores.isEmpty()) {
            Command.output("taskset", "-a", "-c", "-p", cores, Long.toString(pid));
        }
    }
}
