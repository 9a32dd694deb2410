package bench.runner;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The command {@code redis}: one arm under wrk beside Redis under redis-benchmark, alternating,
 * with as many connections. Both sums are checked.
 *
 * <p>Threading: used by the main thread only.
 */
final class Redis {

    private record Pair(double ours, double theirs) {
    }

    private final Rig rig;
    private final Arm arm;
    private final StringBuilder table = new StringBuilder();
    private boolean stands = true;
    private WrkResult sample;

    private Redis(Rig rig) {
        this.rig = rig;
        this.arm = Arm.named(rig.options().text(Flag.ARM));
    }

    static boolean run(Rig rig) {
        return new Redis(rig).measure();
    }

    private boolean measure() {
        List<Pair> pairs = new ArrayList<>();
        for (int round = 0; round < rig.options().whole(Flag.ROUNDS); round++) {
            boolean oursFirst = round % 2 == 0;
            double ours = oursFirst ? ours(round) : 0;
            double theirs = theirs(round);
            pairs.add(new Pair(oursFirst ? ours : ours(round), theirs));
        }
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i + 1 < pairs.size(); i += 2) {
            ratios.add((pairs.get(i).ours + pairs.get(i + 1).ours)
                    / (pairs.get(i).theirs + pairs.get(i + 1).theirs));
        }
        report(pairs, Spread.of(ratios));
        return stands;
    }

    private double ours(int round) {
        Options options = rig.options();
        String script = options.list(Flag.SCRIPTS).get(0);
        try (Session session = new Session(rig, arm, options.onlyIoThreads())) {
            WarmUp warmUp = WarmUp.on(session, script, options);
            Window window = session.load(script, options.duration(Flag.DURATION));
            Outcome outcome = session.finish();
            sample = window.load();
            row(round, arm.label(), window.requestsPerSecond() * sample.eventsPerRequest(),
                    window.serverMicrosPerRequest() / sample.eventsPerRequest(), outcome.valid()
                    ? "warm-up windows " + warmUp.text() + ", stands"
                    : "VOID: " + String.join("; ", outcome.faults()));
            stands &= outcome.valid();
            return window.requestsPerSecond() * sample.eventsPerRequest();
        }
    }

    private double theirs(int round) {
        Duration duration = rig.options().duration(Flag.DURATION);
        try (RedisServer redis = new RedisServer(rig.options(),
                rig.workDirectory("redis-" + round))) {
            long warm = 20_000;
            // ours went first: how many it touches is known
            double about = redis.increments(warm, sample.keys());
            // redis-benchmark sends whole pipelines, beyond the number asked for if need be
            long pipeline = rig.options().whole(Flag.PIPELINE);
            long count = Math.max(warm, (long) (about * duration.toSeconds())) / pipeline
                    * pipeline;
            long before = rig.procStat().micros(redis.pid());
            double rate = redis.increments(count, sample.keys());
            double micros = (rig.procStat().micros(redis.pid()) - before) / (double) count;
            boolean exact = redis.sum() == warm + count;
            stands &= exact;
            row(round, "redis", rate, micros, exact ? "stands" : "VOID: the sum is wrong");
            return rate;
        }
    }

    private void row(int round, String who, double rate, double micros, String remark) {
        String row = String.format(Locale.ROOT, "| %d | %s | %,.0f | %.2f | %s |", round + 1, who,
                rate, micros, remark);
        Rig.say(row);
        table.append(row).append('\n');
    }

    private void report(List<Pair> pairs, Spread ratio) {
        Options options = rig.options();
        String script = options.list(Flag.SCRIPTS).get(0);
        String text = "# Beside Redis: " + rig.results().name() + "\n\n" + rig.frame().text()
                + Frame.load(sample, rig.wrk(), script, options.duration(Flag.DURATION))
                + "- arm: " + arm.description() + "\n"
                + "- " + RedisServer.version() + ", " + options.text(Flag.REDIS)
                + ", INCR of " + sample.keys() + " keys drawn evenly, redis-benchmark -c "
                + options.text(Flag.CONNECTIONS) + " -P " + options.text(Flag.PIPELINE) + "\n\n"
                + "| round | | events/s | server CPU us/event | |\n|---|---|---|---|---|\n" + table
                + String.format(Locale.ROOT, "%n%s %s events/s, redis %s: ratio per pair %s.%n",
                        arm.label(),
                        Spread.of(pairs.stream().map(Pair::ours).toList()).text("%,.0f"),
                        Spread.of(pairs.stream().map(Pair::theirs).toList()).text("%,.0f"),
                        ratio.text("%.2f"))
                + (stands ? "" : "\nA figure is void.\n");
        rig.results().write(".md", text);
    }
}
