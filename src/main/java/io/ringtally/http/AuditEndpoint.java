package io.ringtally.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.ringtally.audit.Audit;
import io.ringtally.audit.AuditReport;
import io.ringtally.persist.CheckpointRow;
import io.ringtally.persist.LedgerSnapshot;
import io.ringtally.persist.LedgerUnavailableException;
import io.ringtally.tally.Amount;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * {@code GET /v1/audit}: makes an audit and shows it.
 *
 * <p>Threading: on a worker thread of the admin listener; it waits for Postgres.
 */
final class AuditEndpoint implements HttpHandler {

    private static final int RETRY_SECONDS = 1;

    private final Supplier<Audit> audit;

    AuditEndpoint(Supplier<Audit> audit) {
        this.audit = audit;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) {
        try {
            answer(exchange);
        } catch (RuntimeException | Error unexpected) {
            PlainAnswers.defect(exchange, unexpected);
        }
    }

    private void answer(HttpServerExchange exchange) {
        Audit ready = audit.get();
        if (ready == null) {
            later(exchange, ProblemType.STARTING,
                    "counters are being read back, ask again in a second");
            return;
        }
        try {
            Optional<AuditReport> report = ready.tryRun();
            if (report.isEmpty()) {
                later(exchange, ProblemType.AUDIT_RUNNING,
                        "another audit is under way, and one is made at a time; ask again");
            } else {
                JsonBody.sendOnce(exchange, 200,
                        AnswerJson.object(json -> write(json, report.get())));
            }
        } catch (LedgerUnavailableException unknown) {
            later(exchange, ProblemType.AUDIT_IMPOSSIBLE, unknown.getMessage());
        }
    }

    private static void later(HttpServerExchange exchange, ProblemType type, String detail) {
        exchange.getResponseHeaders().put(Headers.RETRY_AFTER, RETRY_SECONDS);
        new Problem(type, detail).send(exchange);
    }

    private static void write(JsonGenerator json, AuditReport report) throws IOException {
        json.writeBooleanField("balanced", report.balanced());
        json.writeArrayFieldStart("findings");
        for (String finding : report.findings()) {
            json.writeString(finding);
        }
        json.writeEndArray();
        json.writeNumberField("took_ms", report.tookMillis());
        writeLog(json, report.log());
        writeLedger(json, report.ledger());
    }

    private static void writeLog(JsonGenerator json, AuditReport.LogBooks log)
            throws IOException {
        json.writeObjectFieldStart("log");
        json.writeStringField("uuid", log.uuid().toString());
        json.writeNumberField("position", log.position().number());
        write(json, "accepted", log.accepted());
        write(json, "folded", log.folded());
        write(json, "in_flight", log.inFlight());
        json.writeNumberField("deduplicated", log.deduplicated());
        json.writeEndObject();
    }

    private static void writeLedger(JsonGenerator json, LedgerSnapshot ledger)
            throws IOException {
        json.writeObjectFieldStart("ledger");
        write(json, "accepted", ledger.accepted());
        write(json, "persisted", ledger.counted());
        write(json, "dead_lettered", ledger.deadLettered());
        write(json, "booked_out", ledger.bookedOut());
        json.writeBooleanField("balanced", ledger.balanced());
        json.writeArrayFieldStart("checkpoints");
        for (CheckpointRow row : ledger.checkpoints()) {
            json.writeStartObject();
            json.writeStringField("log", row.log().toString());
            json.writeNumberField("epoch", row.epoch());
            json.writeNumberField("position", row.position().number());
            json.writeNumberField("events", row.folded().events());
            json.writeNumberField("sum", row.folded().sum());
            json.writeStringField("updated_at", row.updatedAt().toString());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, String field, Amount amount)
            throws IOException {
        json.writeObjectFieldStart(field);
        json.writeNumberField("events", amount.events());
        json.writeNumberField("sum", amount.sum());
        json.writeEndObject();
    }
}
