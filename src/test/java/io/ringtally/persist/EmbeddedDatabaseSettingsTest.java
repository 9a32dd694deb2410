package io.ringtally.persist;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class EmbeddedDatabaseSettingsTest {

    private static final Path DATA = Path.of("data").toAbsolutePath();
    private static final Duration LIMIT = Duration.ofMinutes(1);

    @Test
    void keepsTheProgramsBesideTheDatabase() {
        EmbeddedDatabaseSettings settings = EmbeddedDatabaseSettings.below(Path.of("data"), 5433);

        assertEquals(DATA.resolve("postgres"), settings.directory());
        assertEquals(DATA.resolve("postgres-bin"), settings.binariesDirectory());
    }

    @Test
    void refusesAPortOutOfRangeByItsKey() {
        assertEquals("db.embedded.port = 65536 is out of range: 0 to 65535",
                refusal(DATA.resolve("a"), DATA.resolve("b"), 65_536, LIMIT));
    }

    @Test
    void refusesALimitThatNoRecoveryCanMeet() {
        assertEquals("db.embedded.start-limit = 10 ms is out of range: 1 s to 1 h",
                refusal(DATA.resolve("a"), DATA.resolve("b"), 5433, Duration.ofMillis(10)));
    }

    @Test
    void refusesOneDirectoryWithinTheOther() {
        String message = refusal(DATA, DATA.resolve("bin"), 5433, LIMIT);

        assertTrue(message.contains("beside each other"), message);
    }

    @Test
    void refusesAPathThatAShellWouldReadDifferently() {
        String message = refusal(Path.of("/srv/$HOME"), DATA, 5433, LIMIT);

        assertTrue(message.contains("'/srv/$HOME' cannot be used"), message);
    }

    private static String refusal(Path directory, Path binaries, int port, Duration limit) {
        return assertThrows(IllegalArgumentException.class,
                () -> new EmbeddedDatabaseSettings(directory, binaries, port, limit)).getMessage();
    }
}
