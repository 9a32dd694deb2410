package io.ringtally.http;

import io.ringtally.event.EventBatch;
import io.ringtally.event.EventLimits;
import io.ringtally.event.FieldError;
import io.ringtally.event.NdjsonLine;
import io.ringtally.ring.Admission;
import io.undertow.server.HttpServerExchange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.xnio.XnioExecutor;
import org.xnio.channels.StreamSourceChannel;

/**
 * One body of lines that is counted while it arrives. What has come is parsed into the thread's
 * batch, a block of whole lines at a time, and offered at once: nothing is claimed between two
 * packets, so a slow client holds a buffer and nothing else. A block that is refused for one of its
 * items is offered again in halves until that item is alone; one that finds the ring full waits,
 * with the client, and is parsed again.
 *
 * <p>Threading: the I/O thread's of its request.
 */
final class EventStream {

    private static final int BUFFER_BYTES = 64 << 10;
    /** Bytes read before others have their turn. */
    private static final int TURN_BYTES = 256 << 10;
    private static final int BLOCK_EVENTS_MAX = 1 << 16;
    private static final int RETRY_MILLIS = 5;
    /** How long the ring may be full before the client is told. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final int TICK_MILLIS = 500;
    private static final Problem KEY_REVOKED = new Problem(ProblemType.UNAUTHORIZED,
            "the API key that this was begun with has been revoked meanwhile; send the rest with"
                    + " another one");

    private final PartialEvents.Parts parts;
    private final UnreadBody unread;
    private final HttpServerExchange exchange;
    private final PartialEvents.Request request;
    private final Grant grant;
    private final PartialReport report = new PartialReport();
    private final LineBuffer lines;
    private final int lineBytesMax;
    private StreamSourceChannel channel;
    private LineSource source;

    private final List<FieldError> errors = new ArrayList<>();

    /** Items and lines done with. */
    private int items;
    private int linesDone;

    // the block that is being read
    private final List<PartialReport.Rejected> bad = new ArrayList<>();
    private int blockEventsMax = BLOCK_EVENTS_MAX;
    private int blockItems;
    private int blockLines;
    private int blockEnd;

    /** Whether some of it has been taken. */
    private boolean begun;
    private boolean skipping;
    private boolean ended;
    private boolean answered;
    private long position;
    private long progressNanos = System.nanoTime();
    private long fullSinceNanos;
    private XnioExecutor.Key tick;

    EventStream(PartialEvents.Parts parts, UnreadBody unread, HttpServerExchange exchange,
            PartialEvents.Request request) {
        this.parts = parts;
        this.unread = unread;
        this.exchange = exchange;
        this.request = request;
        this.grant = parts.flow().grantOf(exchange);
        this.lineBytesMax = parts.settings().maxEventBytes();
        this.lines = new LineBuffer(bufferBytes(parts));
    }

    /** Memory such a stream takes, bytes. */
    static int memory(PartialEvents.Parts parts, PartialEvents.Request request) {
        return bufferBytes(parts) + LineSource.memory(request.gzip());
    }

    private static int bufferBytes(PartialEvents.Parts parts) {
        return Math.max(BUFFER_BYTES, 2 * parts.settings().maxEventBytes());
    }

    /** Begins to read; the exchange has been dispatched. */
    void start() {
        parts.open().enter();
        channel = exchange.getRequestChannel();
        source = new LineSource(channel, request.gzip());
        channel.getReadSetter().set(readable -> turn());
        tick();
        turn();
    }

