package io.ringtally.journal;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Histories of a log on a disk that loses what was not forced. A long run:
 *
 * <pre>
 * mvn -q test -Dtest=PowerLossTest -Dringtally.seeds=100000
 * </pre>
 *
 * and one seed again with {@code -Dringtally.seed=N -Dringtally.seeds=1}.
 */
@ExtendWith(QuietLog.class)
class PowerLossTest {

    @TempDir
    private Path directory;

    @Test
    void nothingSyncedIsLostAndNothingIsDoubled() throws IOException {
        Seeds.Report report = Seeds.fromProperties(1_000).run(directory, PlantedBug.NONE);
        System.out.println("PowerLossTest: " + report);
        assertTrue(report.recoveries() > report.seeds(), report.toString());
    }
}
