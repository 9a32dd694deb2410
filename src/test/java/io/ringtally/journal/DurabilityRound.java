package io.ringtally.journal;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringtally.journal.SimulatedDisk.ProcessDied;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.UUID;

/**
 * One log's history, decided by a seed: several lives, each begun by a recovery that may itself be
 * cut short, and ended by the death of the process or a loss of power. Each recovery is judged.
 *
 * <p>Threading: none; the work of the journal's threads is done step by step.
 */
final class DurabilityRound {

    private static final int DISTURBED_MAX = 3;

    private final Random random;
    private final SimulatedDisk disk;
    private final HeadFile head;
    private final PlantedBug bug;
    private final SentLog sent = new SentLog();
    private final UUID identity = new UUID(1, 2);
    private UUID boot = new UUID(3, 0);
    private int slots;
    private int slotBytes;
    private int recoveries;
    private boolean writesDuringForces;

    DurabilityRound(long seed, Path directory, PlantedBug bug) {
        this.random = new Random(seed);
        this.disk = new SimulatedDisk(random.nextLong());
        this.head = new HeadFile(directory);
        this.bug = bug;
        chooseGeometry();
    }

    private void chooseGeometry() {
        slots = random.nextBoolean() ? 32 : 64;
        slotBytes = random.nextBoolean() ? 256 : 512;
    }

    private JournalSettings settings() {
        int segment = random.nextInt(3) > 0 ? 64 << 10 : 128 << 10;
        writesDuringForces = random.nextInt(3) == 0;
        int unforced = writesDuringForces ? segment * 2 : segment / 2 << random.nextInt(3);
        return new JournalSettings(segment, 40L * segment, Duration.ofMillis(20), unforced,
                Duration.ZERO);
    }

    /** Runs the round; returns how many recoveries were judged. */
    int run() throws IOException {
        for (int lives = 2 + random.nextInt(3); lives > 0; lives--) {
            Journal journal = start();
            new DurabilityLife(journal, disk, head, sent, random, bug)
                    .writingDuringForces(writesDuringForces).live();
            if (random.nextBoolean()) {
                losePower();
            } else {
                disk.restartProcess();
            }
        }
        start();
        return recoveries;
    }

    private void losePower() throws IOException {
        boot = new UUID(3, random.nextLong());
        disk.losePower();
        head.losePower(random);
        sent.powerLost();
    }

    private void die() throws IOException {
        if (random.nextInt(3) == 0) {
            losePower();
        } else {
            disk.restartProcess();
        }
    }

    /** Recovers until a recovery is not cut short any more; what it has found is judged. */
    private Journal start() throws IOException {
        if (random.nextInt(6) == 0) {
            chooseGeometry();
        }
        JournalSettings settings = settings();
        for (int attempt = 0;; attempt++) {
            boolean disturbed = attempt < DISTURBED_MAX && random.nextInt(2) == 0;
            int failures = disk.failures();
            if (disturbed) {
                disturb();
            }
            try {
                bug.recovering();
                Journal journal = new JournalPlace(head.directory(), head.directory(), identity,
                        slots, slotBytes).open(bug.on(disk), boot, settings, cause -> { });
                journal.recover();
                sent.judge(journal);
                recoveries++;
                if (reset(journal, attempt)) {
                    disk.calm();
                    bug.accepting();
                    return journal;
                }
            } catch (ProcessDied cutShort) {
                // on with the next attempt
            } catch (IOException refused) {
                if (disk.failures() == failures) {
                    throw new AssertionError("a start was refused", refused);
                }
            }
            die();
        }
    }

    private void disturb() {
        if (random.nextInt(3) > 0) {
            disk.dieIn(1 + random.nextInt(40));
        } else {
            disk.failIn(1 + random.nextInt(30), 1 + random.nextInt(2));
        }
    }

    /** Empties the head; false if the process died in it. */
    private boolean reset(Journal journal, int attempt) throws IOException {
        byte[] before = head.read();
        head.remember();
        journal.ready(new LogPosition(sent.checkpoint()));
        if (attempt < DISTURBED_MAX && random.nextInt(8) == 0) {
            head.undoReset(before, slots, slotBytes, random);
            return false;
        }
        head.forced();
        assertTrue(journal.written().number() == journal.forced().number(), "recovered, forced");
        return true;
    }
}
