package io.ringtally.tally;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class MessageIndexTest {

    @Test
    void itSaysOfEachMessageWhatAMapOfCountersDoes() {
        MessageIndex index = new MessageIndex();
        Map<Long, Integer> model = new HashMap<>();
        Random random = new Random(7);
        for (int i = 0; i < 200_000; i++) {
            // few enough that they come back, some of them neighbours and one of them 0
            long hash = random.nextInt(3_000) * (random.nextBoolean() ? 1L : 1L << 40);
            if (random.nextInt(5) < 3) {
                assertEquals(model.merge(hash, 1, Integer::sum) == 1, index.add(hash));
            } else {
                Integer left = model.computeIfPresent(hash, (of, count) ->
                        count == 1 ? null : count - 1);
                boolean was = left != null || index.has(hash);
                assertEquals(was && left == null, index.remove(hash));
            }
            assertEquals(model.containsKey(hash), index.has(hash));
        }
        model.keySet().forEach(hash -> assertTrue(index.has(hash)));
        assertFalse(index.has(-1));
    }

    @Test
    void whoeverAsksWhileItGrowsFindsWhatWasThereBefore() throws Exception {
        MessageIndex index = new MessageIndex();
        for (long hash = 0; hash < 100; hash++) {
            index.add(hash);
        }
        AtomicBoolean missed = new AtomicBoolean();
        AtomicBoolean done = new AtomicBoolean();
        Thread asking = new Thread(() -> {
            while (!done.get()) {
                for (long hash = 0; hash < 100; hash++) {
                    if (!index.has(hash)) {
                        missed.set(true);
                    }
                }
            }
        });
        asking.start();
        for (long hash = 100; hash < 300_000; hash++) {
            index.add(hash);
            if (hash % 3 == 0) {
                index.remove(hash);
            }
        }
        done.set(true);
        asking.join(10_000);
        assertFalse(missed.get());
    }
}
