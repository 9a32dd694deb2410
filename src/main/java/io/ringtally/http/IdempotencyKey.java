package io.ringtally.http;

import io.ringtally.event.EventLimits;
import io.ringtally.event.FieldError;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderValues;
import io.undertow.util.HttpString;
import java.util.List;

/**
 * The header {@code Idempotency-Key: K}: events of the request that have no id of their own get
 * {@code K/0, K/1, ...} by their place in it.
 *
 * <p>Threading: stateless.
 */
final class IdempotencyKey {

    private static final String NAME = "Idempotency-Key";
    private static final HttpString HEADER = new HttpString(NAME);

    private IdempotencyKey() {
    }

    /**
     * Gives the request's key, if it has one, to its batch, which has just begun. Costs one lookup
     * where there is none.
     *
     * @return false if the key cannot be used; the context's errors say why
     */
    static boolean use(HttpServerExchange exchange, EdgeContext context) {
        context.errors.clear();
        String key = of(exchange, context.errors);
        if (key != null) {
            context.batch.identifyBy(key);
        }
        return context.errors.isEmpty();
    }

    /** The request's key; null if it has none, or one that cannot be used: an error says why. */
    static String of(HttpServerExchange exchange, List<FieldError> errors) {
        HeaderValues sent = exchange.getRequestHeaders().get(HEADER);
        if (sent == null) {
            return null;
        }
        String wrong = sent.size() > 1 ? "is sent " + sent.size() + " times: send it once"
                : reasonAgainst(sent.getFirst());
        if (wrong != null) {
            errors.add(new FieldError(NAME, NAME + ' ' + wrong));
            return null;
        }
        return sent.getFirst();
    }

    /** What is wrong with a key, as it goes on after the header's name; null if nothing is. */
    static String reasonAgainst(String key) {
        if (key.isEmpty()) {
            return "is empty: send 1 to " + EventLimits.KEY_BYTES_MAX + " characters, or no such"
                    + " header";
        }
        if (key.length() > EventLimits.KEY_BYTES_MAX) {
            return "has " + key.length() + " characters, above the limit of "
                    + EventLimits.KEY_BYTES_MAX + ": send a shorter one, such as a UUID";
        }
        for (int i = 0; i < key.length(); i++) {
            char c = key.charAt(i);
            if (c <= ' ' || c > '~') {
                return "has " + String.format("U+%04X", (int) c) + " at character " + i
                        + ": send visible ASCII without spaces, such as a UUID";
            }
        }
        return null;
    }
}
