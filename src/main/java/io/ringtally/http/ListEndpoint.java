package io.ringtally.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.ringtally.event.EventLimits;
import io.ringtally.event.FieldError;
import io.ringtally.persist.CounterRange;
import io.ringtally.query.PageCursor;
import io.ringtally.tally.CounterSnapshot;
import io.undertow.server.HttpServerExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * {@code GET /v1/counters?prefix=} and {@code ?top=}: counters of an app in order, page by page, or
 * the greatest of them; from Postgres.
 *
 * <p>Threading: called on the exchange's I/O thread.
 */
final class ListEndpoint {

    static final int COUNTERS_MAX = 1_000;

    private static final int COUNTERS_USUAL = 100;
    /** A cursor of the longest ids: base64 of 9 bytes more than they have. */
    private static final int CURSOR_BYTES_MAX = 600;

    private final PersistedReads persisted;

    ListEndpoint(PersistedReads persisted) {
        this.persisted = persisted;
    }

    void handle(HttpServerExchange exchange) {
        QueryParameters query = new QueryParameters(exchange);
        // there is no list in memory
        query.word("read", PersistedReads.READ, PersistedReads.GLOBAL);
        String prefix = query.text("prefix", EventLimits.MESSAGE_BYTES_MAX);
        byte[] event = query.event();
        CounterRange range = new CounterRange(new String(query.app(), StandardCharsets.UTF_8),
                event == null ? null : new String(event, StandardCharsets.UTF_8),
                prefix == null ? "" : prefix);
        if (query.has("top")) {
            top(exchange, query, range);
        } else {
            page(exchange, query, range);
        }
    }

    private void top(HttpServerExchange exchange, QueryParameters query, CounterRange range) {
        int count = query.number("top", COUNTERS_MAX, 1);
        for (String other : List.of("limit", "cursor")) {
            if (query.has(other)) {
                query.errors().add(new FieldError(other, other + " does not go with top, which has"
                        + " one page: leave it out"));
            }
        }
        if (query.good()) {
            persisted.answer(exchange, reader -> {
                List<CounterSnapshot> found = reader.top(range, count);
                return json -> AnswerJson.writeCounters(json, found);
            });
        }
    }

    private void page(HttpServerExchange exchange, QueryParameters query, CounterRange range) {
        int limit = query.number("limit", COUNTERS_MAX, COUNTERS_USUAL);
        String cursor = query.text("cursor", CURSOR_BYTES_MAX);
        CounterRange.Place after = cursor == null ? null : PageCursor.decode(range, cursor);
        if (cursor != null && after == null) {
            query.errors().add(new FieldError("cursor", "cursor is not one of this list: send"
                    + " next_cursor as it came, with the same prefix, app_id and event"));
        }
        if (query.good()) {
            persisted.answer(exchange, reader -> {
                // one more tells whether there are more
                List<CounterSnapshot> found = reader.page(range, after, limit + 1);
                return json -> writePage(json, range, found, limit);
            });
        }
    }

    private static void writePage(JsonGenerator json, CounterRange range,
            List<CounterSnapshot> found, int limit) throws IOException {
        boolean more = found.size() > limit;
        List<CounterSnapshot> shown = more ? found.subList(0, limit) : found;
        AnswerJson.writeCounters(json, shown);
        if (more) {
            CounterSnapshot last = shown.get(limit - 1);
            json.writeStringField("next_cursor", PageCursor.encode(range,
                    new CounterRange.Place(last.messageId(), last.event())));
        }
    }
}
