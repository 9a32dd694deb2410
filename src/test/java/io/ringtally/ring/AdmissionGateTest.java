package io.ringtally.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class AdmissionGateTest {

    private final AdmissionGate gate = new AdmissionGate();

    @Test
    void refusesUntilItIsOpened() {
        assertEquals(Admission.STARTING, gate.now());
        gate.open();
        assertEquals(Admission.ACCEPTED, gate.now());
    }

    @Test
    void aDrainCanBeTakenBackOnce() {
        gate.open();
        assertFalse(gate.reopen());
        gate.drain();
        assertEquals(Admission.DRAINING, gate.now());
        assertTrue(gate.reopen());
        assertEquals(Admission.ACCEPTED, gate.now());
        assertFalse(gate.reopen());
    }

    @Test
    void nothingOpensItAgainOnceTheProcessEnds() {
        gate.close();
        gate.open();
        assertFalse(gate.reopen());
        assertEquals(Admission.DRAINING, gate.now());
    }

    @Test
    void aProcessThatEndsWhileDrainedStaysDrained() {
        gate.open();
        gate.drain();
        gate.close();
        assertFalse(gate.reopen());
        assertEquals(Admission.DRAINING, gate.now());
    }

    @Test
    void aFailureIsFinal() {
        gate.open();
        gate.fail();
        gate.drain();
        gate.open();
        assertFalse(gate.reopen());
        assertEquals(Admission.FAILED, gate.now());
    }

    @Test
    void pressureShowsOnlyWhileItIsOpen() {
        gate.press(Admission.STORE_FULL);
        assertEquals(Admission.STARTING, gate.now());
        gate.open();
        assertEquals(Admission.STORE_FULL, gate.now());
        assertEquals(Admission.ACCEPTED, gate.phase());
        gate.drain();
        assertEquals(Admission.DRAINING, gate.now());
    }

    @Test
    void aStartThatIsGivenUpHasNeverBeenOpen() {
        AdmissionGate gate = new AdmissionGate();
        gate.close();
        gate.open();
        assertFalse(gate.hasOpened());
        AdmissionGate up = new AdmissionGate();
        up.open();
        up.close();
        assertTrue(up.hasOpened(), "counters can be read while it drains");
    }
}
