package io.ringtally.verify;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes requests: increments, events with and without an id, batches; on a few counters that all
 * share, and on counters of their own, by which a lost or doubled event has a name.
 *
 * <p>Values are different from each other and look random: a sum that is wrong by one event says by
 * which.
 *
 * <p>Threading: any thread, each with a source of chance of its own.
 */
final class PostMaker {

    /** The application under which events are counted; increments have none. */
    static final String APP = "verify";

    private static final int BATCH_MAX = 8;
    private static final long NUMBERS = 1L << 20;
    private static final long CHANCES = 1L << 20;

    private final String prefix;
    private final int keys;
    private final int uniquePercent;
    private final String query;
    private final AtomicLong numbers = new AtomicLong();

    /**
     * Prepares one series.
     *
     * @param prefix begins every message id, and ids of other series never
     * @param keys counters that all share
     * @param uniquePercent requests whose counters nobody else has, of a hundred
     * @param ack level to ask for, or the empty string for the service's default
     */
    PostMaker(String prefix, int keys, int uniquePercent, String ack) {
        this.prefix = prefix;
        this.keys = keys;
        this.uniquePercent = uniquePercent;
        this.query = ack.isEmpty() ? "" : "?ack=" + ack;
    }

    /** The beginning of every message id. */
    String prefix() {
        return prefix;
    }

    Post next(SplittableRandom random) {
        boolean unique = random.nextInt(100) < uniquePercent;
        int kind = random.nextInt(10);
        if (kind < 5) {
            return increment(random, unique);
        }
        return kind < 8 ? event(random, unique, kind == 5) : batch(random, unique);
    }

    private Post increment(SplittableRandom random, boolean unique) {
        long number = numbers.getAndIncrement();
        long value = value(number, random);
        String key = message(number, unique, random);
        String body = "{\"key\":\"" + key + "\",\"value\":" + value + "}";
        return new Post(name("/increment", number),
                List.of(new Post.Item(new CounterId("", key, "increment"), value)),
                request("/increment", "", body), false);
    }

    private Post event(SplittableRandom random, boolean unique, boolean nameless) {
        long number = numbers.getAndIncrement();
        String id = nameless ? "" : prefix + number;
        StringBuilder body = new StringBuilder();
        Post.Item item = item(number, message(number, unique, random), random);
        append(body, item, id);
        return new Post(name("/api/event", number), List.of(item),
                request("/api/event", "", body.toString()), !nameless);
    }

    private Post batch(SplittableRandom random, boolean unique) {
        int size = 2 + random.nextInt(BATCH_MAX - 1);
        boolean named = random.nextBoolean();
        int firstKey = random.nextInt(keys);
        List<Post.Item> items = new ArrayList<>();
        StringBuilder body = new StringBuilder("{\"events\":[");
        long first = numbers.getAndAdd(size);
        for (int i = 0; i < size; i++) {
            long number = first + i;
            String message = unique ? prefix + "u-" + number
                    : prefix + "k-" + (firstKey + i) % keys;
            Post.Item item = item(number, message, random);
            items.add(item);
            append(body.append(i == 0 ? "" : ","), item, "");
        }
        String header = named ? "Idempotency-Key: " + prefix + first + "\r\n" : "";
        return new Post(name("/api/event/bulk", first), items,
                request("/api/event/bulk", header, body.append("]}").toString()), named);
    }

    private String message(long number, boolean unique, SplittableRandom random) {
        return prefix + (unique ? "u-" + number : "k-" + random.nextInt(keys));
    }

    private static Post.Item item(long number, String message, SplittableRandom random) {
        return new Post.Item(new CounterId(APP, message, "sent"), value(number, random));
    }

    /** Positive, different for a million numbers in a row, far from any multiple of another. */
    private static long value(long number, SplittableRandom random) {
        return 1 + random.nextLong(CHANCES) * NUMBERS + number % NUMBERS;
    }

    private static void append(StringBuilder body, Post.Item item, String id) {
        body.append("{\"app_id\":\"").append(item.counter().app())
                .append("\",\"message_id\":\"").append(item.counter().message())
                .append("\",\"event\":\"").append(item.counter().event())
                .append("\",\"value\":").append(item.value());
        if (!id.isEmpty()) {
            body.append(",\"id\":\"").append(id).append('"');
        }
        body.append('}');
    }

    private static String name(String path, long number) {
        return "post " + number + " (" + path + ")";
    }

    private byte[] request(String path, String header, String body) {
        return ("POST " + path + query + " HTTP/1.1\r\nHost: localhost\r\n" + header
                + "Content-Type: application/json\r\nContent-Length: " + body.length()
                + "\r\n\r\n" + body).getBytes(StandardCharsets.US_ASCII);
    }
}
