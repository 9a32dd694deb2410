package io.ringtally.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.ringtally.event.Lifecycle;
import io.ringtally.event.Timestamps;
import io.ringtally.tally.CounterSnapshot;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/**
 * Counters, messages and reports as JSON.
 *
 * <p>Threading: stateless.
 */
final class AnswerJson {

    private static final JsonFactory JSON = new JsonFactory();

    private AnswerJson() {
    }

    static void writeCounter(JsonGenerator json, CounterSnapshot counter) throws IOException {
        json.writeStringField("app_id", counter.appId());
        json.writeStringField("message_id", counter.messageId());
        writeCounts(json, counter);
    }

    /** Counters of any messages, under the name {@code counters}. */
    static void writeCounters(JsonGenerator json, List<CounterSnapshot> counters)
            throws IOException {
        writeCounters(json, "counters", counters);
    }

    /** Counters of any messages. */
    static void writeCounters(JsonGenerator json, String name, List<CounterSnapshot> counters)
            throws IOException {
        json.writeArrayFieldStart(name);
        for (CounterSnapshot counter : counters) {
            json.writeStartObject();
            writeCounter(json, counter);
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    /**
     * A message: its counters, at least one, in the order of their first events, and what of its
     * app's lifecycle is missing.
     *
     * @param lifecycles by app id; where there is none, nothing is missing
     */
    static void writeMessage(JsonGenerator json, List<CounterSnapshot> counters,
            Map<String, Lifecycle> lifecycles) throws IOException {
        json.writeStringField("app_id", counters.get(0).appId());
        json.writeStringField("message_id", counters.get(0).messageId());
        json.writeArrayFieldStart("counters");
        for (CounterSnapshot counter : counters) {
            json.writeStartObject();
            writeCounts(json, counter);
            json.writeEndObject();
        }
        json.writeEndArray();
        Lifecycle lifecycle = lifecycles.get(counters.get(0).appId());
        if (lifecycle != null) {
            writeTexts(json, "lifecycle", lifecycle.events());
        }
        writeTexts(json, "missing", lifecycle == null ? List.of()
                : lifecycle.missing(counters.stream().map(CounterSnapshot::event).toList()));
    }

    static void writeTexts(JsonGenerator json, String name, List<String> texts)
            throws IOException {
        json.writeArrayFieldStart(name);
        for (String text : texts) {
            json.writeString(text);
        }
        json.writeEndArray();
    }

    private static void writeCounts(JsonGenerator json, CounterSnapshot counter)
            throws IOException {
        json.writeStringField("event", counter.event());
        json.writeNumberField("total", counter.total());
        json.writeNumberField("events", counter.events());
        json.writeStringField("first_at", Timestamps.format(counter.firstAtMicros()));
        json.writeStringField("last_at", Timestamps.format(counter.lastAtMicros()));
    }

    /** What writes the fields of an object. */
    interface Fields {

        void write(JsonGenerator json) throws IOException;
    }

    static byte[] object(Fields fields) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            fields.write(json);
            json.writeEndObject();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }
}
