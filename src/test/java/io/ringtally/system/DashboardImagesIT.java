package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Makes the pictures of the dashboard in docs/images, of a shop's busy minute. */
@Tag("campaign")
class DashboardImagesIT {

    private static final Path IMAGES = Path.of("docs/images");
    private static final int DESKTOP = 1280;
    private static final int PHONE = 390;
    private static final long MINUTE_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final int BYTES_MAX = 150_000;
    /** What is drawn only while it is in view has come by then. */
    private static final int COUNTS_IN_VIEW = 12;

    private static final String[] STEPS = {"ORDERED", "PAID", "PACKED", "SHIPPED"};
    private static final String[] PAGES = {"home", "search", "cart", "pricing", "help", "docs"};

    @TempDir
    private Path directory;
    private String database;
    private RunningService service;
    private Chromium browser;
    private final SplittableRandom random = new SplittableRandom(7);

    @Test
    void picturesOfEverySection() throws Exception {
        Chromium.assumeInstalled();
        Files.createDirectories(IMAGES);
        database = TestPostgres.shared().newDatabase();
        try (RunningService started = RunningService.start(directory.resolve("data"), database,
                Map.of("RINGTALLY_TALLY_SHARDS", "1", "RINGTALLY_PERSIST_MAX_DELAY", "2s",
                        "RINGTALLY_AUDIT_INTERVAL", "20s", "RINGTALLY_RETENTION_INTERVAL", "30s",
                        "RINGTALLY_CONFIG", Files.writeString(directory.resolve("apps.conf"), """
                                apps.shop.lifecycle = [ORDERED, PAID, PACKED, SHIPPED]
                                apps.carts.retention = 20s
                                """).toString()));
                Chromium chromium = Chromium.start(directory)) {
            service = started;
            browser = chromium;
            prepare();
            browser.size(DESKTOP, 900);
            browser.theme("light");
            browser.open("http://127.0.0.1:" + service.adminPort()
                    + "/?app=shop&message=order-1042");
            busyMinute();
            fillIn();
            for (int width : new int[] {DESKTOP, PHONE}) {
                for (String theme : List.of("light", "dark")) {
                    browser.size(width, width == PHONE ? 844 : 900);
                    browser.theme(theme);
                    for (String section : List.of("now", "latency", "messages", "counters", "flow",
                            "trouble", "hands")) {
                        take(section, theme, width);
                    }
                    browser.evaluate("scrollTo({top: 0, behavior: 'instant'})");
                    takeScreen("page", theme, width);
                    browser.click("#do-drain");
                    browser.await("the question", "document.querySelector('#ask').open");
                    takeScreen("question", theme, width);
                    browser.press("Escape");
                    whileFlushesWait(() -> {
                        count(300);
                        browser.await("a flush under way", "document.querySelector("
                                + "'[data-job=flushing]').innerText"
                                + ".includes('running')");
                        take("jobs", theme, width);
                    });
                }
            }
        }
    }

    /** What somebody without a key sees. */
    @Test
    void picturesOfAPageThatAsksForAKey() throws Exception {
        Chromium.assumeInstalled();
        Files.createDirectories(IMAGES);
        try (RunningService started = RunningService.start(directory.resolve("keyed"),
                TestPostgres.shared().newDatabase(), Map.of("RINGTALLY_AUTH_MODE", "keys"));
                Chromium chromium = Chromium.start(directory)) {
            browser = chromium;
            browser.open("http://127.0.0.1:" + started.adminPort() + "/");
            browser.await("the field", "document.activeElement.id === 'key'");
            for (int width : new int[] {DESKTOP, PHONE}) {
                for (String theme : List.of("light", "dark")) {
                    browser.size(width, width == PHONE ? 844 : 400);
                    browser.theme(theme);
                    takeScreen("locked", theme, width);
                }
            }
        }
    }

    private void prepare() throws IOException {
        for (String event : new String[] {"ORDERED", "PAID"}) {
            post("{\"app_id\":\"shop\",\"message_id\":\"order-1042\",\"event\":\"" + event + "\"}");
        }
        // the second one cannot be counted: a dead letter
        for (int i = 0; i < 2; i++) {
            post("{\"app_id\":\"shop\",\"message_id\":\"revenue\",\"event\":\"cents\",\"value\":"
                    + Long.MAX_VALUE + "}");
        }
    }

