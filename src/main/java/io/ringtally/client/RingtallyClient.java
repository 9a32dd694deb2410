package io.ringtally.client;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Sends events in batches, again and again until the service has answered for each of them. Every
 * event has an id, its own or one made here, so that it counts once, whatever happened on the way;
 * the service keeps ids for {@code dedupe.window}, so many at most as {@code dedupe.max-ids}.
 *
 * <p>Events are not ordered among each other.
 *
 * <p>Threading: for any number of threads. One thread of its own sends; futures are completed on
 * it, so what depends on them must not block.
 */
public final class RingtallyClient implements AutoCloseable {

    private static final long BACK_OFF_FIRST_MILLIS = 50;
    private static final long BACK_OFF_MAX_MILLIS = 5_000;
    private static final int NAME_BYTES = 9;
    private static final int NOT_FOUND = 404;

    private final ClientSettings settings;
    private final URI events;
    private final HttpClient http;
    private final ScheduledExecutorService thread;
    private final String name;

    private final Queue<Pending> waiting = new ConcurrentLinkedQueue<>();
    private final Set<Pending> unsettled = ConcurrentHashMap.newKeySet();
    private final AtomicInteger waitingCount = new AtomicInteger();
    private final AtomicInteger held = new AtomicInteger();
    private final AtomicLong made = new AtomicLong();
    private final AtomicBoolean lingering = new AtomicBoolean();
    private volatile boolean closed;

    /** The thread's. */
    private int inFlight;

    /** An event on its way. */
    private static final class Pending {

        private final Event event;
        private final String id;
        private final long deadlineNanos;
        private final CompletableFuture<Void> settled = new CompletableFuture<>();
        /** Whether a try before the present one may have been counted. */
        private boolean leftOpen;
        /** The same, the present one included. */
        private volatile boolean mayHaveCounted;

        Pending(Event event, String id, long deadlineNanos) {
            this.event = event;
            this.id = id;
            this.deadlineNanos = deadlineNanos;
        }
    }

