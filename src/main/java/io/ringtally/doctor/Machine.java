package io.ringtally.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * What this machine, or the container, lets a process have.
 *
 * <p>Threading: immutable.
 *
 * @param cores processors the JVM may use
 * @param memoryBytes memory that processes may take together, 0 if unknown
 * @param memoryFrom who says so
 * @param openFilesMax files and connections one process may have open, {@link Long#MAX_VALUE} if
 *     there is no limit, 0 if unknown
 */
record Machine(int cores, long memoryBytes, String memoryFrom, long openFilesMax) {

    private static final Path PROC = Path.of("/proc");
    private static final Path CGROUP = Path.of("/sys/fs/cgroup");

    /** Where limits of version 1 and 2 stand, below the group's directory. */
    private static final List<String> LIMIT_FILES =
            List.of("memory.max", "memory/memory.limit_in_bytes");

    static Machine here() {
        OptionalLong total = Machine.meminfo(lines(PROC.resolve("meminfo")));
        OptionalLong limit = cgroupLimit(CGROUP, lines(PROC.resolve("self/cgroup")));
        boolean limited = limit.isPresent()
                && limit.getAsLong() < total.orElse(Long.MAX_VALUE);
        return new Machine(Runtime.getRuntime().availableProcessors(),
                limited ? limit.getAsLong() : total.orElse(0),
                limited ? "the container's limit" : "the machine's memory",
                openFiles(lines(PROC.resolve("self/limits"))));
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException notLinux) {
            return List.of();
        }
    }

    /** Of the lines of {@code /proc/meminfo}: {@code MemTotal:  24590344 kB}. */
    static OptionalLong meminfo(List<String> lines) {
        return lines.stream().filter(line -> line.startsWith("MemTotal:"))
                .mapToLong(line -> Long.parseLong(line.split("\\s+")[1]) << 10).findFirst();
    }

    /**
     * The least limit of the control group and of those around it.
     *
     * @param own lines of {@code /proc/self/cgroup}; {@code 0::/a/b} names the group of version 2
     */
    static OptionalLong cgroupLimit(Path root, List<String> own) {
        Path group = own.stream().filter(line -> line.startsWith("0::/")).findFirst()
                .map(line -> root.resolve(line.substring("0::/".length()))).orElse(root);
        OptionalLong least = OptionalLong.empty();
        for (Path at = group; at != null && at.startsWith(root); at = at.getParent()) {
            for (String file : LIMIT_FILES) {
                OptionalLong here = lines(at.resolve(file)).stream()
                        .filter(line -> line.matches("\\d{1,18}"))
                        .mapToLong(Long::parseLong).findFirst();
                if (here.isPresent()) {
                    least = OptionalLong.of(Math.min(here.getAsLong(),
                            least.orElse(Long.MAX_VALUE)));
                }
            }
        }
        return least;
    }

    /** Of the lines of {@code /proc/self/limits}: the soft limit, which the JVM has raised. */
    static long openFiles(List<String> lines) {
        Stream<String> soft = lines.stream().filter(line -> line.startsWith("Max open files"))
                .map(line -> line.split("\\s+")[3]);
        return soft.findFirst().map(text -> text.equals("unlimited")
                ? Long.MAX_VALUE : Long.parseLong(text)).orElse(0L);
    }
}