    /** Reads and counts until nothing is there, the ring is full, or others have their turn. */
    private void turn() {
        if (answered) {
            return;
        }
        try {
            long limit = source.bytesRead() + TURN_BYTES;
            while (countLines() && !ended) {
                if (source.bytesRead() >= limit) {
                    channel.suspendReads();
                    exchange.getIoThread().execute(this::turn);
                    return;
                }
                int read = source.read(lines);
                if (read == 0) {
                    channel.resumeReads();
                    return;
                }
                ended = read < 0;
            }
        } catch (LineSource.BrokenGzipException broken) {
            stop(BodyReader.notGzip(broken), "the body is not gzip, or not all of it ("
                    + broken.getMessage() + ")");
        } catch (IOException gone) {
            exchange.setPersistent(false);
            stop(BodyReader.brokenOff(gone), "the body ended before it was complete");
        } catch (RuntimeException | Error unexpected) {
            done();
            PlainAnswers.defect(exchange, unexpected);
        }
    }

    /** Counts the whole lines there are; false if that has to wait, or all has been answered. */
    private boolean countLines() {
        EdgeContext context = parts.contexts().get();
        while (isAllowed() && nextBlock(context)) {
            int events = context.batch.count();
            Refusal refusal = events == 0 ? null : parts.flow().offer(exchange, context, !begun);
            if (refusal == null) {
                if (events > 0) {
                    begun = true;
                    position = Math.max(position, context.position);
                    report.taken(events, context.duplicates);
                }
                blockDone();
                blockEventsMax = Math.min(BLOCK_EVENTS_MAX, 2 * blockEventsMax);
            } else if (refusal.scope() == Refusal.Scope.ITEMS) {
                narrow(context, events, refusal);
            } else {
                if (refusal.scope() == Refusal.Scope.SERVICE || !waitsOn()) {
                    stop(refusal);
                }
                return false;
            }
            if (!answered && report.isFull()) {
                stop(new Problem(ProblemType.TOO_MANY_REJECTED, "the last of "
                        + PartialReport.REJECTED_MAX + " rejected items was reached: correct them,"
                        + " and send the rest again"));
            }
            if (answered) {
                return false;
            }
        }
        if (answered) {
            return false;
        }
        if (ended) {
            answer();
        } else if (source.bytesRead() > parts.settings().maxStreamBytes()) {
            stop(PartialEvents.tooLarge(parts.settings().maxStreamBytes()));
        }
        return !answered;
    }

    /** Whether its key is still in force; if not, this ends. */
    private boolean isAllowed() {
        if (!grant.holds()) {
            stop(KEY_REVOKED);
        }
        return !answered;
    }

    /** Tries fewer events at once, down to the one that is refused. */
    private void narrow(EdgeContext context, int events, Refusal refusal) {
        if (events > 1 || blockEventsMax > 1) {
            blockEventsMax = Math.max(1, events / 2);
            return;
        }
        // alone in its block, and the last of its items
        bad.add(new PartialReport.Rejected(blockItems - 1, blockLines, context.draft.id(),
                refusal.why()));
        blockDone();
    }

    /** Parses the next whole lines into the thread's batch; false if there are none. */
    private boolean nextBlock(EdgeContext context) {
        if (skipping && !skipped()) {
            return false;
        }
        EventBatch batch = context.batch;
        batch.begin(parts.clock().epochMicros());
        if (request.key() != null) {
            batch.identifyBy(request.key());
        }
        bad.clear();
        blockItems = items;
        blockLines = linesDone;
        int at = lines.from();
        int end;
        while (batch.count() < blockEventsMax && report.hasRoomFor(bad.size() + 1)
                && (end = lines.lineEnd(at, ended)) >= 0) {
            blockLines++;
            item(context, at, end - at);
            at = end + 1;
        }
        blockEnd = at;
        if (at == lines.from() && lines.isFull()) {
            report.reject(new PartialReport.Rejected(items, linesDone + 1, "", tooLong("more")));
            items++;
            skipping = true;
            lines.clear();
        }
        return blockEnd > lines.from();
    }

