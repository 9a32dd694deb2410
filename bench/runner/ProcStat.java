package bench.runner;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * CPU time and memory as Linux accounts for them, in {@code /proc}.
 *
 * <p>Threading: immutable.
 */
final class ProcStat {

    /** CPU time of the whole machine since it started, in ticks. */
    record Machine(long idle, long stolen, long total) {
    }

    // positions after the command name, which may hold blanks: proc(5) counts from 1, state is 3
    private static final int USER = 14 - 3;
    private static final int SYSTEM = 15 - 3;
    private static final int REAPED_USER = 16 - 3;
    private static final int REAPED_SYSTEM = 17 - 3;

    private final long microsPerTick;

    ProcStat() {
        microsPerTick = 1_000_000 / Long.parseLong(Command.output("getconf", "CLK_TCK"));
    }

    /** Memory of a process that no file holds, in MiB; -1 when it is gone. */
    long anonymousMib(long pid) {
        return read(Path.of("/proc/" + pid + "/status")).lines()
                .filter(line -> line.startsWith("RssAnon:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) >> 10)
                .findFirst().orElse(-1);
    }

    /** Files and sockets a process has open; 0 when it is gone. */
    int openFiles(long pid) {
        String[] numbers = Path.of("/proc/" + pid + "/fd").toFile().list();
        return numbers == null ? 0 : numbers.length;
    }

    /** User and system time of one process, in microseconds; 0 when it is gone. */
    long micros(long pid) {
        long[] ticks = ticks(pid);
        return (ticks[0] + ticks[1]) * microsPerTick;
    }

    /** The same for a process, its living descendants and those they have waited for. */
    long treeMicros(long pid) {
        long sum = treeTicks(pid);
        ProcessHandle root = ProcessHandle.of(pid).orElse(null);
        if (root != null) {
            sum += root.descendants().mapToLong(child -> treeTicks(child.pid())).sum();
        }
        return sum * microsPerTick;
    }

    private static long treeTicks(long pid) {
        long[] ticks = ticks(pid);
        return ticks[0] + ticks[1] + ticks[2] + ticks[3];
    }

    private static long[] ticks(long pid) {
        String stat = read(Path.of("/proc/" + pid + "/stat"));
        return stat.isEmpty() ? new long[4] : ticks(stat);
    }

    /** Empty when the process or thread is gone. */
    private static String read(Path stat) {
        try {
            return Files.readString(stat);
        } catch (IOException gone) {
            return "";
        }
    }

    private static long[] ticks(String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return new long[] {Long.parseLong(fields[USER]), Long.parseLong(fields[SYSTEM]),
            Long.parseLong(fields[REAPED_USER]), Long.parseLong(fields[REAPED_SYSTEM])};
    }

    /** User and system time of a process by kind of thread, in microseconds; by name, sorted. */
    SortedMap<String, Long> threadMicros(long pid) {
        SortedMap<String, Long> sums = new TreeMap<>();
        try (DirectoryStream<Path> threads =
                Files.newDirectoryStream(Path.of("/proc/" + pid + "/task"))) {
            for (Path thread : threads) {
                String stat = read(thread.resolve("stat"));
                if (!stat.isEmpty()) {
                    long[] ticks = ticks(stat);
                    sums.merge(kind(stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')'))),
                            (ticks[0] + ticks[1]) * microsPerTick, Long::sum);
                }
            }
        } catch (IOException gone) {
            return new TreeMap<>();
        }
        return sums;
    }

    /** Threads of a pool are of one kind. */
    private static String kind(String name) {
        // the second pool that a service opens
        if (name.startsWith("XNIO-2")) {
            return "admin port";
        }
        if (name.startsWith("XNIO")) {
            return name.contains("I/O") ? "I/O" : "HTTP, other";
        }
        if (name.matches("(GC|G1|Parallel).*")) {
            return "garbage collector";
        }
        if (name.matches("C[12] Compiler.*")) {
            return "compiler";
        }
        return name.matches("(tally-\\d+|journal|journal-sync|flusher|seconds)")
                ? name.replaceAll("-\\d+$", "") : "other";
    }

    Machine machine() {
        String first;
        try {
            first = Files.readAllLines(Path.of("/proc/stat")).get(0);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        // cpu user nice system idle iowait irq softirq steal ...
        String[] fields = first.trim().split("\\s+");
        long total = 0;
        for (int i = 1; i <= 8; i++) {
            total += Long.parseLong(fields[i]);
        }
        long idle = Long.parseLong(fields[4]) + Long.parseLong(fields[5]);
        return new Machine(idle, Long.parseLong(fields[8]), total);
    }
}
