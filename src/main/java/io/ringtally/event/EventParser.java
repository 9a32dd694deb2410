package io.ringtally.event;

import java.util.List;
import java.util.Map;

/**
 * Reads request bodies into drafts, or into a list of all that is wrong with them.
 *
 * <p>Every method empties the given list first and returns whether the body is good. If it is not,
 * the list has at least one error, at most {@value FieldErrors#LISTED_MAX} and then one that says
 * how many more there are; the draft is cleared. No body whatsoever makes these methods throw.
 *
 * <p>A draft points into the body, or into arrays of this parser that last until its next call.
 * Reading JSON of the ordinary form allocates nothing.
 *
 * <p>Threading: one I/O thread's.
 */
public final class EventParser {

    private final FieldErrors found = new FieldErrors();
    private final EventScanner scanner = new EventScanner();
    private final StrictEventJson strict = new StrictEventJson(found);
    private final MappedJson mapped = new MappedJson(found);
    private final EventForm form = new EventForm(found);
    private final EventDraft element = new EventDraft();

    /**
     * Reads {@code {"key":"k","value":1}}, with an optional {@code id}: the event of app
     * {@code ""} named {@code increment} whose message is the key.
     */
    public boolean readIncrement(
            byte[] body, int offset, int length, EventDraft draft, List<FieldError> errors) {
        found.open(errors);
        return scanner.one(Shape.INCREMENT, body, offset, length, draft)
                || closed(strict.one(Shape.INCREMENT, body, offset, length, draft), draft);
    }

    /**
     * Reads {@code {"app_id":"a","message_id":"m","event":"e"}}, with optional {@code created_at},
     * {@code value} (1 if absent) and {@code id}.
     */
    public boolean readEvent(
            byte[] body, int offset, int length, EventDraft draft, List<FieldError> errors) {
        found.open(errors);
        return scanner.one(Shape.EVENT, body, offset, length, draft)
                || closed(strict.one(Shape.EVENT, body, offset, length, draft), draft);
    }

    /**
     * Reads {@code {"events":[...]}} with events as in {@link #readEvent}, all or none: if the
     * body is not good the sink was reset last. The array may be empty.
     */
    public boolean readBulk(
            byte[] body, int offset, int length, EventSink sink, List<FieldError> errors) {
        found.open(errors);
        if (scanner.bulk(body, offset, length, element, sink)) {
            return true;
        }
        sink.reset();
        boolean good = closed(strict.bulk(body, offset, length, element, sink), element);
        if (!good) {
            sink.reset();
        }
        return good;
    }

    /**
     * Reads one event as in {@link #readEvent}, or an array of them, all or none: if the body is
     * not good the sink was reset last. The array may be empty.
     */
    public boolean readItems(
            byte[] body, int offset, int length, EventSink sink, List<FieldError> errors) {
        found.open(errors);
        if (scanner.items(body, offset, length, element, sink)) {
            return true;
        }
        sink.reset();
        boolean good = closed(
                strict.items(Shape.EVENT, body, offset, length, element, sink), element);
        if (!good) {
            sink.reset();
        }
        return good;
    }

    /**
     * Reads a CloudEvent 1.0 in structured mode, or an array of them (batched mode), all or none:
     * {@code source} is the app, {@code subject} the message, {@code type} the event, {@code time}
     * its {@code created_at}, {@code data.value} the value (1 if there is none).
     */
    public boolean readCloudEvents(
            byte[] body, int offset, int length, EventSink sink, List<FieldError> errors) {
        found.open(errors);
        boolean good = closed(
                strict.items(Shape.CLOUD_EVENT, body, offset, length, element, sink), element);
        if (!good) {
            sink.reset();
        }
        return good;
    }

    /**
     * Reads a CloudEvent 1.0 in binary mode.
     *
     * @param attributes what its headers say, by their names without {@code ce-}, decoded
     * @param json whether its data is JSON
     */
    public boolean readCloudEvent(Map<String, byte[]> attributes, boolean json, byte[] body,
            int offset, int length, EventDraft draft, List<FieldError> errors) {
        found.open(errors);
        return closed(strict.cloudEvent(attributes, json, body, offset, length, draft), draft);
    }

    /**
     * Reads an event a line (NDJSON), all or none: if the body is not good the sink was reset last.
     * Blank lines are passed over, the last line may lack its end.
     */
    public boolean readLines(
            byte[] body, int offset, int length, EventSink sink, List<FieldError> errors) {
        found.open(errors);
        int end = offset + length;
        int index = 0;
        int number = 1;
        for (int at = offset; at < end; number++) {
            int lineEnd = lineEnd(body, at, end);
            NdjsonLine line = line(index, number, body, at, lineEnd - at, element);
            if (line == NdjsonLine.EVENT && found.isEmpty()) {
                sink.accept(element);
            }
            index += line == NdjsonLine.BLANK ? 0 : 1;
            at = lineEnd + 1;
        }
        boolean good = closed(found.isEmpty(), element);
        if (!good) {
            sink.reset();
        }
        return good;
    }

    /**
     * Reads records of another make, all or none: if the body is not good the sink was reset last.
     *
     * @param mapping how they become events
     * @param lines whether there is one a line (NDJSON); else it is one, or an array
     */
    public boolean readMapped(Mapping mapping, boolean lines, byte[] body, int offset, int length,
            EventSink sink, List<FieldError> errors) {
        found.open(errors);
        boolean good = closed(lines ? mapped.lines(mapping, body, offset, length, element, sink)
                : mapped.items(mapping, body, offset, length, element, sink), element);
        if (!good) {
            sink.reset();
        }
        return good;
    }

    /**
     * Reads one line of NDJSON, without its end. Unlike elsewhere, the draft of a bad one keeps
     * what could be read, such as its id.
     *
     * @param index which item of its body it is, from 0: blank lines are none
     * @param number which line of its body it is, from 1
     */
    public NdjsonLine readLine(int index, int number, byte[] body, int offset, int length,
            EventDraft draft, List<FieldError> errors) {
        found.open(errors);
        NdjsonLine line = line(index, number, body, offset, length, draft);
        found.close();
        return line;
    }

    private NdjsonLine line(int index, int number, byte[] body, int offset, int length,
            EventDraft draft) {
        if (scanner.one(Shape.EVENT, body, offset, length, draft)) {
            return NdjsonLine.EVENT;
        }
        draft.clear();
        if (EventScanner.isBlank(body, offset, offset + length)) {
            return NdjsonLine.BLANK;
        }
        return strict.line(index, number, body, offset, length, draft)
                ? NdjsonLine.EVENT : NdjsonLine.BAD;
    }

    /** Index of the next line feed, or {@code end} if there is none before it. */
    public static int lineEnd(byte[] body, int from, int end) {
        return EventScanner.lineEnd(body, from, end);
    }

    /** Reads an increment as {@code application/x-www-form-urlencoded}: {@code key=k&value=1}. */
    public boolean readIncrementForm(
            byte[] body, int offset, int length, EventDraft draft, List<FieldError> errors) {
        found.open(errors);
        return closed(form.urlEncoded(body, offset, length, draft), draft);
    }

    /**
     * Reads an increment from fields already taken apart, such as the parts of a multipart body:
     * every name with the contents that came under it.
     */
    public boolean readIncrementFields(
            Map<String, List<byte[]>> fields, EventDraft draft, List<FieldError> errors) {
        found.open(errors);
        return closed(form.fields(fields, draft), draft);
    }

    private boolean closed(boolean good, EventDraft draft) {
        if (!good) {
            draft.clear();
        }
        found.close();
        return good;
    }
}
