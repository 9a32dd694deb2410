package io.ringtally.verify;

import io.ringtally.verify.Fault.Aftermath;
import java.io.IOException;
import java.io.PrintStream;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rounds of load, fault, recovery and judgement on a service of its own.
 *
 * <p>Threading: one thread calls {@link #run}; a hook of the JVM ends what runs when it is broken
 * off.
 */
public final class Campaign {

    /** Acknowledged requests in the second before a fault, below which a round says too little. */
    static final int ACKS_MIN = 100;

    private static final Logger LOG = LoggerFactory.getLogger(Campaign.class);

    private static final int QUIET_MAX = 4;
    private static final int WARM_ACKS = 150;
    private static final long WARM_MILLIS = 20_000;
    private static final int LULL_MILLIS = 400;
    private static final int AFTER_MILLIS = 150;
    private static final long SETTLED_MILLIS = 40_000;
    private static final long VISIBLE_MILLIS = 2_000;

    private final VerifySettings settings;
    private final PrintStream out;
    private final Report report;

    /** Prepares a campaign that says on a stream how it goes. */
    public Campaign(VerifySettings settings, PrintStream out) {
        this.settings = settings;
        this.out = out;
        this.report = new Report(settings);
    }

    /**
     * Runs all rounds.
     *
     * @return whether nothing was wrong
     * @throws IOException if something on this machine is in the way; the message says what
     */
    public boolean run() throws IOException, InterruptedException {
        Surroundings surroundings = Surroundings.look(settings.database() == null);
        FaultMenu menu = FaultMenu.of(settings.faults(), surroundings);
        out.println("ringtally verify: " + settings.rounds() + " rounds, seed "
                + settings.seed());
        menu.skipped().forEach(out::println);
        try (Sites sites = openSites()) {
            Thread hook = new Thread(() -> close(sites), "verify-end");
            Runtime.getRuntime().addShutdownHook(hook);
            for (int number = 0; number < settings.rounds(); number++) {
                untilItCounts(number, menu.at(number), sites);
            }
            Runtime.getRuntime().removeShutdownHook(hook);
            if (!report.total().clean()) {
                report.shown().forEach(out::println);
                out.println("data, logs and findings.txt of the first of these are kept in "
                        + sites.directory());
            }
        } catch (SQLException failed) {
            throw new IOException("the database cannot be used: " + failed.getMessage(), failed);
        }
        out.println(report.summary());
        if (settings.report() != null) {
            report.write(settings.report(), menu.skipped());
        }
        return report.total().clean();
    }

    private Sites openSites() throws IOException, SQLException {
        if (settings.database() != null && Snapshot.inUse(settings.database())) {
            throw new IOException("the database " + settings.database() + " has counters already,"
                    + " and this command leaves many more behind: name an empty one in --db-url");
        }
        return Sites.open(settings);
    }

    private static void close(Sites sites) {
        try {
            sites.close();
        } catch (IOException failed) {
            LOG.error("left behind: {}", failed.getMessage());
        }
    }

    private void untilItCounts(int number, Fault fault, Sites sites)
            throws IOException, InterruptedException, SQLException {
        boolean missed = false;
        for (int attempt = 0; attempt < QUIET_MAX; attempt++) {
            SplittableRandom random = new SplittableRandom(settings.seed()
                    + number * 1_000_003L + attempt);
            Site site = sites.take(fault.site(), fault.fresh());
            Figures.Worth worth = Figures.Worth.QUIET;
            try {
                worth = round(number, fault, new Prepared(site, sites.postgres(), random, missed),
                        sites);
            } catch (Misbehaviour | SQLException inTheWay) {
                if (sites.closed()) {
                    throw new IOException("broken off", inTheWay);
                }
                report.of(fault).add(worth, List.of());
                wrong(number, fault, List.of(new Finding(Finding.Kind.MISBEHAVED, 0,
                        inTheWay.getMessage())), site, sites);
                return;
            }
            if (worth == Figures.Worth.COUNTS || worth == Figures.Worth.NOT_REACHED) {
                return;
            }
            missed |= worth == Figures.Worth.MISSED;
        }
    }

    /** What a round begins with; {@code soon} if its fault did not come about last time. */
    private record Prepared(Site site, Postgres postgres, SplittableRandom random,
            boolean soon) {
    }

    private Figures.Worth round(int number, Fault fault, Prepared prepared, Sites sites)
            throws IOException, InterruptedException, SQLException, Misbehaviour {
        Site site = prepared.site();
        SplittableRandom random = prepared.random();
        boolean up = site.ensure(fault.launch(random, prepared.soon()));
        try (Load load = Load.start(site.port(), settings.load().clients(), site.maker(),
                random.split())) {
            Round round = new Round(site, prepared.postgres(), load, random);
            Aftermath aftermath = Aftermath.DIED;
            if (up) {
                Service.await(WARM_MILLIS, () -> load.acked() >= WARM_ACKS
                        || !site.service().isAlive());
                round.pass(random.nextInt(LULL_MILLIS));
                aftermath = fault.strike(round);
            }
            Recovered recovered = recover(round, aftermath);
            List<Finding> findings = judge(site, recovered.posts(), aftermath != Aftermath.ENDED);
            Figures.Worth worth = Figures.Worth.of(aftermath, round.acksBefore(),
                    prepared.soon());
            report.of(fault).add(worth, recovered.posts());
            if (recovered.millis() > 0) {
                report.of(fault).recovered(recovered.millis());
            }
            line(number, fault, worth, recovered, findings);
            if (!findings.isEmpty()) {
                wrong(number, fault, findings, site, sites);
            }
            return worth;
        }
    }

    /** What is known when the service is back. */
    private record Recovered(List<Post> posts, long millis) {
    }

    private Recovered recover(Round round, Aftermath aftermath)
            throws IOException, InterruptedException, Misbehaviour {
        Site site = round.site();
        if (aftermath == Aftermath.ENDED) {
            return new Recovered(round.load().stop(), 0);
        }
        List<Post> posts = null;
        // clients that knock all the time meet a service that opens too early
        if (!site.service().isAlive() && round.random().nextBoolean()) {
            posts = round.load().stop();
        }
        long millis = site.disarm();
        if (posts == null) {
            round.pass(AFTER_MILLIS);
            posts = round.load().stop();
        }
        if (millis == 0 && posts.stream()
                .anyMatch(post -> post.outcome() == Post.Outcome.UNKNOWN)) {
            // what was sent and not answered may still be on its way within the process
            site.stop();
            millis = site.startAndAwait(Launch.PLAIN);
        }
        if (!site.service().awaitSettled(SETTLED_MILLIS)) {
            throw new Misbehaviour("Postgres does not have everything "
                    + SETTLED_MILLIS / 1_000 + " s after the end of the load; /status says "
                    + site.service().status() + "; the last words:\n"
                    + site.service().lastWords());
        }
        return new Recovered(posts, millis);
    }

    private List<Finding> judge(Site site, List<Post> posts, boolean running)
            throws SQLException, IOException, Misbehaviour {
        Oracle oracle = site.oracle();
        Snapshot snapshot = site.snapshot();
        Oracle.Judgement judgement = oracle.judge(snapshot, posts);
        long deadline = System.nanoTime() + VISIBLE_MILLIS * 1_000_000;
        // gauges may run ahead of the truth, the truth is what counts; a term has no such excuse
        while (running && !judgement.findings().isEmpty() && System.nanoTime() < deadline) {
            site.service().awaitSettled(SETTLED_MILLIS);
            snapshot = site.snapshot();
            judgement = oracle.judge(snapshot, posts);
        }
        oracle.settle(snapshot);
        List<Finding> findings = new ArrayList<>(judgement.findings());
        if (settings.load().retry() && running && findings.isEmpty()) {
            List<Post> repeats = Repeats.send(site.port(), posts, judgement);
            findings.addAll(Repeats.misanswered(repeats));
            if (!site.service().awaitSettled(SETTLED_MILLIS)) {
                throw new Misbehaviour("Postgres does not have what was sent again; /status says "
                        + site.service().status());
            }
            snapshot = site.snapshot();
            findings.addAll(oracle.judge(snapshot, repeats).findings());
            oracle.settle(snapshot);
        }
        return findings;
    }

    private void wrong(int number, Fault fault, List<Finding> findings, Site site, Sites sites)
            throws IOException {
        report.wrong(number + 1, fault, findings);
        if (findings.stream().anyMatch(one -> one.kind() == Finding.Kind.MISBEHAVED)) {
            out.println(head(number, fault) + findings.get(0));
        }
        sites.condemn(site, findings);
    }

    private String head(int number, Fault fault) {
        return String.format("%5d/%d %-28s ", number + 1, settings.rounds(), fault.name());
    }

    private void line(int number, Fault fault, Figures.Worth worth, Recovered recovered,
            List<Finding> findings) {
        Figures figures = new Figures();
        figures.add(worth, recovered.posts());
        figures.add(findings);
        out.println(head(number, fault) + figures.brief()
                + (recovered.millis() > 0 ? "back in " + recovered.millis() + " ms, " : "")
                + (!findings.isEmpty() ? "WRONG" : switch (worth) {
                    case COUNTS -> "right";
                    case QUIET -> "quiet, does not count";
                    case MISSED -> "not reached, once more";
                    case NOT_REACHED -> "not reached";
                }));
    }
}
