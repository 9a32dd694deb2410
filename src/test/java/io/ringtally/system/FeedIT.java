package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The dashboard's feed with a full house, one of whom does not read. */
class FeedIT {

    private static final int MAX = 50;
    private static final int SNAPSHOTS = 6;
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Pattern AT = Pattern.compile("^data: \\{\"at\":(\\d+),");

    @TempDir
    private static Path directory;

    private static RunningService service;

    @BeforeAll
    static void start() throws Exception {
        // what every page gets first is more than the kernel keeps for one that does not read
        String apps = IntStream.range(0, 30).mapToObj(app -> "apps.app" + app + ".lifecycle = ["
                + IntStream.range(0, 60).mapToObj(event -> "\"" + "e".repeat(120) + event + "\"")
                .collect(Collectors.joining(",")) + "]").collect(Collectors.joining("\n"));
        service = RunningService.start(directory.resolve("data"),
                TestPostgres.shared().newDatabase(), Map.of(
                        "RINGTALLY_CONFIG",
                        Files.writeString(directory.resolve("apps.conf"), apps).toString(),
                        "RINGTALLY_DASHBOARD_CLIENTS_MAX", String.valueOf(MAX),
                        "RINGTALLY_HTTP_SSE_HEARTBEAT", "10s"));
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    private static RawConnection open() throws IOException {
        return new RawConnection(service.adminPort()).send(
                "GET /v1/feed HTTP/1.1\r\nHost: localhost\r\n\r\n");
    }

    /** Reads the head of the answer; its status line. */
    private static String head(RawConnection client) throws IOException {
        String status = client.line();
        while (!client.line().isEmpty()) {
            // the headers
        }
        return status;
    }

    /** The next line of data, past what frames it. */
    private static String data(RawConnection client) throws IOException {
        String line;
        do {
            line = client.line();
        } while (!line.startsWith("data: "));
        return line;
    }

    @Test
    void oneWhoDoesNotReadIsDroppedAndTheOthersGetTheSameSnapshots() throws Exception {
        List<RawConnection> healthy = new ArrayList<>();
        try (Socket stalled = new Socket()) {
            stalled.setReceiveBufferSize(4_096);
            stalled.connect(new InetSocketAddress("127.0.0.1", service.adminPort()), 5_000);
            stalled.getOutputStream().write("GET /v1/feed HTTP/1.1\r\nHost: localhost\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
            for (int i = 1; i < MAX; i++) {
                healthy.add(open());
            }
            for (RawConnection client : healthy) {
                assertTrue(head(client).contains(" 200 "));
                String history = data(client);
                assertTrue(history.length() > 200_000, "history of " + history.length());
            }
            try (RawConnection tooMany = open()) {
                RawConnection.Answer refused = tooMany.answer();
                assertEquals(503, refused.status());
                assertTrue(refused.body().contains("too-many-feeds")
                        && refused.body().contains("dashboard.clients-max = 50"), refused.body());
                assertNotNull(refused.header("retry-after"));
            }
            assertShared(healthy);
            assertDropped(stalled);
            service.await("the stalled one's place is free", SOON, FeedIT::isRoom);
        } finally {
            for (RawConnection client : healthy) {
                client.close();
            }
        }
    }

    /** Everybody gets snapshot after snapshot, those of one second to the byte the same. */
    private static void assertShared(List<RawConnection> clients) throws IOException {
        Map<Long, String> known = new HashMap<>();
        for (RawConnection client : clients) {
            long before = 0;
            for (int i = 0; i < SNAPSHOTS; i++) {
                String snapshot = data(client);
                Matcher at = AT.matcher(snapshot);
                assertTrue(at.find(), snapshot);
                long now = Long.parseLong(at.group(1));
                assertTrue(now > before, now + " after " + before);
                before = now;
                assertEquals(known.computeIfAbsent(now, first -> snapshot), snapshot);
            }
        }
        assertTrue(known.size() < 4 * SNAPSHOTS, known.size() + " different snapshots");
    }

    /** What is left for it is less than the first event it was sent. */
    private static void assertDropped(Socket stalled) throws IOException {
        service.await("the end of the stalled one", SOON, FeedIT::isRoom);
        stalled.setSoTimeout((int) SOON.toMillis());
        int read = 0;
        try {
            byte[] some = new byte[8_192];
            for (int got; (got = stalled.getInputStream().read(some)) >= 0; ) {
                read += got;
            }
        } catch (IOException reset) {
            // also an end
        }
        assertTrue(read < 200_000, "it was sent " + read + " bytes");
    }

    private static boolean isRoom() {
        try (RawConnection probe = open()) {
            return probe.line().contains(" 200 ");
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }
}
