package io.ringtally.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringtally.fault.FaultPoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Which faults a campaign takes, and what it says of the others. */
class FaultMenuTest {

    private static final Surroundings ALL = new Surroundings(true, true, true);

    @Test
    void everyFaultPointBelongsToExactlyOneGroup() {
        long all = Arrays.stream(Points.values()).mapToLong(group -> group.points().size()).sum();
        assertEquals(FaultPoint.values().length, all);
        for (FaultPoint point : FaultPoint.values()) {
            assertTrue(Points.of(point).points().contains(point), point.label());
        }
    }

    @Test
    void haltTakesEveryPointInTurn() throws IOException {
        FaultMenu menu = FaultMenu.of(List.of("kill", "halt"), ALL);
        Set<String> names = new HashSet<>();
        for (int round = 0; round < 2 * FaultPoint.values().length; round++) {
            Fault fault = menu.at(round);
            assertEquals(round % 2 == 0, fault.name().equals("kill"));
            names.add(fault.name());
        }
        assertEquals(FaultPoint.values().length + 1, names.size());
        assertEquals(menu.at(1).name(), menu.at(1 + 2 * FaultPoint.values().length).name());
    }

    @Test
    void ciRunsEveryPoint() throws IOException {
        assertTrue(Files.readString(Path.of(".ci", "run"))
                .contains("verify halt " + FaultPoint.values().length + "\n"));
    }

    @Test
    void onePointCanBeNamed() throws IOException {
        FaultMenu menu = FaultMenu.of(List.of("halt:flush-committed"), ALL);
        assertEquals("halt:flush-committed", menu.at(0).name());
        assertEquals("halt:flush-committed", menu.at(7).name());
    }

    @Test
    void aStageCanBeStoppedAtAPointThatIsNamed() throws IOException {
        Fault fault = FaultMenu.of(List.of("stall:tally-batch-begins"), ALL).at(0);
        assertEquals("stall:tally-batch-begins", fault.name());
        String armed = fault.launch(new SplittableRandom(1), false).fault();
        assertTrue(armed.matches("tally-batch-begins:\\d+:stall"), armed);
    }

    @Test
    void aFaultThatDidNotComeAboutIsTriedAtTheFirstPassThatIsWorthIt() throws IOException {
        for (FaultPoint point : FaultPoint.values()) {
            Points group = Points.of(point);
            for (int seed = 0; seed < 20; seed++) {
                int soon = group.pass(new SplittableRandom(seed), true);
                assertTrue(soon <= group.pass(new SplittableRandom(seed), false), point.label());
                assertEquals(soon, group.pass(new SplittableRandom(-seed), true));
            }
        }
    }

    @Test
    void onlyASecondFailureToComeAboutIsReported() {
        assertEquals(Figures.Worth.MISSED, Figures.Worth.of(Fault.Aftermath.NOT_REACHED,
                Campaign.ACKS_MIN, false));
        assertEquals(Figures.Worth.NOT_REACHED, Figures.Worth.of(Fault.Aftermath.NOT_REACHED,
                Campaign.ACKS_MIN, true));
        assertEquals(Figures.Worth.COUNTS, Figures.Worth.of(Fault.Aftermath.DIED,
                Campaign.ACKS_MIN, true));
        assertEquals(Figures.Worth.QUIET, Figures.Worth.of(Fault.Aftermath.DIED,
                Campaign.ACKS_MIN - 1, false));
    }

    @Test
    void anUnknownFaultIsRefusedWithTheNamesThereAre() {
        IllegalArgumentException refused = assertThrows(IllegalArgumentException.class,
                () -> FaultMenu.of(List.of("kil"), ALL));
        assertTrue(refused.getMessage().startsWith("--faults = kil is no fault; all, kill, "),
                refused.getMessage());
    }

    @Test
    void whatCannotBeInjectedHereIsSkippedAndSaid() throws IOException {
        FaultMenu menu = FaultMenu.of(List.of("all"), new Surroundings(false, false, false));
        List<String> skipped = menu.skipped();
        for (String name : List.of("pg-stop", "pg-kill", "pg-pause", "pg-slow", "syscall",
                "sync-error", "disk-full", "halt:heal-begins", "halt:replay-halfway")) {
            assertTrue(skipped.stream().anyMatch(line -> line.startsWith(name + " is skipped: ")),
                    name + " in " + skipped);
        }
        for (int round = 0; round < 1_000; round++) {
            String name = menu.at(round).name();
            assertFalse(skipped.stream().anyMatch(line -> line.startsWith(name + " ")), name);
        }
    }

    @Test
    void nothingThatCanBeInjectedIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> FaultMenu.of(List.of("pg-stop"),
                new Surroundings(false, true, true)));
    }
}
