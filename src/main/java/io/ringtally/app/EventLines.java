package io.ringtally.app;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.ringtally.event.Change;
import io.ringtally.event.Timestamps;
import io.ringtally.inspect.EventVisitor;
import io.ringtally.inspect.LoggedEvent;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;

/**
 * Writes events as lines of JSON, with the names that the HTTP interface takes them under.
 *
 * <p>Threading: none.
 */
final class EventLines implements EventVisitor, Closeable {

    private static final long PROGRESS_EVENTS = 5_000_000;

    private final JsonGenerator json;
    private long events;
    private long lost;

    EventLines(OutputStream out) throws IOException {
        json = new JsonFactory().createGenerator(out);
        json.setRootValueSeparator(null);
    }

    @Override
    public void event(LoggedEvent event) throws IOException {
        json.writeStartObject();
        json.writeNumberField("position", event.position());
        json.writeStringField("app_id", event.appId());
        json.writeStringField("message_id", event.messageId());
        json.writeStringField("event", event.event());
        String id = event.id();
        if (!id.isEmpty()) {
            json.writeStringField("id", id);
        }
        json.writeNumberField("value", event.value());
        json.writeStringField("created_at", Timestamps.format(event.createdAtMicros()));
        json.writeStringField("accepted_at", Timestamps.format(event.acceptedAtMicros()));
        json.writeEndObject();
        json.writeRaw('\n');
        events++;
        if (events % PROGRESS_EVENTS == 0) {
            System.err.println("ringtally: " + events + " events exported so far, up to position "
                    + event.position());
        }
    }

    /** In an object of its own: nobody who counts these lines again takes it for an event. */
    @Override
    public void change(long position, Change change) throws IOException {
        json.writeStartObject();
        json.writeNumberField("position", position);
        json.writeObjectFieldStart("change");
        json.writeStringField("kind", change.word());
        json.writeStringField("app_id", change.appId());
        json.writeStringField("message_id", change.messageId());
        json.writeStringField("event", change.event());
        json.writeNumberField("total", change.total());
        json.writeStringField("condition", change.condition().name().toLowerCase(Locale.ROOT));
        json.writeStringField("who", change.who());
        json.writeStringField("asked_at", Timestamps.format(change.askedAtMicros()));
        json.writeEndObject();
        json.writeEndObject();
        json.writeRaw('\n');
    }

    @Override
    public void lost(long from, long to) {
        lost += to - from + 1;
        System.err.println("ringtally: positions " + from + " to " + to + " cannot be read; going"
                + " on after them");
    }

    void flush() throws IOException {
        json.flush();
    }

    long events() {
        return events;
    }

    /** Positions that could not be read. */
    long lostPositions() {
        return lost;
    }

    @Override
    public void close() throws IOException {
        json.close();
    }
}
