package io.ringtally.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.ringtally.event.EventBatch;
import io.ringtally.event.EventParser;
import io.ringtally.event.FieldError;
import io.ringtally.journal.LogPosition;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** From the bytes of a body to the slots of the ring no object is made for an event. */
class HotPathAllocationTest {

    private static final int EVENTS = 50;
    private static final int BODIES = 10_000;
    /** The smallest object has 16: so there is at most one for every second event. */
    private static final int BYTES_AN_EVENT_MAX = 8;

    private final EventParser parser = new EventParser();
    private final EventBatch batch = new EventBatch(RunningRing.HASH_SEED);
    private final List<FieldError> errors = new ArrayList<>();

    @Test
    void linesAndArraysGetIntoTheRingWithoutAnObjectForEach() {
        String event = "{\"app_id\":\"shop\",\"message_id\":\"order-17\",\"event\":\"PAID\"}";
        byte[] lines = utf8((event + "\n").repeat(EVENTS));
        byte[] array = utf8("[" + (event + ",").repeat(EVENTS - 1) + event + "]");
        try (RunningRing running = RunningRing.ofShards(1).startAt(LogPosition.START)) {
            long each = 2L * BODIES * EVENTS;
            offer(running, lines, array);
            long bytes = allocated();
            offer(running, lines, array);
            bytes = allocated() - bytes;
            assertTrue(bytes < BYTES_AN_EVENT_MAX * each, bytes + " bytes, " + each + " events");
            assertEquals(2 * each, running.ring().cut().acceptedEvents());
        }
    }

    private void offer(RunningRing running, byte[] lines, byte[] array) {
        for (int i = 0; i < BODIES; i++) {
            batch.begin(1);
            assertTrue(parser.readLines(lines, 0, lines.length, batch, errors));
            offer(running);
            batch.begin(1);
            assertTrue(parser.readItems(array, 0, array.length, batch, errors));
            offer(running);
        }
    }

    /** Again while the shard has not made room. */
    private void offer(RunningRing running) {
        Admission admission;
        while ((admission = running.ring().intake().offer(batch)) != Admission.ACCEPTED) {
            if (admission != Admission.RING_FULL) {
                throw new AssertionError(admission);
            }
            Thread.onSpinWait();
        }
    }

    private static long allocated() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean())
                .getThreadAllocatedBytes(Thread.currentThread().getId());
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
