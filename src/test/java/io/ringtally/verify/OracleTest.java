package io.ringtally.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringtally.verify.Finding.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The judge says nothing of what is right, and names what is wrong. */
class OracleTest {

    private static final int POSTS = 400;

    private final SplittableRandom random = new SplittableRandom(11);
    private final PostMaker maker = new PostMaker("t-", 12, 30, "");
    private final Oracle oracle = new Oracle();
    private final List<Post> posts = new ArrayList<>();
    private final Map<CounterId, Total> counters = new HashMap<>();

    @BeforeEach
    void postAndCountSome() {
        post(POSTS, 202).forEach(this::count);
    }

    /** Requests that were answered with a status, or not at all if it is 0. */
    private List<Post> post(int number, int status) {
        return IntStream.range(0, number).mapToObj(i -> {
            Post post = maker.next(random);
            if (status != 0) {
                post.answered(status);
            }
            posts.add(post);
            return post;
        }).toList();
    }

    private void count(Post post) {
        post.items().forEach(this::count);
    }

    private void count(Post.Item item) {
        counters.merge(item.counter(), new Total(item.value(), 1), Total::plus);
    }

    private void uncount(Post.Item item) {
        counters.merge(item.counter(), new Total(-item.value(), -1), Total::plus);
        counters.values().removeIf(Total.NONE::equals);
    }

    private Oracle.Judgement judge() {
        return oracle.judge(snapshot(true), posts);
    }

    private Snapshot snapshot(boolean balanced) {
        return new Snapshot(Map.copyOf(counters), balanced, "(1,2)");
    }

    private Finding onlyFinding() {
        List<Finding> findings = judge().findings();
        assertEquals(1, findings.size(), findings.toString());
        return findings.get(0);
    }

    private Post.Item shared(Post.Outcome outcome) {
        return item(outcome, "t-k-");
    }

    private Post.Item unique(Post.Outcome outcome) {
        return item(outcome, "t-u-");
    }

    private Post.Item item(Post.Outcome outcome, String prefix) {
        return posts.stream().filter(post -> post.outcome() == outcome)
                .flatMap(post -> post.items().stream())
                .filter(item -> item.counter().message().startsWith(prefix))
                .skip(random.nextInt(10)).findFirst().orElseThrow();
    }

    @Test
    void saysNothingWhenAllThatWasAcknowledgedCounts() {
        post(20, 503);
        assertEquals(List.of(), judge().findings());
    }

    @Test
    void lets504AndSilenceCountOrNotAndKnowsWhich() {
        List<Post> unanswered = new ArrayList<>(post(10, 0));
        unanswered.addAll(post(10, 504));
        List<Post> counted = unanswered.stream().filter(post -> random.nextBoolean()).toList();
        counted.forEach(this::count);
        Oracle.Judgement judgement = judge();
        assertEquals(List.of(), judgement.findings());
        assertEquals(counted.size(), judgement.counted().size());
        assertTrue(judgement.counted().containsAll(counted));
    }

    @Test
    void namesALostEventOfACounterOfItsOwn() {
        Post.Item lost = unique(Post.Outcome.OK);
        uncount(lost);
        assertNames(Kind.LOST, lost);
    }

    @Test
    void namesALostEventAmongManyOfASharedCounter() {
        Post.Item lost = shared(Post.Outcome.OK);
        uncount(lost);
        assertNames(Kind.LOST, lost);
    }

    @Test
    void namesALostEventThoughAnUnansweredOneOfTheSameCounterCounts() {
        Post.Item lost = shared(Post.Outcome.OK);
        uncount(lost);
        Post unanswered = maker.next(random);
        while (unanswered.items().size() > 1
                || !unanswered.items().get(0).counter().equals(lost.counter())) {
            unanswered = maker.next(random);
        }
        posts.add(unanswered);
        count(unanswered);
        assertNames(Kind.LOST, lost);
    }

    @Test
    void namesTwoLostEventsOfOneCounter() {
        List<Post.Item> two = posts.stream().flatMap(post -> post.items().stream())
                .filter(item -> item.counter().message().equals("t-k-3")).limit(2).toList();
        assertEquals(two.get(0).counter().message(), two.get(1).counter().message());
        two.forEach(this::uncount);
        List<Finding> findings = judge().findings();
        assertEquals(2, findings.size(), findings.toString());
        two.forEach(item -> assertTrue(findings.stream().anyMatch(finding ->
                finding.kind() == Kind.LOST && finding.text().contains("" + item.value())),
                findings.toString()));
    }

