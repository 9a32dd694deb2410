package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stream that the service's death breaks off is sent again, and each item counts once. */
class EventStreamCrashIT {

    private static final Pattern DUPLICATES =
            Pattern.compile("\\{\"accepted\":(\\d+),\"duplicates\":(\\d+),\"rejected\":\\[\\]");
    private static final int ITEMS = 60_000;
    private static final int BEFORE_THE_KILL = 20_000;

    @TempDir
    private Path directory;

    @Test
    void eachItemCountsOnce() throws Exception {
        String database = TestPostgres.shared().newDatabase();
        Map<String, String> settings = Map.of("RINGTALLY_RING_SLOTS", "256");
        try (RunningService first = RunningService.start(directory, database, settings);
                RawConnection connection = new RawConnection(first)) {
            connection.send("POST /v1/events?mode=partial HTTP/1.1\r\nHost: localhost\r\n"
                    + "Content-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n");
            int sent = 0;
            while (sent < BEFORE_THE_KILL) {
                StringBuilder lines = new StringBuilder();
                for (int i = 0; i < 500; i++) {
                    lines.append(line(sent++));
                }
                connection.send(Integer.toHexString(lines.length()) + "\r\n" + lines + "\r\n");
            }
            first.await("some of them", Duration.ofSeconds(20), () -> counts(first));
            first.kill();
        }
        try (RunningService second = RunningService.start(directory, database, settings)) {
            StringBuilder all = new StringBuilder();
            for (int i = 0; i < ITEMS; i++) {
                all.append(line(i));
            }
            HttpResponse<String> answer = second.send(HttpRequest.newBuilder(
                    URI.create(second.url() + "/v1/events?mode=partial&ack=synced"))
                    .header("Content-Type", "application/x-ndjson")
                    .POST(HttpRequest.BodyPublishers.ofString(all.toString())));
            assertEquals(202, answer.statusCode(), answer.body());
            Matcher report = DUPLICATES.matcher(answer.body());
            assertTrue(report.find(), answer.body());
            assertEquals(ITEMS, Integer.parseInt(report.group(1))
                    + Integer.parseInt(report.group(2)));
            assertTrue(Integer.parseInt(report.group(2)) > 0, answer.body());
            assertEquals(0, second.terminate(Duration.ofSeconds(20)), second.log());
            assertEquals(ITEMS, TestPostgres.sum(database));
        }
    }

    private static boolean counts(RunningService service) {
        try {
            return service.get("/v1/counters/m-7").statusCode() == 200;
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    private static String line(int i) {
        return "{\"app_id\":\"\",\"message_id\":\"m-" + i % 100 + "\",\"event\":\"increment\","
                + "\"id\":\"i-" + i + "\"}\n";
    }
}
