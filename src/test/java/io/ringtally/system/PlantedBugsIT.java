package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code ringtally verify} is believed because it finds each of these bugs by the fault that can
 * show it, and nothing where there is none. Bugs that only a power loss shows are planted below the
 * journal, in {@code PlantedBugsTest}.
 */
@Tag("campaign")
class PlantedBugsIT {

    private static final Path JAR =
            Path.of(System.getProperty("ringtally.jar", "target/ringtally.jar"));

    private static final String WITHIN_A_REQUEST = "halt:intake-slot-copied";
    private static final String WITHIN_A_FLUSH = "halt:flush-rows-added";
    private static final String FULL_RING = "stall:tally-batch-begins";
    private static final String RESTART = "kill";

    /** One is enough most of the time: a round may meet nothing that shows the bug. */
    private static final int ROUNDS_MAX = 5;

    private static final String INGEST = "io/ringtally/http/IngestFlow.java";

    @TempDir
    private Path directory;

    private FinishedVerify round(Path jar, int rounds, String faults, int seed)
            throws Exception {
        return FinishedVerify.of(jar, directory.resolve("work"), "--faults", faults, "--rounds",
                "" + rounds, "--seed", "" + seed, "--clients", "24", "--db-url",
                TestPostgres.shared().newDatabase());
    }

    private void isFound(PatchedJar bug, String fault, String kind) throws Exception {
        Path jar = bug.of(JAR);
        StringBuilder all = new StringBuilder();
        for (int seed = 1; seed <= ROUNDS_MAX; seed++) {
            FinishedVerify run = round(jar, 1, fault, seed);
            all.append(run.output());
            if (run.output().contains(fault + ": " + kind + ": ")) {
                assertEquals(1, run.exitCode(), run.output());
                return;
            }
        }
        throw new AssertionError("not found in " + ROUNDS_MAX + " rounds:\n" + all);
    }

    @Test
    void whereThereIsNoneNoneIsFound() throws Exception {
        FinishedVerify run = round(JAR, 4,
                String.join(",", WITHIN_A_REQUEST, WITHIN_A_FLUSH, RESTART, FULL_RING), 1);
        assertEquals(0, run.exitCode(), run.output());
        assertTrue(run.output().contains("4 rounds count"), run.output());
        assertTrue(run.output().contains(" 0 did not reach their fault"), run.output());
    }

    @Test
    void anAnswerBeforeTheCommitWordLosesWhatWasAnswered() throws Exception {
        isFound(new PatchedJar(directory, INGEST)
                .replace("        Refusal refusal = acks.isCrowded(level) ? acks.crowded()\n"
                        + "                : offer(exchange, context, true);\n",
                        "        acks.answer(exchange, level, 0, success, context.requests);\n"
                        + "        Refusal refusal = offer(exchange, context, true);\n")
                .replace("        acks.answer(exchange, level, context.position, success,"
                        + " context.requests);\n", ""),
                WITHIN_A_REQUEST, "lost");
    }

    @Test
    void aCheckpointInATransactionOfItsOwnLosesAFlush() throws Exception {
        isFound(new PatchedJar(directory, "io/ringtally/persist/CutWriter.java")
                .replace("        FaultPoint.FLUSH_CHECKPOINT_MOVED.passed();\n",
                        "        connection.commit();\n"), WITHIN_A_FLUSH, "lost");
    }

    @Test
    void idsThatARestartForgetsAreCountedTwice() throws Exception {
        isFound(new PatchedJar(directory, "io/ringtally/dedupe/IdTable.java")
                .replace("        stripeOf(key).restore(key, position,"
                        + " generationOf(acceptedAtMicros));\n", ""), RESTART, "doubled");
    }

    @Test
    void eventsDroppedByAFullRingAndAnsweredAsTakenAreLost() throws Exception {
        isFound(new PatchedJar(directory, INGEST)
                .replace("        if (admission != Admission.ACCEPTED) {\n",
                        "        if (admission != Admission.ACCEPTED"
                        + " && admission != Admission.RING_FULL) {\n"), FULL_RING, "lost");
    }

    @Test
    void eventsThatCountThoughTheirRequestWasRefusedAreNamed() throws Exception {
        isFound(new PatchedJar(directory, INGEST)
                .replace("        if (admission != Admission.ACCEPTED) {\n",
                        "        if (admission != Admission.ACCEPTED"
                        + " || batch.publishedAt() % 1000 == 500) {\n")
                .replace("            return refusalBy(admission);\n",
                        "            return refusalBy(Admission.RING_FULL);\n"),
                RESTART, "refused counted");
    }
}
