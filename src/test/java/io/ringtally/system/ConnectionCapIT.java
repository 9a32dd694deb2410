package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Limits an operator sets: connections, and the size of heads. */
class ConnectionCapIT {

    private static final int CAP = 30;
    private static final String STATUS = "GET /status HTTP/1.1\r\nHost: x\r\n\r\n";

    @TempDir
    private static Path directory;

    private static RunningService service;

    @BeforeAll
    static void start() throws Exception {
        service = RunningService.start(directory.resolve("data"),
                TestPostgres.shared().newDatabase(), Map.of(
                        "RINGTALLY_HTTP_MAX_CONNECTIONS", String.valueOf(CAP),
                        "RINGTALLY_HTTP_MAX_HEADER_BYTES", "2 KiB",
                        "RINGTALLY_HTTP_MAX_HEADERS", "8",
                        "RINGTALLY_HTTP_MAX_URI_BYTES", "512"));
    }

    @AfterAll
    static void stop() throws Exception {
        try (RunningService ending = service) {
            assertEquals(0, ending.terminate(Duration.ofSeconds(20)), ending.log());
            assertFalse(ending.log().contains("ERROR"), ending.log());
        }
    }

    @Test
    void connectionsBeyondTheCapWaitUntilOthersEnd() throws IOException {
        List<RawConnection> inside = new ArrayList<>();
        try {
            // the waiting for the status has left some open: less than the cap may be had
            while (inside.size() < CAP) {
                RawConnection connection = new RawConnection(service);
                inside.add(connection);
                if (!connection.send(STATUS).answersWithin(Duration.ofSeconds(5))) {
                    break;
                }
                assertEquals(200, connection.answer().status());
            }
            try (RawConnection outside = new RawConnection(service)) {
                assertFalse(outside.send(STATUS).answersWithin(Duration.ofMillis(500)));
                for (RawConnection connection : inside) {
                    connection.close();
                }
                assertEquals(200, outside.answer().status());
            }
        } finally {
            for (RawConnection connection : inside) {
                connection.close();
            }
        }
    }

    @Test
    void headsHaveTheLimitsThatAreSet() throws IOException {
        assertEquals(200, status("GET /status?" + "a".repeat(490) + " HTTP/1.1\r\nHost: x\r\n"));
        assertEquals(414, status("GET /status?" + "a".repeat(510) + " HTTP/1.1\r\nHost: x\r\n"));
        String get = "GET /status HTTP/1.1\r\nHost: x\r\n";
        assertEquals(200, status(get + "A: 1\r\nB: 1\r\nC: 1\r\nD: 1\r\nE: 1\r\nF: 1\r\nG: 1\r\n"));
        assertEquals(431, status(get + "A: 1\r\nB: 1\r\nC: 1\r\nD: 1\r\nE: 1\r\nF: 1\r\nG: 1\r\n"
                + "I: 1\r\n"));
        assertEquals(200, status(get + "A: " + "a".repeat(1900) + "\r\n"));
        assertEquals(400, status(get + "A: " + "a".repeat(2100) + "\r\n"));
    }

    private static int status(String head) throws IOException {
        try (RawConnection connection = new RawConnection(service)) {
            return connection.send(head + "\r\n").answer().status();
        }
    }
}
