package bench.runner;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * The command {@code feeds}: throughput with no and many dashboards open at {@code /v1/feed}, in
 * many short windows that alternate, and CPU at rest with none and one; in one life of the server.
 * What is looked for is smaller than what the machine does to one window, so the ratio comes with
 * the range that is certain, and the CPU of the threads that make and write the feeds beside it.
 *
 * <p>Threading: used by the main thread only; open feeds are read by a thread of their own.
 */
final class Feeds {

    private static final Open NONE = new Open(0, false);
    private static final List<Open> OPEN_AT_REST = List.of(NONE, new Open(1, false));
    private static final Duration AT_REST = Duration.ofSeconds(30);
    private static final Duration BEGUN_WITHIN = Duration.ofSeconds(20);
    /** Kinds of threads that do nothing else under this load. */
    private static final List<String> OF_FEEDS = List.of("admin port", "seconds");

    /**
     * How many are open.
     *
     * @param stalled whether they are not read once they have begun, as by a page that hangs
     */
    private record Open(int feeds, boolean stalled) {

        private static final String STALLED = "stalled-";

        static Open named(String name) {
            return new Open(Integer.parseInt(name.replace(STALLED, "")), name.startsWith(STALLED));
        }

        @Override
        public String toString() {
            return feeds + (stalled ? ", stalled" : "");
        }
    }

    private record Run(int round, Open open, Window window, long received, long anonymousMib) {

        double feedMicros() {
            return OF_FEEDS.stream()
                    .mapToLong(kind -> window.usage().threadMicros().getOrDefault(kind, 0L)).sum();
        }
    }

    private final Rig rig;
    private final Options options;
    private final List<Open> counts;
    private final List<Run> runs = new ArrayList<>();
    private WrkResult sample;

    private Feeds(Rig rig) {
        this.rig = rig;
        this.options = rig.options();
        this.counts = new ArrayList<>(List.of(NONE));
        options.list(Flag.FEEDS).forEach(name -> counts.add(Open.named(name)));
    }

    static boolean run(Rig rig) {
        return new Feeds(rig).measure();
    }

    private boolean measure() {
        Arm arm = Arm.named(options.text(Flag.ARM));
        String script = options.list(Flag.SCRIPTS).get(0);
        StringBuilder text = new StringBuilder("# Open dashboards: " + rig.results().name()
                + "\n\n" + rig.frame().text());
        try (Session session = new Session(rig, arm, options.onlyIoThreads())) {
            StringBuilder rest = new StringBuilder("| feeds | CPU at rest, % of a core |\n"
                    + "|---|---|\n");
            for (Open open : OPEN_AT_REST) {
                try (Readers readers = new Readers(adminPort(), open)) {
                    String percent = Idle.atRest(session, options, AT_REST);
                    Rig.say("  " + open + " open, at rest: " + percent);
                    rest.append("| ").append(open).append(" | ").append(percent).append(" |\n");
                    readers.check();
                }
            }
            WarmUp warmUp = WarmUp.on(session, script, options);
            for (int round = 0; round < options.whole(Flag.ROUNDS); round++) {
                List<Open> order = new ArrayList<>(counts);
                if (round % 2 == 1) {
                    Collections.reverse(order);
                }
                for (Open open : order) {
                    runs.add(take(session, script, round, open));
                }
            }
            Outcome outcome = session.finish();
            text.append(Frame.load(sample, rig.wrk(), script,
                            options.duration(Flag.DURATION)))
                    .append("- arm: ").append(arm.description()).append("; warm-up windows ")
                    .append(warmUp.text()).append("\n\n").append(rest).append('\n');
            table(text);
            text.append(outcome.valid() ? "\nThe sum in Postgres was exact.\n"
                    : "\nVOID: " + String.join("; ", outcome.faults()) + "\n");
            rig.results().write(".md", text.toString());
            return outcome.valid();
        }
    }

    private int adminPort() {
        return options.whole(Flag.HTTP_PORT) + 1;
    }

    private Run take(Session session, String script, int round, Open open) {
        int before = rig.procStat().openFiles(session.pid());
        Run run = measure(session, script, round, open);
        // else the next ones may be too many
        session.awaitClosed(before);
        return run;
    }

    private Run measure(Session session, String script, int round, Open open) {
        try (Readers readers = new Readers(adminPort(), open)) {
            Duration duration = options.duration(Flag.DURATION);
            readers.awaitHistory();
            Window window = session.load(script, duration);
            readers.check();
            sample = window.load();
            Run run = new Run(round, open, window, readers.events(),
                    rig.procStat().anonymousMib(session.pid()));
            Rig.say(String.format(Locale.ROOT, "  %s open, round %d: %,.0f requests/s, %.2f us"
                    + " CPU a request, %d events read", open, round + 1,
                    window.requestsPerSecond(), window.serverMicrosPerRequest(), run.received));
            return run;
        }
    }

