package io.ringtally.http;

import io.ringtally.event.EventLimits;
import io.ringtally.event.FieldError;
import io.ringtally.event.PercentDecoder;
import io.undertow.server.HttpServerExchange;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The parts of a request that reads, decoded and checked. What is wrong is gathered; what is
 * missing has its default.
 *
 * <p>Threading: one I/O thread's.
 */
final class QueryParameters {

    private static final byte[] NOTHING = {};
    private static final byte[] INCREMENT = {'i', 'n', 'c', 'r', 'e', 'm', 'e', 'n', 't'};

    private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m|h|d)");
    private static final Map<String, Long> MILLIS = Map.of("ms", 1L, "s", 1_000L, "m", 60_000L,
            "h", 3_600_000L, "d", 86_400_000L);
    private static final Duration DURATION_MAX = Duration.ofDays(3_650);

    private final HttpServerExchange exchange;
    private final PercentDecoder decoder = new PercentDecoder();
    private final List<FieldError> errors = new ArrayList<>();
    /** Null until it is known. */
    private byte[] app;

    QueryParameters(HttpServerExchange exchange) {
        this.exchange = exchange;
    }

    /** What is wrong so far; may be added to. */
    List<FieldError> errors() {
        return errors;
    }

    /**
     * Whether nothing is wrong and the app is the caller's to read; otherwise the exchange has been
     * answered.
     */
    boolean good() {
        if (errors.isEmpty()) {
            return Guard.mayUse(exchange, app);
        }
        new Problem(ProblemType.INVALID_REQUEST, "the request cannot be answered", errors)
                .send(exchange);
        return false;
    }

    /** The message id in the path, as it came. */
    byte[] pathMessage(String raw) {
        return checked("message_id", decoder.decodeSegment(raw), EventLimits.MESSAGE_BYTES_MAX);
    }

    /** The app, empty unless given. */
    byte[] app() {
        byte[] given = bytes("app_id", EventLimits.APP_BYTES_MAX);
        app = given == null ? NOTHING : given;
        return app;
    }

    /** Says which app is asked for where that does not stand in the query. */
    void ofApp(byte[] asked) {
        app = asked;
    }

    /** The event name, or null if none is given. */
    byte[] event() {
        byte[] given = bytes("event", EventLimits.EVENT_BYTES_MAX);
        return given == null || given.length == 0 ? null : given;
    }

    /** The event name of one counter. */
    byte[] eventOrIncrement() {
        byte[] given = event();
        return given == null ? INCREMENT : given;
    }

    /** A parameter that may be given up to {@code max} times; empty if it is not there. */
    List<byte[]> all(String name, int max, int bytesMax) {
        Deque<String> values = exchange.getQueryParameters().get(name);
        if (values == null) {
            return List.of();
        }
        if (values.size() > max) {
            errors.add(new FieldError(name, name + " is given " + values.size()
                    + " times; give it up to " + max + " times"));
            return List.of();
        }
        List<byte[]> all = new ArrayList<>(values.size());
        for (String value : values) {
            all.add(checked(name, decoder.decodeQuery(value), bytesMax));
            decoder.forget();
        }
        return all;
    }

    /** Whether the answer shall come from memory; otherwise from Postgres. */
    boolean readsMemory() {
        return word("read", ReadEndpoint.MEMORY, PersistedReads.READ, PersistedReads.GLOBAL)
                .equals(ReadEndpoint.MEMORY);
    }

    /** A parameter that may be given once, in UTF-8; null if it is not there. */
    byte[] bytes(String name, int bytesMax) {
        String raw = raw(name);
        return raw == null ? null : checked(name, decoder.decodeQuery(raw), bytesMax);
    }

    /** The same as text. */
    String text(String name, int bytesMax) {
        byte[] given = bytes(name, bytesMax);
        return given == null ? null : new String(given, StandardCharsets.UTF_8);
    }

    /** Whether a parameter is there, with whatever value. */
    boolean has(String name) {
        return exchange.getQueryParameters().containsKey(name);
    }

    /** A number from 1 to {@code max}, {@code otherwise} unless given. */
    int number(String name, int max, int otherwise) {
        String given = raw(name);
        if (given == null) {
            return otherwise;
        }
        boolean digits = given.length() <= 9 && !given.isEmpty()
                && given.chars().allMatch(digit -> digit >= '0' && digit <= '9');
        int number = digits ? Integer.parseInt(given) : 0;
        if (number < 1 || number > max) {
            errors.add(new FieldError(name, name + " is " + shown(given)
                    + ": give a number from 1 to " + max));
        }
        return number;
    }

    /** A time such as 500ms, 30s, 5m, 2h or 7d, up to ten years; none unless given. */
    Duration duration(String name) {
        String given = raw(name);
        if (given == null) {
            return Duration.ZERO;
        }
        Matcher parts = DURATION.matcher(given);
        long millis = parts.matches()
                ? Long.parseLong(parts.group(1)) * MILLIS.get(parts.group(2)) : -1;
        if (millis < 0 || millis > DURATION_MAX.toMillis()) {
            errors.add(new FieldError(name, name + " is " + shown(given) + ": give a whole number"
                    + " with its unit, ms, s, m, h or d, such as 5m, up to "
                    + DURATION_MAX.toDays() + "d"));
            return Duration.ZERO;
        }
        return Duration.ofMillis(millis);
    }

    /** One of these words, the first unless given. */
    String word(String name, String... words) {
        String given = raw(name);
        if (given == null) {
            return words[0];
        }
        if (!List.of(words).contains(given)) {
            errors.add(new FieldError(name, name + " is " + shown(given) + ": give "
                    + String.join(" or ", words)));
            return words[0];
        }
        return given;
    }

    /** As it came; null if it is not there, or more than once. */
    private String raw(String name) {
        Deque<String> values = exchange.getQueryParameters().get(name);
        if (values == null) {
            return null;
        }
        if (values.size() > 1) {
            errors.add(new FieldError(name, name + " is given " + values.size()
                    + " times; give it once"));
            return null;
        }
        return values.getFirst();
    }

    private static String shown(String given) {
        return '"' + (given.length() > 30 ? given.substring(0, 30) + "..." : given) + '"';
    }

    private byte[] checked(String name, boolean decoded, int bytesMax) {
        if (!decoded) {
            errors.add(decoder.error(name));
            return NOTHING;
        }
        if (decoder.length() > bytesMax) {
            errors.add(new FieldError(name, name + " has " + decoder.length()
                    + " bytes of UTF-8, the limit is " + bytesMax));
            return NOTHING;
        }
        return Arrays.copyOfRange(decoder.bytes(), decoder.offset(),
                decoder.offset() + decoder.length());
    }
}
