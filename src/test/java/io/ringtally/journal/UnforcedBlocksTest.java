package io.ringtally.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringtally.journal.UnforcedBlocks.Block;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class UnforcedBlocksTest {

    private static final int CAPACITY = 64 << 10;

    @Test
    void noPlaceIsGivenOutTwice() {
        Random random = new Random(1);
        UnforcedBlocks blocks = new UnforcedBlocks(CAPACITY);
        List<Block> held = new ArrayList<>();
        int placed = 0;
        int refused = 0;
        for (long i = 1; i <= 50_000; i++) {
            int wanted = 4096 * (1 + random.nextInt(6));
            int place = blocks.place(wanted);
            if (place < 0) {
                refused++;
                assertTrue(!held.isEmpty(), "an empty memory has room");
                int last = random.nextInt(held.size());
                blocks.forgetThrough(held.get(last));
                held.subList(0, last + 1).clear();
                continue;
            }
            placed++;
            assertTrue(place + wanted <= CAPACITY, "beyond the end: " + place);
            for (Block other : held) {
                assertTrue(place + wanted <= other.start || other.start + other.length <= place,
                        place + " + " + wanted + " lies in " + other.start);
            }
            // a block may take less than the room it was given
            int length = 4096 * (1 + random.nextInt(wanted / 4096));
            Block block = new Block(place, length, i, i, new LogTotals());
            blocks.add(block);
            held.add(block);
        }
        assertTrue(placed > 1_000 && refused > 1_000, placed + " placed, " + refused + " refused");
    }

    @Test
    void whatFitsExactlyIsPlaced() {
        UnforcedBlocks blocks = new UnforcedBlocks(CAPACITY);
        assertEquals(0, blocks.place(CAPACITY));
        assertEquals(-1, blocks.place(CAPACITY + 1));
        Block first = new Block(0, CAPACITY / 2, 1, 1, new LogTotals());
        blocks.add(first);
        assertEquals(CAPACITY / 2, blocks.place(CAPACITY / 2));
        blocks.add(new Block(CAPACITY / 2, CAPACITY / 2, 2, 2, new LogTotals()));
        assertEquals(-1, blocks.place(4096), "full");
        blocks.forgetThrough(first);
        assertEquals(0, blocks.place(CAPACITY / 2), "round to the beginning");
        assertEquals(-1, blocks.place(CAPACITY / 2 + 1));
    }
}
