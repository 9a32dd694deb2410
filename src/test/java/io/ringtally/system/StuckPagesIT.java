package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Pages of stuck messages among a million that came as events, asked for over HTTP: one after the
 * other by their cursors, beside nothing and beside events. Prints a line for each question:
 * milliseconds from the question to the last byte.
 */
@Tag("campaign")
class StuckPagesIT {

    private static final int MESSAGES = 1_000_000;
    private static final int LINES = 10_000;
    private static final int PAGES = 300;
    private static final int PAGE = 100;
    private static final double P95_MILLIS_MAX = 200;
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final Pattern CURSOR = Pattern.compile("\"next_cursor\":\"([^\"]+)\"");

    @TempDir
    private Path directory;

    @Test
    void aPageComesWithin200MillisecondsOverHttp() throws Exception {
        String url = TestPostgres.shared().newDatabase();
        Path config = Files.writeString(directory.resolve("apps.conf"),
                "apps.shop.lifecycle = [CREATED, PAID, SHIPPED, REVIEWED]");
        try (RunningService service = RunningService.start(directory.resolve("data"), url,
                Map.of("RINGTALLY_CONFIG", config.toString()))) {
            // a thousandth lacks PAID, half lack SHIPPED, all but every third REVIEWED
            long events = post(service, "CREATED", 1, 0) + post(service, "PAID", 1, 1_000)
                    + post(service, "SHIPPED", 2, 0) + post(service, "REVIEWED", 3, 0);
            service.operate("flush");
            assertEquals(String.valueOf(events), TestPostgres.query(url,
                    "select sum(events) from ringtally.counters"));
            assertEquals("0", TestPostgres.query(url,
                    "select count(*) from ringtally.message_mismatch"));
            System.out.printf("%d messages, %d events, pages of %d%n", MESSAGES, events, PAGE);
            System.out.printf("%-36s %6s %8s %8s %8s%n", "question", "pages", "p50", "p95", "max");
            askAll(service, "");
            try (Load load = Load.on(service, 2, 200, 1_000_000)) {
                load.awaitAcks(100);
                askAll(service, ", beside events");
                load.stop();
            }
            assertEquals(0, service.terminate(LONG), service.log());
        }
    }

    private static long post(RunningService service, String event, int every, int except)
            throws IOException {
        StringBuilder lines = new StringBuilder();
        long events = 0;
        for (int message = 1; message <= MESSAGES; message++) {
            if (message % every == 0 && (except == 0 || message % except != 0)) {
                lines.append("{\"app_id\":\"shop\",\"message_id\":\"order-").append(message)
                        .append("\",\"event\":\"").append(event).append("\"}\n");
                events++;
            }
            if (message % LINES == 0) {
                take(service, lines.toString());
                lines.setLength(0);
            }
        }
        return events;
    }

    /** Posts lines until there is room for them: nothing is counted of those that are refused. */
    private static void take(RunningService service, String lines) throws IOException {
        HttpResponse<String> answer;
        do {
            answer = service.post("/v1/events", "application/x-ndjson", lines);
        } while (answer.statusCode() == 503);
        assertEquals(202, answer.statusCode(), answer.body());
    }

    private static void askAll(RunningService service, String when) throws IOException {
        ask(service, "PAID missing" + when, "&missing=PAID");
        ask(service, "SHIPPED missing" + when, "&missing=SHIPPED");
        ask(service, "REVIEWED missing" + when, "&missing=REVIEWED");
        ask(service, "anything missing" + when, "");
    }

    /** Page by page, and from the beginning again where there is no next one. */
    private static void ask(RunningService service, String what, String missing)
            throws IOException {
        String first = "/v1/messages?app_id=shop&older_than=0ms&limit=" + PAGE + missing;
        double[] millis = new double[PAGES];
        String cursor = "";
        for (int page = 0; page < PAGES; page++) {
            long begun = System.nanoTime();
            HttpResponse<String> answer = service.get(first + cursor);
            millis[page] = (System.nanoTime() - begun) / 1e6;
            assertEquals(200, answer.statusCode(), answer.body());
            assertEquals(PAGE, answer.body().split("\"message_id\":").length - 1, what);
            Matcher next = CURSOR.matcher(answer.body());
            cursor = next.find() ? "&cursor=" + URLEncoder.encode(next.group(1),
                    StandardCharsets.UTF_8) : "";
        }
        Arrays.sort(millis);
        double p95 = millis[PAGES * 95 / 100];
        System.out.printf("%-36s %6d %8.2f %8.2f %8.2f%n", what, PAGES, millis[PAGES / 2], p95,
                millis[PAGES - 1]);
        assertTrue(p95 < P95_MILLIS_MAX, what + ": p95 of " + p95 + " ms");
    }
}
