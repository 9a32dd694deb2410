package io.ringtally.journal;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * One bit of a log is flipped: the log is what it was, or a start on it is refused, or, in another
 * boot, it ends before records that were never forced: there a flip in them looks like a torn
 * write. More by {@code mvn -q test -Dtest=BitFlipTest -Dringtally.flips=1000000}.
 */
@ExtendWith(QuietLog.class)
class BitFlipTest {

    @TempDir
    private Path directory;

    @Test
    void aFlippedBitIsHarmlessOrTheStartIsRefused() throws IOException {
        long begun = System.nanoTime();
        int flips = Integer.getInteger("ringtally.flips", 10_000);
        Random random = new Random(Long.getLong("ringtally.seed", 1));
        int refused = 0;
        try (MemoryDirectory memory = new MemoryDirectory(directory)) {
            KnownLog log = log(memory.path());
            List<String> names = log.disk.names();
            for (int i = 0; i < flips; i++) {
                SimulatedDisk disk = log.disk.copy(i);
                byte[] head = log.headBytes.clone();
                String place;
                if (random.nextInt(3) == 0) {
                    long bit = random.nextLong(head.length * 8L);
                    head[(int) (bit / 8)] ^= (byte) (1 << bit % 8);
                    place = "head, bit " + bit;
                } else {
                    String name = names.get(random.nextInt(names.size()));
                    long bit = random.nextLong(8L * (64 << 10));
                    disk.flip(name, bit);
                    place = name + ", bit " + bit;
                }
                boolean powerLost = random.nextBoolean();
                try {
                    refused += log.survives(disk, head, powerLost) ? 0 : 1;
                } catch (AssertionError | RuntimeException | IOException wrong) {
                    throw new AssertionError("flip " + i + " in " + place + ", power lost "
                            + powerLost + ": " + wrong, wrong);
                }
            }
        }
        System.out.println("BitFlipTest: " + flips + " flips, " + refused + " starts refused, "
                + (System.nanoTime() - begun) / 1_000_000 + " ms");
        assertTrue(refused > flips / 20 && refused < flips, refused + " refused");
    }

    /** Three segments, one of them full of what is in Postgres, and a head that is ahead. */
    private static KnownLog log(Path directory) throws IOException {
        KnownLog log = new KnownLog(directory);
        for (int i = 0; i < 40; i++) {
            log.add(6, true);
            if (i % 3 == 0) {
                log.force();
            }
            if (i == 20) {
                log.flush();
            }
        }
        log.force();
        log.mark();
        log.add(4, true);
        log.add(2, true);
        log.add(3, false);
        return log.end();
    }
}