    /** Connects when there is something to send. */
    public RingtallyClient(ClientSettings settings) {
        this.settings = settings;
        this.events = settings.service().resolve("/v1/events?mode=partial"
                + (settings.ack() == null ? "" : "&ack=" + settings.ack()));
        this.thread = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread made = new Thread(task, "ringtally-client");
            made.setDaemon(true);
            return made;
        });
        this.http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(settings.requestTimeout()).build();
        byte[] random = new byte[NAME_BYTES];
        new SecureRandom().nextBytes(random);
        this.name = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    }

    /**
     * Takes an event to be sent. Returns at once.
     *
     * @return done when the service has answered for it; fails with {@link RejectedException} if it
     *     will never count, with {@link UndeliveredException} if time ran out
     * @throws IllegalStateException if as many events are held as may be, or the client is closed
     */
    public CompletableFuture<Void> send(Event event) {
        if (closed) {
            throw new IllegalStateException("the client is closed");
        }
        if (held.incrementAndGet() > settings.heldEvents()) {
            held.decrementAndGet();
            throw new IllegalStateException(settings.heldEvents() + " events are held, as many as"
                    + " may be: wait for some of them");
        }
        Pending pending = new Pending(event,
                event.id() == null ? name + '-' + made.incrementAndGet() : event.id(),
                System.nanoTime() + settings.deliveryTimeout().toNanos());
        unsettled.add(pending);
        waiting.add(pending);
        if (waitingCount.incrementAndGet() >= settings.batchEvents()) {
            run(this::sendWaiting, Duration.ZERO);
        } else if (lingering.compareAndSet(false, true)) {
            run(this::sendWaiting, settings.linger());
        }
        return pending.settled;
    }

    /**
     * Waits until all that was sent before is settled, one way or another.
     *
     * @return whether it is
     */
    public boolean flush(Duration longest) throws InterruptedException {
        CompletableFuture<?>[] all = unsettled.stream()
                .map(pending -> pending.settled.handle((done, failed) -> null))
                .toArray(CompletableFuture[]::new);
        run(this::sendWaiting, Duration.ZERO);
        try {
            CompletableFuture.allOf(all).get(longest.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException late) {
            return false;
        } catch (ExecutionException impossible) {
            throw new AssertionError(impossible);
        }
    }

    /**
     * Reads a counter, with all that was delivered before to the same instance.
     *
     * @throws IOException if the service does not answer, or not with a counter
     */
    public Optional<Counter> counter(String appId, String messageId, String event)
            throws IOException, InterruptedException {
        URI uri = settings.service().resolve("/v1/counters/" + encoded(messageId) + "?app_id="
                + encoded(appId) + "&event=" + encoded(event));
        HttpResponse<String> answer = http.send(request(uri).GET().build(),
                HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() == NOT_FOUND) {
            return Optional.empty();
        }
        Map<String, Object> json = Json.object(answer.body());
        if (answer.statusCode() != 200 || json.get("total") == null) {
            throw new IOException("the service answered " + answer.statusCode() + ": "
                    + json.get("detail"));
        }
        return Optional.of(new Counter(appId, messageId, event,
                Long.parseLong(json.get("total").toString()),
                Long.parseLong(json.get("events").toString()),
                Instant.parse(json.get("first_at").toString()),
                Instant.parse(json.get("last_at").toString())));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private HttpRequest.Builder request(URI uri) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri)
                .timeout(settings.requestTimeout());
        if (settings.apiKey() != null) {
            request.header("Authorization", "Bearer " + settings.apiKey());
        }
        return request;
    }

    private void run(Runnable task, Duration after) {
        try {
            thread.schedule(task, after.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException ended) {
            // closed: what is left has been given up, or will be at once
            giveUpAll();
        }
    }

    private void sendWaiting() {
        lingering.set(false);
        while (inFlight < settings.inFlight()) {
            List<Pending> batch = new ArrayList<>();
            Pending next;
            while (batch.size() < settings.batchEvents() && (next = waiting.poll()) != null) {
                waitingCount.decrementAndGet();
                batch.add(next);
            }
            if (batch.isEmpty()) {
                return;
            }
            inFlight++;
            post(batch, 0);
        }
    }

    private void post(List<Pending> batch, int failures) {
        StringBuilder lines = new StringBuilder();
        for (Pending pending : batch) {
            pending.mayHaveCounted = true;
            Json.appendLine(lines, pending.event, pending.id);
        }
        http.sendAsync(request(events).header("Content-Type", "application/x-ndjson")
                .POST(HttpRequest.BodyPublishers.ofString(lines.toString())).build(),
                HttpResponse.BodyHandlers.ofString()).whenComplete((answer, lost) ->
                run(() -> answered(batch, answer, lost, failures), Duration.ZERO));
    }

    private void answered(List<Pending> batch, HttpResponse<String> answer, Throwable lost,
            int failures) {
        Answer said = lost != null
                ? Answer.again(0, -1, "no answer: " + lost)
                : Answer.of(batch.size(), answer.statusCode(),
                        answer.headers().firstValue("Retry-After").orElse(""), answer.body());
        boolean leftOpen = lost != null ? !isUnsent(lost)
                : Answer.leavesOpen(answer.statusCode());
        int again = said.next() > 0 ? 0 : failures + 1;
        Duration wait = Duration.ofMillis(said.retryAfterMillis() >= 0 ? said.retryAfterMillis()
                : backOffMillis(again));
        long next = System.nanoTime() + wait.toNanos();
        List<Pending> rest = new ArrayList<>();
        for (int place = 0; place < batch.size(); place++) {
            Pending pending = batch.get(place);
            pending.leftOpen |= leftOpen;
            pending.mayHaveCounted = pending.leftOpen;
            String reason = said.rejected().get(place);
            if (reason != null) {
                settle(pending, new RejectedException(reason));
            } else if (place < said.next()) {
                settle(pending, null);
            } else if (next - pending.deadlineNanos > 0 || closed) {
                settle(pending, new UndeliveredException(said.trouble(),
                        pending.mayHaveCounted));
            } else {
                rest.add(pending);
            }
        }
        if (rest.isEmpty()) {
            inFlight--;
            sendWaiting();
        } else {
            run(() -> post(rest, again), wait);
        }
    }

    /** Whether nothing can have arrived: there was no connection. */
    private static boolean isUnsent(Throwable lost) {
        Throwable cause = lost instanceof CompletionException ? lost.getCause() : lost;
        return cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException;
    }

    /** Twice as long each time, and a random part of it, so that clients do not come together. */
    private static long backOffMillis(int failures) {
        long most = Math.min(BACK_OFF_MAX_MILLIS,
                BACK_OFF_FIRST_MILLIS << Math.min(failures, Byte.SIZE));
        return ThreadLocalRandom.current().nextLong(most / 2, most + 1);
    }

    private void settle(Pending pending, RuntimeException failure) {
        if (unsettled.remove(pending)) {
            held.decrementAndGet();
            if (failure == null) {
                pending.settled.complete(null);
            } else {
                pending.settled.completeExceptionally(failure);
            }
        }
    }

    private void giveUpAll() {
        for (Pending pending : unsettled) {
            settle(pending, new UndeliveredException("the client was closed",
                    pending.mayHaveCounted));
        }
    }

    /** Waits as long as an event may take, unless interrupted, then gives up what is left. */
    @Override
    public void close() {
        try {
            flush(settings.deliveryTimeout());
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
        }
        closed = true;
        thread.shutdownNow();
        giveUpAll();
    }
}
