package io.ringtally.verify;

import io.ringtally.verify.Evidence.Claim;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Knows what Postgres must hold: per counter at least what was acknowledged, at most that and what
 * was not answered, and, since values differ, exactly the sum of some of the latter.
 *
 * <p>Threading: one thread.
 */
final class Oracle {

    private final Map<CounterId, Total> base = new HashMap<>();

    /** What became of the posts of a round. */
    record Judgement(List<Finding> findings, Set<Post> counted, Set<Post> unsettled) {
    }

    /**
     * Judges the posts since the last call to {@link #settle}; changes nothing.
     *
     * @param snapshot taken when nothing was under way any more
     */
    Judgement judge(Snapshot snapshot, List<Post> posts) {
        Map<CounterId, Evidence> known = new HashMap<>();
        base.keySet().forEach(counter -> known.put(counter, new Evidence()));
        for (Post post : posts) {
            for (Post.Item item : post.items()) {
                known.computeIfAbsent(item.counter(), counter -> new Evidence())
                        .add(new Claim(post, item));
            }
        }
        List<Finding> findings = new ArrayList<>();
        Map<Post, Integer> counted = new IdentityHashMap<>();
        Set<Post> unsettled = new HashSet<>();
        known.forEach((counter, evidence) -> {
            Total extra = snapshot.counters().getOrDefault(counter, Total.NONE)
                    .minus(base.getOrDefault(counter, Total.NONE))
                    .minus(Evidence.total(evidence.ok));
            Explanation explanation = new Explanation(counter, evidence, extra);
            findings.addAll(explanation.findings());
            if (explanation.counted() == null) {
                evidence.open.forEach(claim -> unsettled.add(claim.post()));
            } else {
                explanation.counted().forEach(
                        claim -> counted.merge(claim.post(), 1, Integer::sum));
            }
        });
        snapshot.counters().forEach((counter, total) -> {
            if (!known.containsKey(counter)) {
                findings.add(new Finding(Finding.Kind.DOUBLED, total.events(), counter
                        + " holds " + total + ", and nobody has posted that"));
            }
        });
        counted.forEach((post, items) -> {
            if (!unsettled.contains(post) && items < post.items().size()) {
                findings.add(new Finding(Finding.Kind.TORN, items, items + " of "
                        + post.items().size() + " events count of " + post));
            }
        });
        if (!snapshot.balanced()) {
            findings.add(new Finding(Finding.Kind.UNBALANCED, 0, snapshot.ledger()));
        }
        // those with a name first
        findings.sort(Comparator.comparingLong(Finding::events));
        return new Judgement(findings, Set.copyOf(counted.keySet()), unsettled);
    }

    /** From now on what Postgres holds is where the next round begins: it may change no more. */
    void settle(Snapshot snapshot) {
        base.clear();
        base.putAll(snapshot.counters());
    }
}