    private void item(EdgeContext context, int at, int length) {
        if (length > lineBytesMax) {
            bad.add(new PartialReport.Rejected(blockItems++, blockLines, "",
                    tooLong(String.valueOf(length))));
            return;
        }
        NdjsonLine line = context.parser.readLine(blockItems, blockLines, lines.bytes, at, length,
                context.draft, errors);
        if (line == NdjsonLine.EVENT && request.key() != null
                && blockItems >= EventLimits.KEY_ITEMS_MAX) {
            line = NdjsonLine.BAD;
            errors.add(new FieldError("", "an Idempotency-Key names " + EventLimits.KEY_ITEMS_MAX
                    + " items at most: send the rest under another one"));
        }
        if (line == NdjsonLine.EVENT) {
            context.batch.place(blockItems);
            context.batch.accept(context.draft);
        } else if (line == NdjsonLine.BAD) {
            String more = errors.size() > 1 ? " (and " + (errors.size() - 1) + " more)" : "";
            bad.add(new PartialReport.Rejected(blockItems, blockLines, context.draft.id(),
                    errors.get(0).reason() + more));
        }
        blockItems += line == NdjsonLine.BLANK ? 0 : 1;
    }

    private String tooLong(String bytes) {
        return "the line has " + bytes + " bytes, above the limit of " + lineBytesMax
                + ", http.max-event-bytes";
    }

    /** Drops what comes of a line that is too long; whether its end has come. */
    private boolean skipped() {
        int end = lines.lineEnd(lines.from(), false);
        if (end < 0) {
            lines.clear();
            return false;
        }
        lines.doneUpTo(end + 1);
        skipping = false;
        linesDone++;
        return true;
    }

    private void blockDone() {
        lines.doneUpTo(blockEnd);
        items = blockItems;
        linesDone = blockLines;
        bad.forEach(report::reject);
        progressNanos = System.nanoTime();
        fullSinceNanos = 0;
    }

    /** Whether to wait for room; then this goes on by itself, and nothing is read meanwhile. */
    private boolean waitsOn() {
        long now = System.nanoTime();
        if (fullSinceNanos == 0) {
            fullSinceNanos = now;
        } else if (now - fullSinceNanos > PATIENCE_NANOS) {
            return false;
        }
        channel.suspendReads();
        exchange.getIoThread().executeAfter(this::turn, RETRY_MILLIS, TimeUnit.MILLISECONDS);
        return true;
    }

    /** Looks whether this may go on; a client that sends nothing does not notice by itself. */
    private void tick() {
        tick = exchange.getIoThread().executeAfter(this::tick, TICK_MILLIS,
                TimeUnit.MILLISECONDS);
        long quiet = System.nanoTime() - progressNanos;
        if (parts.gate().now() == Admission.DRAINING) {
            stop(parts.flow().refusalBy(Admission.DRAINING));
        } else if (isAllowed() && fullSinceNanos == 0
                && quiet > TimeUnit.MILLISECONDS.toNanos(parts.requestTimeoutMillis())) {
            stop(new Problem(ProblemType.TOO_SLOW, "no whole line came within "
                    + parts.requestTimeoutMillis() + " ms, which is http.request-timeout"));
        }
    }

    private void stop(Problem problem) {
        stop(problem, problem.detail());
    }

    private void stop(Problem problem, String why) {
        stop(Refusal.invalid(problem, why));
    }

    private void stop(Refusal refusal) {
        report.stop(items, linesDone + 1, refusal);
        unread.drop(exchange);
        answer();
    }

    private void answer() {
        done();
        Refusal nothing = report.nothingCounted();
        if (nothing != null) {
            if (nothing.problem().type() == KEY_REVOKED.type()) {
                Guard.challenge(exchange);
            }
            parts.flow().refuse(exchange, nothing);
        } else {
            parts.flow().answer(exchange, request.level(), position, (taken, level) ->
                    JsonBody.sendOnce(taken, 202, report.toJson(level)));
        }
    }

    private void done() {
        answered = true;
        tick.remove();
        channel.suspendReads();
        channel.getReadSetter().set(null);
        source.close();
        parts.memory().free(memory(parts, request));
        parts.open().leave();
    }
}
