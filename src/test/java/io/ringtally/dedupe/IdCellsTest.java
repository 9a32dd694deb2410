package io.ringtally.dedupe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A table of ids against a plain map, where cells crowd and wrap around the end. */
class IdCellsTest {

    private record Id(long high, long low) {
    }

    @Test
    void holdsWhatAMapHoldsThroughRandomAddsAndRemovals() {
        for (int seed = 0; seed < 200; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            // few homes, many of them at the very end
            long[] lows = {0, -1L, -1L << 32, random.nextLong(), random.nextLong(), 1L << 63};
            IdCells cells = new IdCells();
            Map<Id, Long> model = new HashMap<>();
            List<Id> present = new ArrayList<>();
            for (int step = 0; step < 400; step++) {
                if (random.nextInt(5) < 3 || present.isEmpty()) {
                    Id id = new Id(random.nextLong(), lows[random.nextInt(lows.length)]);
                    long position = 1 + random.nextInt(1_000);
                    cells.add(id.high, id.low, ~position, position);
                    model.put(id, position);
                    present.add(id);
                } else {
                    Id id = present.remove(random.nextInt(present.size()));
                    cells.remove(cells.find(id.high, id.low));
                    model.remove(id);
                    assertTrue(cells.find(id.high, id.low) < 0, "removed, seed " + seed);
                }
                assertEquals(model.size(), cells.size());
            }
            for (Map.Entry<Id, Long> entry : model.entrySet()) {
                int cell = cells.find(entry.getKey().high, entry.getKey().low);
                assertTrue(cell >= 0, "lost, seed " + seed);
                assertEquals(entry.getValue(), cells.state(cell));
                assertEquals(~entry.getValue(), cells.fingerprint(cell));
            }
        }
    }
}
