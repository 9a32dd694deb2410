package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The exercise, from the page: shards that wait for something slow, seen as the bottleneck; more of
 * them, and throughput, backlog and latency change while events come; nothing is lost.
 */
class DashboardExerciseIT {

    /** Slots behind from which the page is believed; a busy machine makes a few hundred. */
    private static final int MANY = 1_500;
    private static final int FEW = 300;

    /** Events all shards have applied in the last second, as the flow has them. */
    private static final String RATE = "[...document.querySelectorAll('#flow-view .stage')]"
            + ".filter((stage) => stage.querySelector('.name')?.textContent.startsWith('Tally'))"
            + ".map((stage) => [...stage.querySelectorAll('text')].map((text) => text.textContent)"
            + ".find((text) => text.endsWith(' events/s')).replaceAll(/[^0-9]/g, ''))"
            + ".reduce((sum, rate) => sum + Number(rate), 0)";
    /** The median of the last ten seconds, from acceptance until counted, milliseconds. */
    private static final String TALLIED = "(([all, number, unit]) => number * {s: 1000, ms: 1,"
            + " '\u00b5s': 0.001}[unit])(document.querySelector('#latency-table"
            + " tbody tr:nth-child(3) td:nth-of-type(2)').innerText.match(/([0-9.]+) (\\S+)/))";

    @TempDir
    private Path directory;
    private Chromium browser;

    @Test
    void moreShardsGetTheBacklogOfASlowResourceDownWhileEventsComeAndNothingIsLost()
            throws Exception {
        Chromium.assumeInstalled();
        String url = TestPostgres.shared().newDatabase();
        try (RunningService service = RunningService.start(directory.resolve("data"), url,
                Map.of("RINGTALLY_TALLY_SHARDS", "1"));
                Chromium chromium = Chromium.start(directory)) {
            browser = chromium;
            browser.size(1280, 900);
            browser.open("http://127.0.0.1:" + service.adminPort() + "/");
            browser.await("the settings", "document.querySelector('#settings-form') !== null");
            // 500 events a second and shard
            set("mock.latency", 20);
            set("mock.batch", 10);
            browser.click("#settings-form button");
            browser.await("they are set", "document.querySelector('#settings').innerText"
                    + ".match(/was /g)?.length === 2");
            try (Load load = Load.on(service, 6, 200, 5_000_000)) {
                browser.show("#flow");
                browser.await("the backlog", "(" + lag(0) + ") > " + MANY);
                browser.await("the bottleneck", "document.querySelector('#flow-words').innerText"
                        + ".startsWith('Tally 0 waits for the slow resource')");
                assertTrue(browser.text("#flow-words").endsWith(": 1 of the 64 calls it takes at a"
                        + " time is under way."), browser.text("#flow-words"));
                browser.await("the latency to be high", "(" + TALLIED + ") > 1000");
                browser.show("#hands");
                browser.evaluate("document.querySelector('#shards').value = '4'");
                browser.click("#shards-form button");
                browser.await("the answer", "document.querySelector('#shards-said').innerText"
                        + ".includes('4 threads count now')");
                assertEquals(0, load.unknown());
                load.awaitAcks(50);
                browser.show("#flow");
                browser.await("more than one shard can", "(" + RATE + ") > 550");
                browser.await("the backlog to be gone", "Math.max(..."
                        + "[...document.querySelectorAll('#lags b')].map((lag) =>"
                        + " Number(lag.innerText.replaceAll(',', '')))) < " + FEW);
                browser.await("the latency to be low", "(" + TALLIED + ") < 300");
                load.stop();
                browser.click("#do-flush");
                browser.await("the flush", "document.querySelector('#hands-said').innerText"
                        + ".includes('Postgres has everything counted')");
                load.verify(url);
            }
            assertEquals(List.of(), browser.errors());
        }
    }

    private void set(String setting, int value) throws IOException {
        browser.evaluate("document.querySelector('[name=\"" + setting + "\"]').value = '" + value
                + "'");
    }

    private static String lag(int shard) {
        return "Number(document.querySelectorAll('#lags b')[" + shard
                + "]?.innerText.replaceAll(',', ''))";
    }
}
