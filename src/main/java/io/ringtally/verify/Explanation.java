package io.ringtally.verify;

import io.ringtally.verify.Evidence.Claim;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds what must have happened to make a counter hold what it holds: which of the unanswered
 * events count, and, if that does not explain it, which one or two events are lost, doubled, or
 * counted though refused.
 *
 * <p>Values look random over 40 bits, so a set of events that fits sum and number is the right one
 * but for one case in many millions.
 *
 * <p>Threading: one thread.
 */
final class Explanation {

    /** Every subset of the unanswered events is tried; beyond this only bounds are. */
    static final int OPEN_MAX = 16;

    private static final int DEVIATIONS_MAX = 2;

    /** Pairs are tried among so many events only: there are half a million of them. */
    private static final int PAIRED_MAX = 1_000;

    /** One thing that went wrong with one event. */
    private record Deviation(Finding.Kind kind, Claim claim, Total effect) {

        Finding finding() {
            return new Finding(kind, 1, claim.toString());
        }
    }

    private final Evidence evidence;
    private final Total extra;
    private final List<Finding> findings = new ArrayList<>();
    private List<Claim> counted;

    /**
     * Explains one counter.
     *
     * @param extra what it holds beyond its base and all acknowledged events
     */
    Explanation(CounterId counter, Evidence evidence, Total extra) {
        this.evidence = evidence;
        this.extra = extra;
        if (evidence.open.size() <= OPEN_MAX ? !exactly() : !withinBounds()) {
            findings.add(unexplained(counter));
        }
    }

    /** What is wrong; empty if nothing is. */
    List<Finding> findings() {
        return findings;
    }

    /** The unanswered events that count; null where that cannot be known. */
    List<Claim> counted() {
        return counted;
    }

    private boolean exactly() {
        Map<Total, Integer> subsets = subsets();
        if (settle(subsets, Total.NONE)) {
            return true;
        }
        if (extra.events() < -DEVIATIONS_MAX) {
            return false;
        }
        List<Deviation> deviations = deviations();
        for (Deviation one : deviations) {
            if (settle(subsets, one.effect())) {
                findings.add(one.finding());
                return true;
            }
        }
        for (int i = 0; i < Math.min(PAIRED_MAX, deviations.size()); i++) {
            for (int j = 0; j < i; j++) {
                Deviation one = deviations.get(i);
                Deviation other = deviations.get(j);
                if (settle(subsets, one.effect().plus(other.effect()))) {
                    findings.add(one.finding());
                    findings.add(other.finding());
                    return true;
                }
            }
        }
        return false;
    }

    private Map<Total, Integer> subsets() {
        Map<Total, Integer> subsets = new HashMap<>();
        subsets.put(Total.NONE, 0);
        for (int i = 0; i < evidence.open.size(); i++) {
            Total one = new Total(evidence.open.get(i).value(), 1);
            int bit = 1 << i;
            Map<Total, Integer> longer = new HashMap<>();
            subsets.forEach((total, mask) -> longer.put(total.plus(one), mask | bit));
            longer.forEach(subsets::putIfAbsent);
        }
        return subsets;
    }

    private boolean settle(Map<Total, Integer> subsets, Total effect) {
        Integer mask = subsets.get(extra.minus(effect));
        if (mask == null) {
            return false;
        }
        counted = new ArrayList<>();
        for (int i = 0; i < evidence.open.size(); i++) {
            if ((mask & 1 << i) != 0) {
                counted.add(evidence.open.get(i));
            }
        }
        return true;
    }

    private List<Deviation> deviations() {
        List<Deviation> all = new ArrayList<>();
        for (Claim claim : evidence.ok) {
            all.add(new Deviation(Finding.Kind.LOST, claim, new Total(-claim.value(), -1)));
        }
        add(all, Finding.Kind.REFUSED_COUNTED, evidence.refused, 1);
        add(all, Finding.Kind.DOUBLED, evidence.repeated, 1);
        add(all, Finding.Kind.DOUBLED, evidence.ok, 1);
        add(all, Finding.Kind.DOUBLED, evidence.open, 2);
        return all;
    }

    private static void add(List<Deviation> all, Finding.Kind kind, List<Claim> claims,
            int times) {
        for (Claim claim : claims) {
            all.add(new Deviation(kind, claim, new Total(claim.value() * times, times)));
        }
    }

    /** Values are positive, so sum and number are bounded by none and by all unanswered ones. */
    private boolean withinBounds() {
        Total all = Evidence.total(evidence.open);
        boolean within = extra.events() == 0 && extra.sum() == 0 || extra.equals(all)
                || extra.events() > 0 && extra.events() < all.events()
                && extra.sum() > 0 && extra.sum() < all.sum();
        if (within && extra.events() == 0) {
            counted = List.of();
        } else if (within && extra.equals(all)) {
            counted = evidence.open;
        }
        return within;
    }

    private Finding unexplained(CounterId counter) {
        Total all = Evidence.total(evidence.open);
        Total ok = Evidence.total(evidence.ok);
        String known = " (" + ok + " were acknowledged, " + all + " not answered, and it has "
                + ok.plus(extra) + " more than before)";
        if (extra.events() < 0) {
            return new Finding(Finding.Kind.LOST, -extra.events(), counter + " misses "
                    + -extra.events() + " of its acknowledged events" + known);
        }
        if (extra.events() > all.events()) {
            long more = extra.events() - all.events();
            return new Finding(Finding.Kind.DOUBLED, more, counter + " has " + more
                    + " events more than were sent" + known);
        }
        return new Finding(Finding.Kind.WRONG_SUM, 1, counter
                + " has a sum that none of the posts' make" + known);
    }
}
