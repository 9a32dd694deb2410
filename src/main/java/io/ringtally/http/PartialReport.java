package io.ringtally.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.ringtally.event.FieldError;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What became of the items of a body that is taken in parts.
 *
 * <p>Threading: the I/O thread's of its request.
 */
final class PartialReport {

    /** With so many rejected items the rest is not looked at: each one that is has its line. */
    static final int REJECTED_MAX = 256;

    private final List<Rejected> rejected = new ArrayList<>();
    private long accepted;
    private long duplicates;
    private Stop stop;

    /**
     * An item that is not counted and never will be as it is.
     *
     * @param index which item of the body, from 0
     * @param line which line of it, from 1
     * @param id its id, empty if it has none or none could be read
     * @param reason what is wrong with it
     */
    record Rejected(int index, int line, String id, String reason) {
    }

    /** Where and why the rest of the body was not looked at. */
    private record Stop(int index, int line, Refusal refusal) {
    }

    void taken(int events, int counted) {
        accepted += events - counted;
        duplicates += counted;
    }

    void reject(Rejected item) {
        rejected.add(item);
    }

    boolean hasRoomFor(int more) {
        return rejected.size() + more <= REJECTED_MAX;
    }

    boolean isFull() {
        return !hasRoomFor(1);
    }

    /** The item of this index, and all behind it, are not looked at. */
    void stop(int index, int line, Refusal refusal) {
        stop = new Stop(index, line, refusal);
    }

    /** Why nothing was counted at all; null if something was, or there was nothing to count. */
    Refusal nothingCounted() {
        if (accepted + duplicates > 0 || stop == null && rejected.isEmpty()) {
            return null;
        }
        List<FieldError> errors = new ArrayList<>();
        for (Rejected item : rejected) {
            errors.add(new FieldError("[" + item.index + "]", item.reason));
        }
        if (stop != null) {
            return stop.refusal.with(errors);
        }
        return Refusal.invalid(new Problem(ProblemType.INVALID_REQUEST, rejected.size() == 1
                ? "the only item is rejected, nothing was counted"
                : "all " + rejected.size() + " items are rejected, nothing was counted", errors),
                "");
    }

    byte[] toJson(AckLevel reached) {
        return AnswerJson.object(json -> {
            json.writeNumberField("accepted", accepted);
            json.writeNumberField("duplicates", duplicates);
            json.writeArrayFieldStart("rejected");
            for (Rejected item : rejected) {
                write(json, item);
            }
            json.writeEndArray();
            if (stop != null) {
                write(json, stop);
            }
            json.writeStringField("ack", reached.word());
        });
    }

    private static void write(JsonGenerator json, Rejected item) throws IOException {
        json.writeStartObject();
        json.writeNumberField("index", item.index);
        json.writeNumberField("line", item.line);
        if (!item.id.isEmpty()) {
            json.writeStringField("id", item.id);
        }
        json.writeStringField("reason", item.reason);
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, Stop stop) throws IOException {
        Problem problem = stop.refusal.problem();
        json.writeObjectFieldStart("stopped");
        json.writeNumberField("index", stop.index);
        json.writeNumberField("line", stop.line);
        json.writeStringField("type", problem.type().uri);
        json.writeStringField("detail", stop.refusal.why());
        if (stop.refusal.retryAfterSeconds() > 0) {
            json.writeNumberField("retry_after_s", stop.refusal.retryAfterSeconds());
        }
        json.writeEndObject();
    }
}