    @Test
    void namesADoubledEvent() {
        Post.Item doubled = shared(Post.Outcome.OK);
        count(doubled);
        assertNames(Kind.DOUBLED, doubled);
    }

    @Test
    void namesAnUnansweredEventThatCountsTwice() {
        Post post = post(1, 0).get(0);
        count(post);
        post.items().forEach(this::count);
        List<Finding> findings = judge().findings();
        assertEquals(post.items().size(), findings.size(), findings.toString());
        assertTrue(findings.stream().allMatch(finding -> finding.kind() == Kind.DOUBLED));
    }

    @Test
    void namesARefusedEventThatCounts() {
        post(100, 503);
        Post.Item refused = shared(Post.Outcome.REFUSED);
        count(refused);
        assertNames(Kind.REFUSED_COUNTED, refused);
    }

    @Test
    void namesARepeatThatCountsAgain() {
        Post repeated = posts.get(5).again(Post.Outcome.REPEATED, 202);
        oracle.settle(snapshot(true));
        posts.clear();
        posts.add(repeated);
        repeated.items().forEach(this::count);
        List<Finding> findings = judge().findings();
        assertEquals(repeated.items().size(), findings.size(), findings.toString());
        assertEquals(Kind.DOUBLED, findings.get(0).kind());
        assertTrue(findings.get(0).text().contains("sent again"), findings.toString());
    }

    @Test
    void namesATornBatch() {
        Post batch = post(100, 0).stream().filter(post -> post.items().size() > 2
                && post.items().get(0).counter().message().startsWith("t-u-"))
                .findFirst().orElseThrow();
        batch.items().stream().skip(1).forEach(this::count);
        Finding finding = onlyFinding();
        assertEquals(Kind.TORN, finding.kind());
        assertTrue(finding.text().contains((batch.items().size() - 1) + " of "
                + batch.items().size() + " events count of " + batch), finding.text());
    }

    @Test
    void findsTooFewAndTooManyWhereTooManyAreUnanswered() {
        PostMaker narrow = new PostMaker("n-", 1, 0, "");
        List<Post> unanswered = new ArrayList<>();
        while (unanswered.size() <= Explanation.OPEN_MAX) {
            Post post = narrow.next(random);
            if (post.items().get(0).counter().app().isEmpty()) {
                unanswered.add(post);
            }
        }
        posts.addAll(unanswered);
        Post acknowledged = unanswered.get(0).again(Post.Outcome.OK, 202);
        posts.add(acknowledged);
        Finding lost = onlyFinding();
        assertEquals(Kind.LOST, lost.kind());
        assertTrue(lost.text().contains("misses 1 of its acknowledged events"), lost.text());
        count(acknowledged);
        unanswered.forEach(this::count);
        assertEquals(List.of(), judge().findings());
        count(acknowledged);
        Finding doubled = onlyFinding();
        assertEquals(Kind.DOUBLED, doubled.kind());
        assertTrue(doubled.text().contains("1 events more than were sent"), doubled.text());
    }

    @Test
    void findsASumThatIsWrongWhereTheNumberIsRight() {
        CounterId counter = shared(Post.Outcome.OK).counter();
        counters.merge(counter, new Total(1, 0), Total::plus);
        assertEquals(Kind.WRONG_SUM, onlyFinding().kind());
    }

    @Test
    void findsACounterThatNobodyHasSent() {
        counters.put(new CounterId("verify", "t-u-999999", "sent"), new Total(5, 1));
        Finding finding = onlyFinding();
        assertEquals(Kind.DOUBLED, finding.kind());
        assertTrue(finding.text().contains("nobody"), finding.text());
    }

    @Test
    void findsAnEventOfAnEarlierRoundThatIsLostLater() {
        oracle.settle(snapshot(true));
        Post.Item lost = unique(Post.Outcome.OK);
        posts.clear();
        post(10, 202).forEach(this::count);
        uncount(lost);
        Finding finding = onlyFinding();
        assertEquals(Kind.LOST, finding.kind());
        assertTrue(finding.text().contains(lost.counter().toString()), finding.text());
    }

    @Test
    void saysThatTheLedgerDoesNotBalance() {
        List<Finding> findings = oracle.judge(snapshot(false), posts).findings();
        assertEquals(1, findings.size());
        assertEquals(Kind.UNBALANCED, findings.get(0).kind());
    }

    private void assertNames(Kind kind, Post.Item item) {
        Finding finding = onlyFinding();
        assertEquals(kind, finding.kind());
        assertTrue(finding.text().contains("the event of value " + item.value() + " for "
                + item.counter()), finding.text());
    }
}
