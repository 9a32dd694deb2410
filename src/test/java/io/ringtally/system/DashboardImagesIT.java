package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

    private static final String[] STEPS = {"ORDERED", "PAID", "PACKED", "SHIPPED"};
    private static final String[] PAGES = {"home", "search", "cart", "pricing", "help", "docs"};

    @TempDir
    private Path directory;
    private RunningService service;
    private Chromium browser;
    private final SplittableRandom random = new SplittableRandom(7);

    @Test
    void picturesOfEverySection() throws Exception {
        assumeTrue(Chromium.isInstalled(), "there is no chromium on the PATH");
        Files.createDirectories(IMAGES);
        try (RunningService started = RunningService.start(directory.resolve("data"),
                TestPostgres.shared().newDatabase(), Map.of("RINGTALLY_TALLY_SHARDS", "2",
                        "RINGTALLY_PERSIST_MAX_DELAY", "2s",
                        "RINGTALLY_CONFIG", Files.writeString(directory.resolve("apps.conf"),
                                "apps.shop.lifecycle = [ORDERED, PAID, PACKED, SHIPPED]")
                                .toString()));
                Chromium chromium = Chromium.start(directory)) {
            service = started;
            browser = chromium;
            prepare();
            browser.size(DESKTOP, 900);
            browser.theme("light");
            browser.open("http://127.0.0.1:" + service.adminPort()
                    + "/?app=shop&message=order-1042");
            long end = System.nanoTime() + MINUTE_NANOS;
            while (System.nanoTime() < end) {
                count(200 + random.nextInt(400));
            }
            fillIn();
            for (String section : new String[] {"now", "latency", "messages", "counters", "flow",
                "trouble", "hands"}) {
                take(section, "light", DESKTOP);
            }
            for (String section : new String[] {"now", "latency", "messages", "flow"}) {
                take(section, "dark", DESKTOP);
            }
            take("now", "light", PHONE);
            take("messages", "dark", PHONE);
            take("hands", "light", PHONE);
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

    private void count(int events) throws IOException {
        StringBuilder lines = new StringBuilder();
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
        browser.theme(theme);
        browser.size(width, width == PHONE ? 844 : 900);
        browser.evaluate("document.querySelector('#" + section + "').scrollIntoView("
                + "{behavior: 'instant'})");
        // what is drawn only while it is in view
        for (int i = 0; i < 15; i++) {
            count(300);
        }
        browser.evaluate("document.querySelector('.top').style.visibility = 'hidden'");
        byte[] picture = browser.picture("#" + section);
        browser.evaluate("document.querySelector('.top').style.visibility = ''");
        assertTrue(picture.length < BYTES_MAX, section + " has " + picture.length + " bytes");
        Files.write(IMAGES.resolve("dashboard-" + section + (width == PHONE ? "-phone" : "") + "-"
                + theme + ".png"), picture);
    }
}
