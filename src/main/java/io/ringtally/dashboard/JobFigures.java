package io.ringtally.dashboard;

import com.fasterxml.jackson.core.JsonGenerator;
import io.ringtally.time.WorkProgress;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The jobs as the page has them: whatever work the service names, whether it is under way, and what
 * its last run came to.
 *
 * <p>Threading: one thread's.
 */
final class JobFigures {

    private static final int MESSAGE_CHARS_MAX = 300;

    private final Supplier<List<WorkProgress>> jobs;

    JobFigures(Supplier<List<WorkProgress>> jobs) {
        this.jobs = jobs;
    }

    /** Writes them as an array under the name {@code jobs}. */
    void write(JsonGenerator json) throws IOException {
        json.writeArrayFieldStart("jobs");
        for (WorkProgress job : jobs.get()) {
            json.writeStartObject();
            json.writeStringField("job", job.what());
            json.writeStringField("unit", job.unit());
            json.writeNumberField("runs", job.runs());
            if (job.isUnderWay()) {
                writeNow(json, job);
            }
            writePast(json, job);
            if (job.nextMicros() > 0) {
                json.writeNumberField("next_at", job.nextMicros() / 1_000);
            }
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void writeNow(JsonGenerator json, WorkProgress job) throws IOException {
        json.writeObjectFieldStart("now");
        json.writeNumberField("done", job.done());
        json.writeNumberField("expected", job.expected());
        json.writeNumberField("elapsed_ms", TimeUnit.NANOSECONDS.toMillis(job.elapsedNanos()));
        long left = job.leftMillis();
        if (left != WorkProgress.UNKNOWN) {
            json.writeNumberField("left_ms", left);
        }
        json.writeBooleanField("troubled", job.isTroubled());
        json.writeEndObject();
    }

    private static void writePast(JsonGenerator json, WorkProgress job) throws IOException {
        WorkProgress.Run last = job.last();
        if (last != null) {
            json.writeObjectFieldStart("last");
            json.writeNumberField("begun_at", last.begunMicros() / 1_000);
            json.writeNumberField("took_ms", TimeUnit.NANOSECONDS.toMicros(last.tookNanos())
                    / 1_000.0);
            json.writeNumberField("done", last.done());
            json.writeBooleanField("failed", last.failed());
            json.writeEndObject();
        }
        WorkProgress.Trouble trouble = job.lastTrouble();
        if (trouble != null) {
            json.writeObjectFieldStart("error");
            json.writeNumberField("at", trouble.atMicros() / 1_000);
            String message = trouble.message();
            json.writeStringField("message", message.length() <= MESSAGE_CHARS_MAX ? message
                    : message.substring(0, MESSAGE_CHARS_MAX) + "...");
            json.writeEndObject();
        }
    }
}
