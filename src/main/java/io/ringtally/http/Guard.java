package io.ringtally.http;

import io.ringtally.auth.ApiKey;
import io.ringtally.auth.KeyRing;
import io.ringtally.event.EventBatch;
import io.ringtally.event.EventCursor;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.ServerConnection;
import io.undertow.util.AttachmentKey;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.nio.charset.StandardCharsets;

/**
 * Lets in who may, by the key in {@code Authorization: Bearer} (RFC 6750), and as much as may.
 * Where no keys are asked for and nothing is limited it costs a look at two final fields.
 *
 * <p>What a connection last sent is remembered with the key it stood for, so that a request on it
 * hashes nothing, until there is another snapshot of the keys.
 *
 * <p>Threading: on the exchange's I/O thread.
 */
final class Guard {

    private static final AttachmentKey<Recognised> RECOGNISED =
            AttachmentKey.create(Recognised.class);
    private static final AttachmentKey<ApiKey> CALLER = AttachmentKey.create(ApiKey.class);

    private static final String SCHEME = "Bearer ";
    private static final String CHALLENGE = "Bearer realm=\"ringtally\"";
    private static final String INVALID_TOKEN = CHALLENGE + ", error=\"invalid_token\"";
    private static final int RETRY_SECONDS = 1;

    private static final HttpString RATE_LIMIT = new HttpString("RateLimit");
    private static final HttpString RATE_LIMIT_POLICY = new HttpString("RateLimit-Policy");

    private final KeyRing keys;
    private final Limits limits;
    private final UnreadBody unread;

    /** What was sent on a connection, and what it stood for in that snapshot. */
    private record Recognised(String header, ApiKey key, KeyRing.Snapshot in) {
    }

    /**
     * A guard.
     *
     * @param keys who gets in, or null for everybody
     * @param limits how much, or null for any amount
     */
    Guard(KeyRing keys, Limits limits, UnreadBody unread) {
        this.keys = keys;
        this.limits = limits;
        this.unread = unread;
    }

    /** Whether the caller may do that; if not, the exchange has been answered. */
    boolean admits(HttpServerExchange exchange, Access asked) {
        return (keys == null || recognise(exchange, asked))
                && (limits == null || asked == Access.ANYONE || isWithin(exchange));
    }

    private boolean isWithin(HttpServerExchange exchange) {
        Limits.Exceeded exceeded = limits.request(clientOf(exchange));
        if (exceeded == null) {
            return true;
        }
        Refusal refusal = refusalBy(exchange, exceeded);
        unread.drop(exchange);
        exchange.getResponseHeaders().put(Headers.RETRY_AFTER, refusal.retryAfterSeconds());
        refusal.problem().send(exchange);
        return false;
    }

    /** What the request was let in with, to be asked before the connection's next request. */
    Grant grantOf(HttpServerExchange exchange) {
        Recognised caller = keys == null ? null
                : exchange.getConnection().getAttachment(RECOGNISED);
        return new Grant(keys, caller == null ? null : caller.key);
    }

    /** Says in the answer which key would do; for a request whose own is in force no more. */
    static void challenge(HttpServerExchange exchange) {
        exchange.getResponseHeaders().put(Headers.WWW_AUTHENTICATE, INVALID_TOKEN);
    }

    /** The id of the key that the request was let in with; {@code nobody} without keys. */
    String nameOf(HttpServerExchange exchange, String nobody) {
        Recognised caller = keys == null ? null
                : exchange.getConnection().getAttachment(RECOGNISED);
        return caller == null ? nobody : caller.key.id();
    }

    /** The key that the request was let in with, or whoever is at the other end. */
    private Object clientOf(HttpServerExchange exchange) {
        Recognised caller = keys == null ? null
                : exchange.getConnection().getAttachment(RECOGNISED);
        return caller == null ? Limits.client(exchange.getSourceAddress().getAddress())
                : caller.key.id();
    }

    /** Says so in the headers of draft-ietf-httpapi-ratelimit-headers-10. */
    private static Refusal refusalBy(HttpServerExchange exchange, Limits.Exceeded exceeded) {
        long wait = Meter.seconds(exceeded.waitNanos());
        exchange.getResponseHeaders().put(RATE_LIMIT_POLICY, "\"" + exceeded.policy() + "\";q="
                + exceeded.meter().capacity() + ";w=" + exceeded.meter().windowSeconds());
        exchange.getResponseHeaders().put(RATE_LIMIT,
                "\"" + exceeded.policy() + "\";r=0;t=" + wait);
        String why = "the limit " + exceeded.policy() + " is used up for " + wait + " s";
        return new Refusal(new Problem(ProblemType.RATE_LIMITED,
                why + "; nothing of this request was"
                + " counted, send it again then"), why, (int) Math.min(Integer.MAX_VALUE, wait),
                Refusal.Scope.SERVICE, false);
    }