    private void table(StringBuilder text) {
        text.append("Ratios are of pairs of rounds, the second in reverse order; their range here"
                + " holds the median with 95 % certainty.\n\n"
                + "| feeds | requests/s | throughput against none | server CPU us/request"
                + " | CPU per request against none | threads of the feeds, % of a core"
                + " | anonymous MiB |\n|---|---|---|---|---|---|---|\n");
        for (Open open : counts) {
            List<Run> of = of(open);
            double micros = of.stream().mapToDouble(run -> run.window.load().durationMicros())
                    .sum();
            text.append(String.format(Locale.ROOT, "| %s | %s | %s | %s | %s | %.2f | %s |%n", open,
                    Spread.of(of.stream().map(run -> run.window.requestsPerSecond()).toList())
                            .text("%,.0f"),
                    ratio(open, Window::requestsPerSecond).certainText("%.3f"),
                    Spread.of(of.stream().map(run -> run.window.serverMicrosPerRequest())
                            .toList()).text("%.2f"),
                    ratio(open, Window::serverMicrosPerRequest).certainText("%.3f"),
                    100 * of.stream().mapToDouble(Run::feedMicros).sum() / micros,
                    Spread.of(of.stream().map(run -> (double) run.anonymousMib).toList())
                            .text("%.0f")));
        }
    }

    private List<Run> of(Open open) {
        return runs.stream().filter(run -> run.open.equals(open)).toList();
    }

    private Spread ratio(Open open, ToDoubleFunction<Window> figure) {
        return Spread.ofPairs(options.whole(Flag.ROUNDS) / 2, pair -> sum(pair, open, figure),
                pair -> sum(pair, NONE, figure));
    }

    private double sum(int pair, Open open, ToDoubleFunction<Window> figure) {
        return of(open).stream().filter(run -> run.round / 2 == pair)
                .mapToDouble(run -> figure.applyAsDouble(run.window)).sum();
    }

    /**
     * Open feeds, each read as it comes.
     *
     * <p>Threading: its own thread reads, the main one asks.
     */
    private static final class Readers implements AutoCloseable {

        private final Selector selector;
        private final List<SocketChannel> channels = new ArrayList<>();
        private final ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
        private volatile long events;
        private volatile int begun;
        private volatile String broken = "";
        private volatile boolean closed;
        private final boolean stalled;
        private final Thread thread = new Thread(this::read, "feeds");

        Readers(int port, Open open) {
            stalled = open.stalled;
            byte[] request = ("GET /v1/feed HTTP/1.1\r\nHost: 127.0.0.1:" + port
                    + "\r\nAccept: text/event-stream\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII);
            try {
                selector = Selector.open();
                for (int i = 0; i < open.feeds; i++) {
                    SocketChannel channel = SocketChannel.open(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                    channel.write(ByteBuffer.wrap(request));
                    channel.configureBlocking(false);
                    channel.register(selector, SelectionKey.OP_READ, new boolean[1]);
                    channels.add(channel);
                }
            } catch (IOException failure) {
                throw new UncheckedIOException("no feed at port " + port, failure);
            }
            thread.setDaemon(true);
            thread.start();
        }

        private void read() {
            try {
                while (!closed) {
                    selector.select(this::readable, 200);
                }
            } catch (IOException failure) {
                broken = failure.toString();
            }
        }

        private void readable(SelectionKey key) {
            try {
                int count = ((SocketChannel) key.channel()).read(buffer.clear());
                String text = new String(buffer.array(), 0, Math.max(0, count),
                        StandardCharsets.UTF_8);
                boolean[] hasBegun = (boolean[]) key.attachment();
                if (count < 0 || !hasBegun[0] && !text.startsWith("HTTP/1.1 200")) {
                    broken = count < 0 ? "a feed has ended" : text.lines().findFirst().orElse("");
                    key.cancel();
                }
                if (!hasBegun[0]) {
                    hasBegun[0] = true;
                    begun++;
                }
                events += text.split("(?:^|\n)data:", -1).length - 1;
            } catch (IOException failure) {
                broken = failure.toString();
                key.cancel();
            }
        }

        /** Events read so far; one that comes in two packets may be missed. */
        long events() {
            return events;
        }

        /** Until each has begun, and then a second: a feed begins with the history of minutes. */
        void awaitHistory() {
            long deadline = System.nanoTime() + BEGUN_WITHIN.toNanos();
            while (begun < channels.size()) {
                if (!broken.isEmpty() || System.nanoTime() > deadline) {
                    throw new IllegalStateException(begun + " of " + channels.size()
                            + " feeds have begun " + broken);
                }
                Pause.millis(10);
            }
            Pause.millis(1_000);
            closed |= stalled;
        }

        /** That all of them are open, and something has come where there are any. */
        void check() {
            if (!broken.isEmpty() || !channels.isEmpty() && events == 0) {
                throw new IllegalStateException("the feeds: " + (broken.isEmpty()
                        ? "no event came" : broken));
            }
        }

        @Override
        public void close() {
            closed = true;
            try {
                thread.join(2_000);
                for (SocketChannel channel : channels) {
                    channel.close();
                }
                selector.close();
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
