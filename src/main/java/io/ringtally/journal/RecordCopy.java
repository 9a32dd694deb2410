package io.ringtally.journal;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Writes records that a recovery has found into the body. Here a batch may lie in several blocks:
 * they come into force together.
 *
 * <p>Threading: none.
 */
final class RecordCopy implements RecordVisitor {

    private final Body body;

    RecordCopy(Body body) {
        this.body = body;
    }

    @Override
    public void record(LogRecord record, ByteBuffer bytes, int at) throws IOException {
        switch (record.type()) {
            case RecordType.CUT -> body.addCut();
            case RecordType.GAP -> body.addGap(bytes.getLong(at));
            default -> {
                int length = BodyLayout.RECORD_HEADER_BYTES + record.length();
                body.begin(length);
                body.add(record.type(), record.eventCount(), record.batchIndex(),
                        record.batchSlots());
                body.events(record.eventCount(), bytes, at, record.length());
            }
        }
    }
}
