package io.ringtally.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Which rounds to run.
 *
 * <p>Threading: immutable.
 *
 * @param first the first seed
 * @param count how many
 */
record Seeds(long first, long count) {

    private static final Path MEMORY = Path.of("/dev/shm");

    /**
     * What was run.
     *
     * @param seeds rounds
     * @param recoveries recoveries that were judged
     * @param millis time it took
     */
    record Report(long seeds, long recoveries, long millis) {

        @Override
        public String toString() {
            return seeds + " seeds, " + recoveries + " recoveries judged, " + millis + " ms";
        }
    }

    /** As many as the properties say, or {@code otherwise}. */
    static Seeds fromProperties(long otherwise) {
        return new Seeds(Long.getLong("ringtally.seed", 1),
                Long.getLong("ringtally.seeds", otherwise));
    }

    /** Runs them all; a failure names its seed. */
    Report run(Path fallback, PlantedBug bug) throws IOException {
        long begun = System.nanoTime();
        long recoveries = 0;
        Path directory = Files.isWritable(MEMORY)
                ? Files.createTempDirectory(MEMORY, "ringtally-seeds") : fallback;
        try {
            for (long seed = first; seed < first + count; seed++) {
                clear(directory);
                try {
                    recoveries += new DurabilityRound(seed, directory, bug).run();
                } catch (AssertionError | RuntimeException | IOException failed) {
                    throw new AssertionError("seed " + seed + ": " + failed
                            + "; repeat it with -Dringtally.seed=" + seed
                            + " -Dringtally.seeds=1", failed);
                }
            }
        } finally {
            if (!directory.equals(fallback)) {
                clear(directory);
                Files.delete(directory);
            }
        }
        return new Report(count, recoveries,
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun));
    }

    private static void clear(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            List<Path> inside = files.filter(file -> !file.equals(directory))
                    .sorted(Comparator.reverseOrder()).toList();
            for (Path file : inside) {
                Files.delete(file);
            }
        }
    }
}
