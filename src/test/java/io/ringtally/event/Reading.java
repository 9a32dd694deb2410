package io.ringtally.event;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What became of one body: the events read from it as lines of text, and the errors. */
record Reading(boolean good, List<String> events, List<FieldError> errors) {

    static Reading ofIncrement(String body) {
        return ofIncrement(utf8(body));
    }

    static Reading ofIncrement(byte[] body) {
        List<FieldError> errors = new ArrayList<>();
        EventDraft draft = new EventDraft();
        boolean good = new EventParser().readIncrement(body, 0, body.length, draft, errors);
        return of(good, draft, errors);
    }

    static Reading ofEvent(String body) {
        List<FieldError> errors = new ArrayList<>();
        EventDraft draft = new EventDraft();
        byte[] bytes = utf8(body);
        boolean good = new EventParser().readEvent(bytes, 0, bytes.length, draft, errors);
        return of(good, draft, errors);
    }

    static Reading ofBulk(String body) {
        List<FieldError> errors = new ArrayList<>();
        DraftLines lines = new DraftLines();
        byte[] bytes = utf8(body);
        boolean good = new EventParser().readBulk(bytes, 0, bytes.length, lines, errors);
        return new Reading(good, lines.lines, errors);
    }

    static Reading ofItems(String body) {
        return ofMany(body, new EventParser()::readItems);
    }

    static Reading ofLines(String body) {
        return ofMany(body, new EventParser()::readLines);
    }

    static Reading ofCloudEvents(String body) {
        return ofMany(body, new EventParser()::readCloudEvents);
    }

    static Reading ofMapped(Mapping mapping, boolean byLine, String body) {
        return ofMany(body, (bytes, offset, length, sink, errors) -> new EventParser()
                .readMapped(mapping, byLine, bytes, offset, length, sink, errors));
    }

    /** One of the parser's methods for many events. */
    interface Many {
        boolean read(byte[] body, int offset, int length, EventSink sink,
                List<FieldError> errors);
    }

    private static Reading ofMany(String body, Many reader) {
        List<FieldError> errors = new ArrayList<>();
        DraftLines lines = new DraftLines();
        byte[] bytes = utf8(body);
        boolean good = reader.read(bytes, 0, bytes.length, lines, errors);
        return new Reading(good, lines.lines, errors);
    }

    static Reading of(boolean good, EventDraft draft, List<FieldError> errors) {
        return new Reading(good, List.of(line(draft)), errors);
    }

    /** The fields of all errors, in their order. */
    List<String> fields() {
        return errors.stream().map(FieldError::field).toList();
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** app/message/event/id=value@micros; what was not sent is empty. */
    static String line(EventDraft draft) {
        return text(draft.appBytes, draft.appOffset, draft.appLength)
                + '/' + text(draft.messageBytes, draft.messageOffset, draft.messageLength)
                + '/' + text(draft.eventBytes, draft.eventOffset, draft.eventLength)
                + '/' + text(draft.idBytes, draft.idOffset, draft.idLength)
                + '=' + draft.value
                + '@' + (draft.createdAtGiven ? draft.createdAtMicros : "");
    }

    private static String text(byte[] bytes, int offset, int length) {
        return new String(bytes, offset, length, StandardCharsets.UTF_8);
    }

    /** A sink that copies, as it should. */
    static final class DraftLines implements EventSink {
        final List<String> lines = new ArrayList<>();

        @Override
        public void accept(EventDraft draft) {
            lines.add(line(draft));
        }

        @Override
        public void reset() {
            lines.clear();
        }
    }
}