    private boolean recognise(HttpServerExchange exchange, Access asked) {
        HeaderValues sent = exchange.getRequestHeaders().get(Headers.AUTHORIZATION);
        if (sent == null) {
            return asked == Access.ANYONE
                    || refuse(exchange, ProblemType.UNAUTHORIZED, CHALLENGE,
                            "this asks for an API key: send Authorization: Bearer with one of"
                                    + " scope "
                            + asked.scope.word());
        }
        KeyRing.Snapshot snapshot = keys.current();
        if (snapshot == null && asked == Access.ANYONE) {
            return true;
        }
        if (snapshot == null) {
            exchange.getResponseHeaders().put(Headers.RETRY_AFTER, RETRY_SECONDS);
            return refuse(exchange, ProblemType.KEYS_UNKNOWN, null,
                    "the API keys have not been read from Postgres yet, ask again in a second");
        }
        ApiKey key = sent.size() > 1 ? null
                : keyOf(exchange.getConnection(), sent.getFirst(), snapshot);
        if (key == null) {
            return refuse(exchange, ProblemType.UNAUTHORIZED, INVALID_TOKEN,
                    "the API key sent is none that is in force: it is malformed, unknown or"
                            + " revoked");
        }
        if (asked.scope != null && !key.has(asked.scope)) {
            return refuse(exchange, ProblemType.FORBIDDEN,
                    CHALLENGE + ", error=\"insufficient_scope\","
                    + " scope=\"" + asked.scope.word() + "\"", "key " + key.id() + " has not the"
                    + " scope " + asked.scope.word() + " that this asks for");
        }
        if (key.isLimited() && !asked.limitedPass) {
            return refuse(exchange, ProblemType.FORBIDDEN,
                    null, "key " + key.id() + " is limited to"
                    + " some app ids, and this concerns all");
        }
        if (key.isLimited() || asked == Access.ANYONE) {
            exchange.putAttachment(CALLER, key); // for those only: it makes a map
        }
        return true;
    }

    private static ApiKey keyOf(ServerConnection connection, String header,
            KeyRing.Snapshot snapshot) {
        Recognised last = connection.getAttachment(RECOGNISED);
        if (last != null && last.in == snapshot && same(last.header, header)) {
            return last.key;
        }
        if (!header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return null;
        }
        ApiKey key = snapshot.find(header.substring(SCHEME.length()).strip());
        if (key != null) {
            connection.putAttachment(RECOGNISED, new Recognised(header, key, snapshot));
        }
        return key;
    }

    /** In a time that does not tell where they differ: a proxy's connection has many clients. */
    private static boolean same(String one, String other) {
        if (one.length() != other.length()) {
            return false;
        }
        int difference = 0;
        for (int i = 0; i < one.length(); i++) {
            difference |= one.charAt(i) ^ other.charAt(i);
        }
        return difference == 0;
    }

    /** Who has been let in, for the log: the key's id and where the request came from. */
    String callerOf(HttpServerExchange exchange) {
        Recognised caller = keys == null ? null
                : exchange.getConnection().getAttachment(RECOGNISED);
        return (caller == null ? "an operator" : "key " + caller.key.id()) + " at "
                + exchange.getSourceAddress().getAddress().getHostAddress();
    }

    /** Whether the caller may see figures of the whole service. */
    boolean maySeeAll(HttpServerExchange exchange) {
        if (keys == null) {
            return true;
        }
        ApiKey key = exchange.getAttachment(CALLER);
        return key != null && key.has(Access.READ.scope) && !key.isLimited();
    }

    /**
     * Whether the caller may read of that app id, in UTF-8, null where it is not known; if not, the
     * exchange has been answered. To be asked when the body has been read or dropped.
     */
    static boolean mayUse(HttpServerExchange exchange, byte[] app) {
        ApiKey key = exchange.getAttachment(CALLER);
        if (key == null || app != null && key.isFor(app)) {
            return true;
        }
        new Problem(ProblemType.FORBIDDEN, notFor(key, app == null ? ""
                : new String(app, StandardCharsets.UTF_8))).send(exchange);
        return false;
    }

    /**
     * Why the caller may not count these events, now or ever; null if it may.
     *
     * @param begins whether they are a request, or the first of one that comes in parts
     */
    Refusal refusalOf(HttpServerExchange exchange, EventBatch batch, boolean begins) {
        Refusal forbidden = keys == null ? null : forbidden(exchange, batch);
        if (forbidden != null || limits == null) {
            return forbidden;
        }
        Limits.Exceeded exceeded = limits.exceeded(clientOf(exchange), batch, begins);
        return exceeded == null ? null : refusalBy(exchange, exceeded);
    }

    /** Has them use up the limits: they are counted. */
    void counted(HttpServerExchange exchange, EventBatch batch, boolean begins) {
        if (limits != null) {
            limits.take(clientOf(exchange), batch, begins);
        }
    }

    private static Refusal forbidden(HttpServerExchange exchange, EventBatch batch) {
        ApiKey key = exchange.getAttachment(CALLER);
        if (key == null || !key.isLimited()) {
            return null;
        }
        EventCursor event = batch.cursor();
        for (int at = 0; at < batch.usedBytes(); at += event.size()) {
            if (!isFor(key, event.at(at))) {
                String why = notFor(key, event.app());
                return new Refusal(new Problem(ProblemType.FORBIDDEN,
                        why + "; nothing of this request was counted"), why, 0,
                        Refusal.Scope.ITEMS, true);
            }
        }
        return null;
    }

    private static boolean isFor(ApiKey key, EventCursor event) {
        for (byte[] app : key.appBytes()) {
            if (event.isOfApp(app)) {
                return true;
            }
        }
        return false;
    }

    private static String notFor(ApiKey key, String app) {
        return "key " + key.id() + " is not for app_id \"" + app + "\"";
    }

    private boolean refuse(HttpServerExchange exchange, ProblemType type, String challenge,
            String detail) {
        unread.drop(exchange);
        if (challenge != null) {
            exchange.getResponseHeaders().put(Headers.WWW_AUTHENTICATE, challenge);
        }
        new Problem(type, detail).send(exchange);
        return false;
    }
}
