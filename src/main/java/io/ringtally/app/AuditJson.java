package io.ringtally.app;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.ringtally.audit.AuditReport;
import io.ringtally.journal.LogPosition;
import io.ringtally.persist.CheckpointRow;
import io.ringtally.persist.LedgerSnapshot;
import io.ringtally.tally.Amount;
import java.io.IOException;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Reads an audit from the answer of {@code GET /v1/audit}. Fields this version does not know are
 * passed over.
 *
 * <p>Threading: stateless.
 */
final class AuditJson {

    private static final JsonFactory JSON = new JsonFactory();

    private AuditJson() {
    }

    /**
     * Reads an audit.
     *
     * @throws IOException if the text is no JSON object with what an audit has; the message says
     *     what is missing
     */
    static AuditReport read(String text) throws IOException {
        Map<String, String> values = flat(text);
        List<String> findings = list(values, "findings", "");
        if (!need(values, "balanced").equals(String.valueOf(findings.isEmpty()))) {
            throw new IOException("balanced is " + values.get("balanced") + " with "
                    + findings.size() + " findings");
        }
        AuditReport.LogBooks log = new AuditReport.LogBooks(
                UUID.fromString(need(values, "log.uuid")),
                new LogPosition(number(values, "log.position").longValueExact()),
                amount(values, "log.accepted"), amount(values, "log.folded"),
                number(values, "log.deduplicated").longValueExact());
        LedgerSnapshot ledger = new LedgerSnapshot(amount(values, "ledger.accepted"),
                amount(values, "ledger.persisted"), amount(values, "ledger.dead_lettered"),
                amount(values, "ledger.booked_out"),
                Boolean.parseBoolean(need(values, "ledger.balanced")), checkpoints(values));
        return new AuditReport(log, ledger, findings,
                number(values, "took_ms").longValueExact());
    }

    private static List<CheckpointRow> checkpoints(Map<String, String> values)
            throws IOException {
        List<CheckpointRow> rows = new ArrayList<>();
        int count = list(values, "ledger.checkpoints", ".log").size();
        for (int i = 0; i < count; i++) {
            String row = "ledger.checkpoints[" + i + "]";
            rows.add(new CheckpointRow(UUID.fromString(need(values, row + ".log")),
                    number(values, row + ".epoch").longValueExact(),
                    new LogPosition(number(values, row + ".position").longValueExact()),
                    amount(values, row), Instant.parse(need(values, row + ".updated_at"))));
        }
        return rows;
    }

    private static List<String> list(Map<String, String> values, String array, String field) {
        List<String> found = new ArrayList<>();
        String value;
        while ((value = values.get(array + "[" + found.size() + "]" + field)) != null) {
            found.add(value);
        }
        return List.copyOf(found);
    }

    private static Amount amount(Map<String, String> values, String path) throws IOException {
        return new Amount(number(values, path + ".events"), number(values, path + ".sum"));
    }

    private static BigInteger number(Map<String, String> values, String path)
            throws IOException {
        return new BigInteger(need(values, path));
    }

    private static String need(Map<String, String> values, String path) throws IOException {
        String value = values.get(path);
        if (value == null) {
            throw new IOException("there is no " + path + " in its answer");
        }
        return value;
    }

    /** What a problem document says, or the beginning of whatever it is. */
    static String detail(String text) {
        try {
            return need(flat(text), "detail");
        } catch (IOException noProblemDocument) {
            return text.length() > 200 ? text.substring(0, 200) + "..." : text;
        }
    }

    /** Every scalar by its path: {@code a.b[0].c}. */
    private static Map<String, String> flat(String text) throws IOException {
        Map<String, String> values = new LinkedHashMap<>();
        try (JsonParser parser = JSON.createParser(text)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("its answer is no JSON object");
            }
            while (parser.nextToken() != null) {
                if (parser.currentToken().isScalarValue()) {
                    // a JSON pointer, in the way people write paths
                    String path = parser.getParsingContext().pathAsPointer().toString();
                    values.put(path.replaceAll("/(\\d+)(?=/|$)", "[$1]").substring(1)
                            .replace('/', '.'), parser.getText());
                }
            }
        }
        return values;
    }
}
