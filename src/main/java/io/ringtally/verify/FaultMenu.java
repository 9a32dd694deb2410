package io.ringtally.verify;

import io.ringtally.fault.FaultPoint;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The faults a campaign takes in turn. {@code halt} stands for a halt at every named point; it has
 * one turn of each round of turns, for the next point.
 *
 * <p>Threading: the campaign's thread.
 */
final class FaultMenu {

    private static final String ALL = "all";

    private final List<List<Fault>> turns;
    private final List<String> skipped;

    private FaultMenu(List<List<Fault>> turns, List<String> skipped) {
        this.turns = turns;
        this.skipped = skipped;
    }

    /** Every fault there is, by the name that chooses it. */
    private static Map<String, List<Fault>> known() {
        Map<String, List<Fault>> known = new LinkedHashMap<>();
        List<Fault> halts = Stream.of(FaultPoint.values())
                .<Fault>map(HaltFault::new).toList();
        List<Fault> single = new ArrayList<>(List.of(new KillFault(), new TermFault()));
        single.addAll(PostgresFault.all());
        single.addAll(List.of(new DoubleCrashFault(), new SystemCallFault(),
                new SyncErrorFault(), new DiskFullFault(), new StageFault("stall"),
                new StageFault("hang"), new StageFault("throw"), new OrphanFault()));
        single.forEach(fault -> known.put(fault.name(), List.of(fault)));
        known.put(HaltFault.GROUP, halts);
        List<Fault> atPoints = new ArrayList<>(halts);
        for (String action : List.of("stall", "hang", "throw")) {
            atPoints.addAll(StageFault.atEachPoint(action));
        }
        atPoints.forEach(fault -> known.put(fault.name(), List.of(fault)));
        return known;
    }

    /** Names that may be asked for, those at a named point apart. */
    static List<String> names() {
        return known().keySet().stream().filter(name -> !name.contains(":")).toList();
    }

    /**
     * Takes names apart.
     *
     * @throws IllegalArgumentException if there is no such fault, or none of them can be here
     */
    static FaultMenu of(List<String> names, Surroundings surroundings) throws IOException {
        Map<String, List<Fault>> known = known();
        List<String> wanted = names.contains(ALL) ? names() : names;
        List<List<Fault>> turns = new ArrayList<>();
        List<String> skipped = new ArrayList<>();
        for (String name : wanted) {
            List<Fault> faults = known.get(name);
            if (faults == null) {
                throw new IllegalArgumentException("--faults = " + name + " is no fault; all, "
                        + String.join(", ", names()) + " and halt:POINT are");
            }
            List<Fault> possible = new ArrayList<>();
            for (Fault fault : faults) {
                String obstacle = fault.impossible(surroundings);
                if (obstacle.isEmpty()) {
                    possible.add(fault);
                } else {
                    skipped.add(fault.name() + " is skipped: " + obstacle);
                }
            }
            if (!possible.isEmpty()) {
                turns.add(possible);
            }
        }
        if (turns.isEmpty()) {
            throw new IllegalArgumentException("--faults = " + String.join(",", names)
                    + ": none of these can be injected here: " + String.join("; ", skipped));
        }
        return new FaultMenu(turns, skipped);
    }

    /** What cannot be injected here, and why, a line each. */
    List<String> skipped() {
        return skipped;
    }

    /** The fault of a round, counted from 0. */
    Fault at(int round) {
        List<Fault> turn = turns.get(round % turns.size());
        return turn.get(round / turns.size() % turn.size());
    }
}
