package io.ringtally.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.ringtally.tally.TallySettings;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PressureTest {

    private static final TallySettings SETTINGS = new TallySettings(1, 1_000, 0, 48, 100);

    private final AdmissionGate gate = new AdmissionGate();
    private final Pressure pressure = new Pressure(() -> new ShardTeam(List.of(), 0), SETTINGS, gate);

    @Test
    void opensAgainWithATenthToSpare() {
        gate.open();
        look(99);
        assertEquals(Admission.ACCEPTED, gate.now());
        look(1);
        assertEquals(Admission.BACKLOG_FULL, gate.now());
        pressure.persisted(10);
        assertEquals(Admission.BACKLOG_FULL, gate.now());
        pressure.persisted(1);
        assertEquals(Admission.ACCEPTED, gate.now());
    }

    /** A look that began before the backlog went may not close the gate after it has. */
    @Test
    void neverStaysClosedOnAnOldLook() {
        int rounds = 200_000;
        gate.open();
        AtomicInteger begun = new AtomicInteger();
        AtomicInteger ended = new AtomicInteger();
        Thread stage = new Thread(() -> {
            for (int round = 1; round <= rounds; round++) {
                awaitAtLeast(begun, round);
                for (int batch = 0; batch < 4; batch++) {
                    pressure.reconsider();
                }
                ended.set(round);
            }
        });
        stage.setDaemon(true);
        stage.start();
        for (int round = 1; round <= rounds; round++) {
            look(100);
            begun.set(round);
            pressure.persisted(100);
            awaitAtLeast(ended, round);
            assertEquals(Admission.ACCEPTED, gate.now(), "round " + round);
        }
    }

    private void look(long more) {
        pressure.frozen(more);
        pressure.reconsider();
    }

    private static void awaitAtLeast(AtomicInteger value, int least) {
        for (int spins = 0; value.get() < least; spins++) {
            if (spins > 1_000) {
                Thread.yield();
            } else {
                Thread.onSpinWait();
            }
        }
    }
}
