package io.ringtally.journal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Which rounds to run.
 *
 * <p>Threading: immutable.
 *
 * @param first the first seed
 * @param count how many
 */
record Seeds(long first, long count) {

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
        try (MemoryDirectory directory = new MemoryDirectory(fallback)) {
            for (long seed = first; seed < first + count; seed++) {
                directory.clear();
                try {
                    recoveries += new DurabilityRound(seed, directory.path(), bug).run();
                } catch (AssertionError | RuntimeException | IOException failed) {
                    throw new AssertionError("seed " + seed + ": " + failed
                            + "; repeat it with -Dringtally.seed=" + seed
                            + " -Dringtally.seeds=1", failed);
                }
            }
        }
        return new Report(count, recoveries,
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun));
    }
}
