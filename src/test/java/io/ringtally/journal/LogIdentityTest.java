package io.ringtally.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogIdentityTest {

    @TempDir
    private Path directory;

    @Test
    void isMadeOnceAndThenRead() throws IOException {
        LogIdentity made = LogIdentity.openOrCreate(directory.resolve("log"));
        assertEquals(made, LogIdentity.openOrCreate(directory.resolve("log")));
        assertNotEquals(made, LogIdentity.openOrCreate(directory.resolve("other")));
    }

    @Test
    void whatAnInterruptedStartLeftBesideIsReplaced() throws IOException {
        Files.writeString(directory.resolve("identity.new"), "half a li");
        LogIdentity made = LogIdentity.openOrCreate(directory);
        assertEquals(made, LogIdentity.openOrCreate(directory));
    }

    @Test
    void aDamagedFileIsRefusedWithItsNameAndWhatToDo() throws IOException {
        Files.writeString(directory.resolve("identity"), "log = nonsense\n");
        IOException refused = assertThrows(IOException.class,
                () -> LogIdentity.openOrCreate(directory));
        assertTrue(refused.getMessage().contains("identity"), refused.getMessage());
        assertTrue(refused.getMessage().contains("restore it"), refused.getMessage());
    }
}
