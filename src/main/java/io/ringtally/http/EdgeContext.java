package io.ringtally.http;

import io.ringtally.dedupe.Reservation;
import io.ringtally.event.EventBatch;
import io.ringtally.event.EventDraft;
import io.ringtally.event.EventParser;
import io.ringtally.event.FieldError;
import io.ringtally.metrics.LatencyWriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What one I/O thread needs to take a request in: its parser, its batch, its read buffer.
 *
 * <p>Threading: one I/O thread's; nothing of it survives the call that uses it.
 */
final class EdgeContext {

    final EventParser parser = new EventParser();
    final EventDraft draft = new EventDraft();
    final EventBatch batch;
    final Reservation ids;
    final List<FieldError> errors = new ArrayList<>();
    final byte[] body;
    final ByteBuffer bodyBuffer;
    /** How long its requests took. */
    final LatencyWriter requests;
    /** Up to where the log has the batch offered last. */
    long position;
    /** How many of its events had been counted before. */
    int duplicates;

    EdgeContext(long hashSeed, Reservation ids, int bodyBytes, LatencyWriter requests) {
        batch = new EventBatch(hashSeed);
        this.ids = ids;
        body = new byte[bodyBytes];
        bodyBuffer = ByteBuffer.wrap(body);
        this.requests = requests;
    }
}