    /** Counts on, with what an operator may do and what may happen meanwhile. */
    private void busyMinute() throws Exception {
        long begun = System.nanoTime();
        countUntil(begun + MINUTE_NANOS / 3);
        act("drain", "");
        act("resume", "");
        act("shards", "{\"shards\":2}");
        countUntil(begun + MINUTE_NANOS / 2);
        failOneFlush();
        countUntil(begun + MINUTE_NANOS);
    }

    private void countUntil(long end) throws IOException {
        while (System.nanoTime() < end) {
            count(200 + random.nextInt(400));
        }
    }

    private void act(String verb, String json) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:"
                + service.adminPort() + "/v1/admin/" + verb))
                .POST(HttpRequest.BodyPublishers.ofString(json));
        if (!json.isEmpty()) {
            request.header("Content-Type", "application/json");
        }
        assertEquals(200, service.send(request).statusCode());
    }

    /** Its connection breaks under it. */
    private void failOneFlush() throws Exception {
        whileFlushesWait(() -> {
            String waiting = "0";
            while (waiting.equals("0")) {
                count(300);
                waiting = TestPostgres.query(database, "select count(pg_terminate_backend(pid))"
                        + " from pg_stat_activity where datname = current_database()"
                        + " and wait_event_type = 'Lock'");
            }
        });
    }

    private void whileFlushesWait(Step body) throws Exception {
        try (Connection lock = DriverManager.getConnection(database);
                Statement statement = lock.createStatement()) {
            lock.setAutoCommit(false);
            statement.execute("lock table ringtally.counter in access exclusive mode");
            body.run();
        }
    }

    private interface Step {

        void run() throws Exception;
    }

    private void count(int events) throws IOException {
        StringBuilder lines = new StringBuilder("{\"app_id\":\"carts\",\"message_id\":\"cart-"
                + random.nextInt(1_000_000) + "\",\"event\":\"FILLED\"}\n");
        for (int i = 0; i < events; i++) {
            if (random.nextInt(3) == 0) {
                int order = 2_000 + random.nextInt(3_000);
                lines.append("{\"app_id\":\"shop\",\"message_id\":\"order-").append(order)
                        .append("\",\"event\":\"").append(STEPS[random.nextInt(random.nextInt(4)
                        + 1)]).append("\"}\n");
            } else {
                lines.append("{\"app_id\":\"\",\"message_id\":\"page/").append(
                        PAGES[random.nextInt(random.nextInt(6) + 1)]).append(
                        "\",\"event\":\"view\"}\n");
            }
        }
        post(lines.toString());
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
    }

    private void post(String lines) throws IOException {
        assertEquals(202, service.post("/v1/events", "application/x-ndjson", lines).statusCode());
    }

    private void fillIn() throws IOException {
        browser.evaluate("document.querySelector('#stuck-age').value = '5s'");
        browser.click("#stuck-form button");
        browser.click("#counters-form button");
        browser.await("the lists", "document.querySelectorAll('#counters-view button').length > 5"
                + " && document.querySelector('#stuck-view button') !== null");
        browser.click("#counters-view button");
        browser.await("one counter", "document.querySelector('#counter-total') !== null");
    }

    private void take(String section, String theme, int width) throws IOException {
        browser.evaluate("document.querySelector('#" + section + "').scrollIntoView("
                + "{behavior: 'instant'})");
        for (int i = 0; i < COUNTS_IN_VIEW; i++) {
            count(300);
        }
        browser.evaluate("document.querySelector('.top').style.visibility = 'hidden'");
        byte[] picture = browser.picture("#" + section);
        browser.evaluate("document.querySelector('.top').style.visibility = ''");
        write(section, theme, width, picture);
    }

    private void takeScreen(String what, String theme, int width) throws IOException {
        write(what, theme, width, browser.screen());
    }

    private void write(String what, String theme, int width, byte[] shown) throws IOException {
        String name = "dashboard-" + what + (width == PHONE ? "-phone" : "") + "-" + theme;
        assertEquals((long) width, browser.evaluate("document.documentElement.scrollWidth"),
                name + " goes over the edge");
        byte[] picture = FewColours.png(shown);
        assertTrue(picture.length < BYTES_MAX, name + " has " + picture.length + " bytes");
        Files.write(IMAGES.resolve(name + ".png"), picture);
    }
}
