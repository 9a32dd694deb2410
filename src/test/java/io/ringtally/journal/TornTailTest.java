package io.ringtally.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * The body ends, or is spoilt, at any byte of its last 4 KiB. At every byte, one after the other,
 * with {@code -Dringtally.tail.stride=1}.
 */
@ExtendWith(QuietLog.class)
class TornTailTest {

    private static final int TAIL = 4096;
    private static final int STRIDE = Integer.getInteger("ringtally.tail.stride", 5);

    @TempDir
    private Path directory;

    /** How a tail is spoilt from a byte on. */
    private interface Spoiler {

        void spoil(SimulatedDisk disk, String name, long at);
    }

    private static final Spoiler CUT = (disk, name, at) -> disk.cut(name, at, true);
    private static final Spoiler ZERO = (disk, name, at) -> disk.cut(name, at, false);
    private static final Spoiler FLIP = (disk, name, at) -> disk.flip(name, at * 8 + at % 8);

    /** A log whose last 4 KiB are full of records: forced and marked, or only written. */
    private static KnownLog log(Path path, boolean forced) throws IOException {
        KnownLog log = new KnownLog(path);
        log.add(5, true);
        log.flush();
        log.add(4, true);
        log.force();
        log.add(10, true);
        if (forced) {
            log.force();
            log.mark();
        }
        return log.end();
    }

    /** Spoils the tail at every byte; returns how many starts were refused. */
    private int refusals(boolean forced, boolean powerLost, Spoiler... spoilers)
            throws IOException {
        int refused = 0;
        try (MemoryDirectory memory = new MemoryDirectory(directory)) {
            KnownLog log = log(memory.path(), forced);
            String last = log.lastSegment();
            // the mark's block is behind the tail, and stays unless it is cut off with it
            long end = log.endOf(last) - (forced ? TAIL : 0);
            for (int i = 0; i < TAIL; i += STRIDE) {
                for (Spoiler spoiler : spoilers) {
                    SimulatedDisk disk = log.disk.copy(i);
                    spoiler.spoil(disk, last, end - TAIL + i);
                    try {
                        refused += log.survives(disk, log.headBytes, powerLost) ? 0 : 1;
                    } catch (AssertionError | RuntimeException | IOException wrong) {
                        throw new AssertionError("spoilt at byte " + i + " of the tail: " + wrong,
                                wrong);
                    }
                }
            }
        }
        return refused;
    }

    @Test
    void aTailTornByADyingProcessIsInTheHead() throws IOException {
        assertEquals(0, refusals(false, false, CUT, ZERO, FLIP));
    }

    @Test
    void aTailTornByALossOfPowerIsCutAtTheLastWholeBlock() throws IOException {
        assertEquals(0, refusals(false, true, CUT, ZERO, FLIP));
    }

    @Test
    void aForcedTailThatIsFlippedIsDamageWhenAMarkFollows() throws IOException {
        // bytes behind the block's last record are not checked: nothing is in them
        int refused = refusals(true, true, FLIP);
        assertTrue(refused > TAIL / STRIDE / 2, refused + " refused");
    }
}
