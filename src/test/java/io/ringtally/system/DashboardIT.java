package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** The page for operators in a real browser. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DashboardIT {

    private static final String LIVE =
            "document.querySelector('#connection').dataset.state === 'live'";
    /** The first snapshot comes after the feed has begun, and moves what stands below it. */
    private static final String DRAWN = "document.querySelector('#jobs-list > li') !== null";
    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    private static Path directory;

    private static String url;
    private static RunningService service;
    private static Chromium browser;

    @BeforeAll
    static void start() throws Exception {
        Chromium.assumeInstalled();
        url = TestPostgres.shared().newDatabase();
        service = RunningService.start(directory.resolve("data"), url, settings(Map.of()));
        browser = Chromium.start(directory);
    }

    private static Map<String, String> settings(Map<String, String> more) throws IOException {
        Map<String, String> all = new HashMap<>(Map.of("RINGTALLY_TALLY_SHARDS", "2",
                "RINGTALLY_PERSIST_MAX_DELAY", "300ms", "RINGTALLY_CONFIG",
                Files.writeString(directory.resolve("apps.conf"),
                        "apps.shop.lifecycle = [ORDERED, PAID, SHIPPED]").toString()));
        all.putAll(more);
        return all;
    }

    @AfterAll
    static void stop() {
        if (browser != null) {
            browser.close();
        }
        if (service != null) {
            service.close();
        }
    }

    @BeforeEach
    void open() throws IOException {
        browser.errors().clear();
        browser.requests().clear();
        browser.size(1280, 900);
        browser.open(page(service));
        browser.await("the feed", LIVE);
        browser.await("a snapshot", DRAWN);
    }

    private static String page(RunningService of) {
        return "http://127.0.0.1:" + of.adminPort() + "/";
    }

    private static void event(String message, String event) throws IOException {
        assertEquals(202, service.post("/api/event", "{\"app_id\":\"shop\",\"message_id\":\""
                + message + "\",\"event\":\"" + event + "\"}").statusCode());
    }

    /** Neither the page nor the browser has anything to complain of, and nobody else was asked. */
    private static void assertQuiet() {
        assertEquals(List.of(), browser.errors());
        for (String request : browser.requests()) {
            assertTrue(request.startsWith(page(service)) || request.startsWith("data:"), request);
        }
        assertTrue(browser.requests().size() > 10, browser.requests().toString());
    }

    private static String awaitText(String selector, String part) throws IOException {
        browser.await(selector + " to say " + part, "(document.querySelector("
                + Chromium.quoted(selector) + ")?.innerText ?? '').includes("
                + Chromium.quoted(part) + ")");
        return browser.text(selector);
    }

    @Test
    @Order(1)
    void whatIsCountedShowsWithoutAReload() throws Exception {
        awaitText("#state", "up");
        browser.evaluate("window.notReloaded = true");
        for (int i = 1; i <= 3; i++) {
            assertEquals(202, service.post("/increment", "{\"key\":\"live\",\"value\":1}")
                    .statusCode());
            awaitText("#tile-accepted", i + " in this log");
        }
        awaitText("#tile-persisted", "3 since the start");
        awaitText("#tile-waiting", "0 counters changed");
        awaitText("#latency-table", "ms");
        assertEquals(true, browser.evaluate("window.notReloaded"));
        assertEquals(9L, browser.evaluate("document.querySelectorAll('.plot canvas').length"));
        assertQuiet();
    }

    private static Object steps() throws Exception {
        return browser.evaluate("[...document.querySelectorAll('.timeline .what')]"
                + ".map((step) => step.innerText).join(' ')");
    }

    @Test
    @Order(2)
    void aMessageIsFoundByKeyboardAndSaysWhatItLacksWhileItChanges() throws Exception {
        event("order-1", "ORDERED");
        event("order-1", "PAID");
        event("order-1", "LOOKED AT");
        browser.press("Tab");
        assertEquals("Skip to content", browser.evaluate("document.activeElement.innerText"));
        browser.type("/");
        assertEquals("search", browser.evaluate("document.activeElement.id"));
        browser.type("order-1");
        browser.evaluate("document.querySelector('#message-app').value = 'shop'");
        browser.press("Enter");
        awaitText("#message-verdict", "1 missing: SHIPPED");
        assertEquals("ORDERED PAID SHIPPED LOOKED AT", steps(), "missing where it is expected");
        assertEquals("SHIPPED", browser.text(".timeline .missing .what"));
        event("order-1", "SHIPPED");
        awaitText("#message-verdict", "complete");
        assertEquals("", browser.text(".timeline .missing"));
        assertEquals("ORDERED PAID LOOKED AT SHIPPED", steps(), "in the order of time");
        awaitText("#said", "order-1: complete");
        // the address leads to the message again
        browser.open(browser.evaluate("location.href").toString());
        awaitText("#message-verdict", "complete");
        assertQuiet();
    }

    @Test
    @Order(3)
    void stuckMessagesAndCountersAreListedAndFollowed() throws Exception {
        event("order-2", "ORDERED");
        for (int i = 0; i < 3; i++) {
            service.post("/increment", "{\"key\":\"list/<b>&amp;\",\"value\":7000000000000000000}");
            service.post("/increment", "{\"key\":\"list/small\",\"value\":1}");
            service.post("/increment", "{\"key\":\"list/<b>&amp;\",\"value\":-7000000000000000000}");
        }
        // with this, all of it is in Postgres; what the page says may be a second old
        service.post("/increment?ack=persisted",
                "{\"key\":\"list/<b>&amp;\",\"value\":9007199254740993}");
        browser.evaluate("document.querySelector('#stuck-age').value = '0ms'");
        browser.click("#stuck-form button");
        awaitText("#stuck-view", "order-2");
        browser.click("#stuck-view button");
        awaitText("#message-verdict", "2 missing: PAID, SHIPPED");

        browser.evaluate("document.querySelector('#counters-prefix').value = 'list/'");
        browser.click("#counters-form button");
        awaitText("#counters-view tbody tr", "list/<b>&amp;");
        // beyond the whole numbers of a browser, and exact
        awaitText("#counters-view tbody tr", "9,007,199,254,740,993");
        browser.evaluate("[...document.querySelectorAll('#counters-view button')].find((button) =>"
                + " button.innerText === 'list/small').click()");
        assertEquals("3", awaitText("#counter-total", "3"));
        service.post("/increment", "{\"key\":\"list/small\",\"value\":39}");
        assertEquals("42", awaitText("#counter-total", "42"));
        assertQuiet();
    }

    @Test
    @Order(4)
    void theFlowIsDrawnWithRatesAndBusyShares() throws Exception {
        browser.show("#flow");
        browser.await("all stages", "document.querySelectorAll('#flow-view .stage').length === 8");
        browser.await("busy shares",
                "document.querySelector('#flow-view svg').ariaLabel.includes('busy')");
        awaitText("#flow-words", "the busiest is");
        assertQuiet();
    }

    @Test
    @Order(5)
    void aPhoneScrollsDownOnlyAndBothThemesAreThere() throws Exception {
        event("order-3", "ORDERED");
        browser.size(390, 844);
        browser.open(page(service) + "?app=shop&message=order-3");
        awaitText("#message-verdict", "missing");
        browser.show("#flow");
        browser.await("the flow", "document.querySelector('#flow-view svg') !== null");
        assertEquals(390L, browser.evaluate("document.documentElement.scrollWidth"));
        browser.theme("light");
        Object light = browser.evaluate("getComputedStyle(document.body).backgroundColor");
        browser.theme("dark");
        Object dark = browser.evaluate("getComputedStyle(document.body).backgroundColor");
        assertTrue(!light.equals(dark), light + " in both");
        browser.click("#theme");
        assertEquals(light, browser.evaluate("getComputedStyle(document.body).backgroundColor"));
        browser.evaluate("localStorage.clear()");
        browser.theme("light");
        assertQuiet();
    }

    @Test
    @Order(6)
    void anOperatorFlushesPausesSetsAndChangesTheNumberOfShardsUnderLoad() throws Exception {
        browser.show("#hands");
        browser.await("the settings", "document.querySelector('#settings-form') !== null");
        browser.click("#do-pause");
        awaitText("#hands-said", "Flushes are paused");
        awaitText("#state", "degraded");
        awaitText("#reason", "paused");
        assertEquals(202, service.post("/increment", "{\"key\":\"hands\",\"value\":1}")
                .statusCode());
        awaitText("#tile-waiting", "1 counter changed");
        browser.click("#do-flush");
        awaitText("#hands-said", "Postgres has everything counted");
        awaitText("#tile-waiting", "0 counters changed");
        browser.click("#do-resume");
        awaitText("#hands-said", "Flushes go on");
        awaitText("#state", "up");

        browser.evaluate("document.querySelector('[name=\"persist.max-updates\"]').value = '77'");
        browser.click("#settings-form button");
        awaitText("#settings", "was ");
        assertTrue(service.getAdmin("/v1/admin/settings").body().contains(
                "\"key\":\"persist.max-updates\",\"value\":77,"));

        try (Load load = Load.on(service, 3, 50, 500_000)) {
            for (int shards : new int[] {3, 1}) {
                load.awaitAcks(50);
                browser.evaluate("document.querySelector('#shards').value = '" + shards + "'");
                browser.click("#shards-form button");
                awaitText("#shards-said", shards == 1 ? "1 thread counts now"
                        : "3 threads count now");
                load.awaitAcks(50);
                browser.await("the new shards", "document.querySelectorAll('#lags span').length"
                        + " === " + shards);
            }
            load.stop();
            browser.click("#do-flush");
            awaitText("#hands-said", "Postgres has everything counted");
            load.verify(url);
        }
        awaitText(job("changing the tally shards"), "2 times since the start");
        assertQuiet();
    }

    @Test
    @Order(6)
    void theKeyboardAloneGetsToWhatAnOperatorDoes() throws Exception {
        browser.await("the verbs", "document.querySelector('#do-drain') !== null");
        tabTo("skip to the content", "document.activeElement.matches('a.skip')");
        browser.press("Enter");
        assertEquals("main", browser.evaluate("document.activeElement.id"));
        assertEquals(202, service.post("/increment", "{\"key\":\"keyboard\",\"value\":3}")
                .statusCode());
        tabTo("flush", "document.activeElement.id === 'do-flush'");
        browser.press("Enter");
        awaitText("#hands-said", "Postgres has everything counted");
        assertEquals("3", totalOf("keyboard"));
        tabTo("drain", "document.activeElement.id === 'do-drain'");
        browser.press("Enter");
        browser.await("the question", "document.querySelector('#ask').open");
        assertEquals("Cancel", browser.evaluate("document.activeElement.innerText"));
        browser.press("Enter");
        browser.await("the answer", "!document.querySelector('#ask').open");
        assertEquals("do-drain", browser.evaluate("document.activeElement.id"));
        assertTrue(service.status().contains("\"status\":\"up\""), service.status());
        assertQuiet();
    }

    /** Presses Tab until that has the focus; whatever has it on the way can be seen. */
    private static void tabTo(String what, String hasFocus) throws IOException {
        for (int i = 0; i < 200; i++) {
            if (Boolean.TRUE.equals(browser.evaluate(hasFocus))) {
                return;
            }
            browser.press("Tab");
            assertEquals(true, browser.evaluate("document.activeElement.checkVisibility()"),
                    browser.evaluate("document.activeElement.outerHTML").toString());
        }
        throw new AssertionError("200 times Tab do not lead to " + what);
    }

    @Test
    @Order(6)
    void aDrainRefusesEventsUntilItIsTakenBack() throws Exception {
        browser.show("#hands");
        assertEquals(202, service.post("/increment", "{\"key\":\"drained\",\"value\":5}")
                .statusCode());
        browser.click("#do-drain");
        awaitText("#ask", "Drain the service?");
        browser.press("Escape");
        browser.await("nothing done without an answer", "!document.querySelector('#ask').open");
        assertTrue(service.status().contains("\"status\":\"up\""), service.status());
        browser.click("#do-drain");
        browser.click("#ask-yes");
        awaitText("#hands-said", "Drained: everything accepted is in Postgres");
        assertEquals("5", totalOf("drained"));
        awaitText("#state", "draining");
        assertEquals(503, service.post("/increment", "{\"key\":\"drained\",\"value\":1}")
                .statusCode());
        browser.click("#do-resume");
        awaitText("#hands-said", "events are let in");
        awaitText("#state", "up");
        assertEquals(202, service.post("/increment?ack=persisted",
                "{\"key\":\"drained\",\"value\":2}").statusCode());
        assertEquals("7", totalOf("drained"));
        assertQuiet();
    }

    @Test
    @Order(6)
    void aDrainThatWaitsForPostgresIsSeenUnderWayAndThenDone() throws Exception {
        String drain = job("draining");
        browser.show("#jobs");
        awaitText(job("auditing"), "not run");
        awaitText(job("filling in lifecycles"), "0 counters in ");
        try (Connection lock = DriverManager.getConnection(url);
                Statement statement = lock.createStatement()) {
            lock.setAutoCommit(false);
            statement.execute("lock table ringtally.counter in access exclusive mode");
            for (int i = 1; i <= 3; i++) {
                assertEquals(202, service.post("/increment", "{\"key\":\"waits " + i
                        + "\",\"value\":1}").statusCode());
            }
            browser.evaluate("[...document.querySelectorAll(" + Chromium.quoted(drain + " button")
                    + ")].find((button) => button.checkVisibility()).click()");
            browser.click("#ask-yes");
            String under = awaitText(drain, "0 of 3 counters, 0 %");
            assertTrue(under.contains("running"), under);
            browser.await("another second", "document.querySelector(" + Chromium.quoted(drain)
                    + ").innerText !== " + Chromium.quoted(under).replace("\n", "\\n"));
            awaitText(job("flushing"), "running");
            awaitText("#state", "draining");
        }
        awaitText(drain, "done");
        awaitText(drain, "3 counters in ");
        awaitText("#jobs-said", "Drained: everything accepted is in Postgres");
        assertEquals("1", totalOf("waits 3"));
        browser.evaluate("[...document.querySelectorAll(" + Chromium.quoted(drain + " button")
                + ")].find((button) => button.innerText === 'Let events in').click()");
        awaitText("#jobs-said", "events are let in");
        awaitText("#state", "up");
        assertQuiet();
    }

    /** The row of a job. */
    private static String job(String name) {
        return "[data-job=\"" + name + "\"]";
    }

    @Test
    @Order(6)
    void deadLettersAreShownAndOneIsDiscardedAndOneIsRetried() throws Exception {
        for (String key : List.of("full", "emptied")) {
            for (int i = 0; i < 2; i++) {
                service.post("/increment", "{\"key\":\"" + key + "\",\"value\":"
                        + Long.MAX_VALUE + "}");
            }
        }
        browser.show("#trouble");
        awaitText("#dead-letters", "full");
        awaitText("#dead-letters", "emptied");
        awaitText("#dead-letters", "9,223,372,036,854,775,807");
        awaitText("#states", "up");
        clickLetter("full", "Discard");
        awaitText("#ask", "Discard this event for good?");
        browser.click("#ask-yes");
        browser.await("one is gone", "document.querySelectorAll('#dead-letters tbody tr').length"
                + " === 1");

        assertEquals(202, service.post("/increment?ack=persisted", "{\"key\":\"emptied\","
                + "\"value\":" + -Long.MAX_VALUE + "}").statusCode());
        assertEquals("0", totalOf("emptied"));
        clickLetter("emptied", "Retry");
        awaitText("#dead-letters", "None");
        assertEquals(String.valueOf(Long.MAX_VALUE), totalOf("emptied"));
        assertEquals(String.valueOf(Long.MAX_VALUE), totalOf("full"));
        assertQuiet();
    }

    private static void clickLetter(String message, String verb) throws IOException {
        browser.evaluate("[...document.querySelectorAll('#dead-letters tbody tr')]"
                + ".find((row) => row.innerText.includes(" + Chromium.quoted(message) + "))"
                + ".querySelectorAll('button').forEach((button) =>"
                + " button.innerText === " + Chromium.quoted(verb) + " && button.click())");
    }

    private static String totalOf(String message) throws SQLException {
        return TestPostgres.query(url, "select total from ringtally.counters where message_id = '"
                + message + "'");
    }

    @Test
    @Order(7)
    void itComesBackByItselfAfterARestart() throws Exception {
        browser.evaluate("window.notReloaded = true");
        int port = service.adminPort();
        assertEquals(0, service.terminate(Duration.ofSeconds(30)), service.log());
        awaitText("#connection", "connection lost");
        awaitText("#state", "unknown");
        service = RunningService.start(directory.resolve("data"), url,
                settings(Map.of("RINGTALLY_ADMIN_PORT", String.valueOf(port))));
        browser.await("the feed", LIVE);
        awaitText("#state", "up");
        awaitText(job("reading counters back"), TestPostgres.query(url,
                "select count(*) from ringtally.counter") + " counters in ");
        service.post("/increment", "{\"key\":\"again\",\"value\":1}");
        awaitText("#tile-persisted", "1 since the start");
        assertEquals(true, browser.evaluate("window.notReloaded"));
        // nothing but what the browser says of a host that is not there, or not ready yet
        browser.errors().removeIf(error -> error.contains("net::ERR_")
                || error.contains(" 503 "));
        assertEquals(List.of(), browser.errors());
    }

    @Test
    @Order(8)
    void whereKeysAreAskedForThePageAsksForOneAndAPageThatMayShowsItInAFrame() throws Exception {
        String other = TestPostgres.shared().newDatabase();
        HttpServer framing = framing();
        HttpServer stranger = framing();
        // a page that draws has no share in how long the start takes
        browser.open("about:blank");
        try (RunningService keyed = RunningService.start(directory.resolve("keyed"), other,
                settings(Map.of("RINGTALLY_AUTH_MODE", "keys",
                        "RINGTALLY_AUTH_REFRESH", "100ms",
                        "RINGTALLY_DASHBOARD_FRAME_ANCESTORS", originOf(framing))))) {
            assertFramedBy(framing, keyed);
            assertNotFramedBy(stranger, keyed);
            assertNotFramedBy(framing, service);
            browser.errors().clear();
            String read = new TestKeys(other).make(null, "read");
            browser.open(page(keyed));
            awaitText("#locked", "asks for an API key");
            browser.await("nothing else to be seen",
                    "document.querySelector('#locked').checkVisibility()"
                    + " && !document.querySelector('#sections').checkVisibility()");
            browser.await("the field", "document.activeElement.id === 'key'");
            browser.type("wrong");
            browser.press("Enter");
            awaitText("#unlock-error", "none that is in force");
            browser.evaluate("document.querySelector('#key').value = " + Chromium.quoted(read));
            browser.click("#unlock button");
            browser.await("the feed", LIVE);
            browser.open(page(keyed));
            browser.await("the feed", LIVE);
            browser.click("#forget");
            browser.await("the question for a key",
                    "document.querySelector('#locked').checkVisibility()");
            // a key to read with: what an operator would see is refused, once each
            browser.errors().removeIf(error -> error.contains(" 401 ")
                    || error.contains(" 403 "));
            assertEquals(List.of(), browser.errors());
        } finally {
            framing.stop(0);
            stranger.stop(0);
        }
    }

    /** Serves a page that shows what its address names in a frame; an origin of its own. */
    private static HttpServer framing() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.createContext("/", exchange -> {
            byte[] page = ("<!doctype html><link rel=icon href=data:,><iframe src=\""
                    + exchange.getRequestURI().getQuery() + "\"></iframe>")
                    .getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/html");
            exchange.sendResponseHeaders(200, page.length);
            exchange.getResponseBody().write(page);
            exchange.close();
        });
        server.start();
        return server;
    }

    private static String originOf(HttpServer server) {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private static void frame(HttpServer by, RunningService shown) throws IOException {
        browser.errors().clear();
        browser.requests().clear();
        browser.open(originOf(by) + "/?" + page(shown));
    }

    private static void assertFramedBy(HttpServer by, RunningService shown) throws IOException {
        assertTrue(policyOf(shown).endsWith("; frame-ancestors " + originOf(by)));
        frame(by, shown);
        shown.await("the page in the frame asks for its feed", SOON, () ->
                browser.requests().contains(page(shown) + "v1/feed"));
    }

    private static void assertNotFramedBy(HttpServer by, RunningService shown)
            throws IOException {
        frame(by, shown);
        shown.await("the browser refuses the frame", SOON, () -> browser.errors().stream()
                .anyMatch(error -> error.contains("frame-ancestors")));
        assertEquals(List.of(originOf(by) + "/?" + page(shown), page(shown)),
                browser.requests().stream().filter(asked -> asked.startsWith("http")).toList());
    }

    private static String policyOf(RunningService of) throws IOException {
        return of.getAdmin("/").headers().firstValue("Content-Security-Policy").orElse("");
    }

    @Test
    @Order(9)
    void theFilesHaveAPolicyThatLetsNothingElseIn() throws Exception {
        for (String path : List.of("", "assets/app.js", "assets/uplot.css")) {
            HttpResponse<String> answer = service.getAdmin("/" + path);
            assertEquals(200, answer.statusCode());
            String policy = answer.headers().firstValue("Content-Security-Policy").orElse("");
            assertTrue(policy.startsWith("default-src 'none'; script-src 'self'; style-src 'self';"
                    + " connect-src 'self'; img-src 'self' data:;"), policy);
            assertTrue(policy.endsWith("frame-ancestors 'none'"), policy);
            assertEquals("no-cache", answer.headers().firstValue("Cache-Control").orElse(""));
            String tag = answer.headers().firstValue("ETag").orElseThrow();
            HttpResponse<String> again = service.send(HttpRequest.newBuilder(
                    URI.create(page(service) + path)).header("If-None-Match", tag));
            assertEquals(304, again.statusCode());
        }
    }
}
