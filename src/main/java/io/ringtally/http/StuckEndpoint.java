package io.ringtally.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.ringtally.event.EventLimits;
import io.ringtally.event.FieldError;
import io.ringtally.event.Lifecycle;
import io.ringtally.event.Timestamps;
import io.ringtally.persist.StuckMessage;
import io.ringtally.persist.StuckRange;
import io.ringtally.query.PageCursor;
import io.undertow.server.HttpServerExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * {@code GET /v1/messages?app_id=&missing=&older_than=}: messages that lack an event of their app's
 * lifecycle, or any of them, the oldest first, page by page; from Postgres.
 *
 * <p>Threading: called on the exchange's I/O thread.
 */
final class StuckEndpoint {

    private static final int MESSAGES_MAX = 1_000;
    private static final int MESSAGES_USUAL = 100;
    /** A cursor of the longest id: base64 of 30 bytes more than it has. */
    private static final int CURSOR_BYTES_MAX = 600;

    private final PersistedReads persisted;
    private final Map<String, Lifecycle> lifecycles;

    StuckEndpoint(PersistedReads persisted, Map<String, Lifecycle> lifecycles) {
        this.persisted = persisted;
        this.lifecycles = lifecycles;
    }

    void handle(HttpServerExchange exchange) {
        QueryParameters query = new QueryParameters(exchange);
        // memory does not know which messages are stuck
        query.word("read", PersistedReads.READ, PersistedReads.GLOBAL);
        String app = new String(query.app(), StandardCharsets.UTF_8);
        String missing = query.text("missing", EventLimits.EVENT_BYTES_MAX);
        Duration olderThan = query.duration("older_than");
        int limit = query.number("limit", MESSAGES_MAX, MESSAGES_USUAL);
        String cursor = query.text("cursor", CURSOR_BYTES_MAX);
        Lifecycle lifecycle = lifecycles.get(app);
        if (lifecycle == null && query.errors().isEmpty()) {
            new Problem(ProblemType.NO_LIFECYCLE,
                    "app \"" + app + "\" has no lifecycle, so nothing is"
                    + " expected of its messages: name its events in apps.\"" + app
                    + "\".lifecycle of the configuration").send(exchange);
            return;
        }
        if (lifecycle != null && missing != null && !lifecycle.events().contains(missing)) {
            query.errors().add(new FieldError("missing", "missing is \"" + missing + "\", which is"
                    + " not in the lifecycle of this app: give one of "
                    + String.join(", ", lifecycle.events()) + "; or leave it out for any"));
        }
        StuckRange range = new StuckRange(app, lifecycle, missing, olderThan);
        StuckRange.Place after = cursor == null
                ? StuckRange.Place.START : PageCursor.decode(range, cursor);
        if (after == null) {
            query.errors().add(new FieldError("cursor", "cursor is not one of this list: send"
                    + " next_cursor as it came, with the same app_id and missing"));
        }
        if (query.good()) {
            persisted.answer(exchange, reader -> {
                // one more tells whether there are more
                List<StuckMessage> found = reader.stuck(range, after, limit + 1);
                return json -> writePage(json, range, found, limit);
            });
        }
    }

    private static void writePage(JsonGenerator json, StuckRange range, List<StuckMessage> found,
            int limit) throws IOException {
        boolean more = found.size() > limit;
        List<StuckMessage> shown = more ? found.subList(0, limit) : found;
        json.writeStringField("app_id", range.app());
        json.writeArrayFieldStart("messages");
        for (StuckMessage message : shown) {
            json.writeStartObject();
            json.writeStringField("message_id", message.messageId());
            json.writeStringField("opened_at", Timestamps.format(message.openedAtMicros()));
            AnswerJson.writeTexts(json, "missing", message.missing());
            json.writeEndObject();
        }
        json.writeEndArray();
        if (more) {
            StuckMessage last = shown.get(limit - 1);
            json.writeStringField("next_cursor", PageCursor.encode(range,
                    new StuckRange.Place(last.openedAtMicros(), last.messageId())));
        }
    }
}
