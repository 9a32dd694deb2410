package io.ringtally.inspect;

import io.ringtally.event.Change;
import io.ringtally.event.ChangeLayout;
import io.ringtally.journal.BodyLayout;
import io.ringtally.journal.RecordType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * One record, in the body or the head.
 *
 * <p>Threading: none; a reader has one and moves it.
 */
final class LogEntry {

    ByteBuffer memory;
    long position;
    byte type;
    int eventCount;
    /** Place of its bytes in the memory, after any header, and their number. */
    int at;
    int length;
    int batchIndex;
    int batchSlots;
    private final LoggedEvent event = new LoggedEvent();

    /** Shown each record in turn. */
    interface Visitor {

        void entry(LogEntry entry) throws IOException;
    }

    /** Takes each event of a record. */
    interface Events {

        void event(LoggedEvent event) throws IOException;
    }

    /** How many positions it takes. */
    long positions() {
        return type == RecordType.GAP ? memory.getLong(at) : 1;
    }

    /** What is wrong with it as a record of the body, or null. */
    String fault() {
        return fault(BodyLayout.CUT_BYTES, BodyLayout.GAP_BYTES);
    }

    /** What is wrong with it as a slot of the head, where a CUT is empty, or null. */
    String faultInHead() {
        return fault(0, -1);
    }

    private String fault(int cutBytes, int gapBytes) {
        int wanted = switch (type) {
            case RecordType.EVENTS, RecordType.CHANGE -> length;
            case RecordType.CUT -> cutBytes;
            case RecordType.VOID -> 0;
            case RecordType.GAP -> gapBytes;
            default -> -1;
        };
        if (wanted < 0) {
            return "the record at position " + position + " has the type " + type
                    + ", which does not belong there";
        }
        if (length != wanted) {
            return "the " + RecordType.nameOf(type) + " at position " + position + " has "
                    + length + " bytes, not " + wanted;
        }
        if (type == RecordType.GAP && positions() < 1) {
            return "the GAP at position " + position + " takes " + positions() + " positions";
        }
        if (batchSlots < 1 || batchIndex < 0 || batchIndex >= batchSlots) {
            return "the record at position " + position + " is number " + batchIndex + " of "
                    + batchSlots + " of its request";
        }
        return type == RecordType.EVENTS ? eventsFault()
                : type == RecordType.CHANGE ? changesFault() : null;
    }

    private String changesFault() {
        try {
            changes();
            return eventCount == 0 ? null : "the CHANGE at position " + position + " counts "
                    + eventCount + " events";
        } catch (IllegalArgumentException unreadable) {
            return unreadable.getMessage() + ", at position " + position;
        }
    }

    /** The changes of a record without fault. */
    List<Change> changes() {
        return type == RecordType.CHANGE ? ChangeLayout.decode(memory, at, length) : List.of();
    }

    private String eventsFault() {
        int place = at;
        int end = at + length;
        for (int left = eventCount; left > 0; left--) {
            event.at(memory, place, position);
            String fault = event.fault(end - place);
            if (fault != null) {
                return fault + ", at position " + position;
            }
            place += event.size();
        }
        return eventCount > 0 && place == end ? null : "the events at position " + position
                + " do not fill their record";
    }

    /** Shows the events of a record without fault. */
    void events(Events visitor) throws IOException {
        if (type != RecordType.EVENTS) {
            return;
        }
        int place = at;
        for (int left = eventCount; left > 0; left--) {
            visitor.event(event.at(memory, place, position));
            place += event.size();
        }
    }
}
