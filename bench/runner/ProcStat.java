package bench.runner;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * CPU time as Linux accounts for it: {@code /proc/<pid>/stat} and {@code /proc/stat}.
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
        String stat;
        try {
            stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        } catch (IOException gone) {
            return new long[4];
        }
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return new long[] {Long.parseLong(fields[USER]), Long.parseLong(fields[SYSTEM]),
            Long.parseLong(fields[REAPED_USER]), Long.parseLong(fields[REAPED_SYSTEM])};
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
