package io.ringtally.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {

    @TempDir
    private Path directory;

    @Test
    void belongsToOneAtATime() throws IOException {
        Path path = directory.resolve("deep/data");
        try (DataDirectory held = DataDirectory.lock(path)) {
            IOException refused = assertThrows(IOException.class, () -> DataDirectory.lock(path));
            assertTrue(refused.getMessage().contains("in use"), refused.getMessage());
            assertTrue(refused.getMessage().contains(held.path().toString()));
        }
        DataDirectory.lock(path).close();
    }

    @Test
    void saysWhichProcessHasItWithoutTouchingTheLock() throws IOException {
        assertEquals(0, DataDirectory.ownerOf(directory));
        try (DataDirectory held = DataDirectory.lock(directory)) {
            assertEquals(ProcessHandle.current().pid(), DataDirectory.ownerOf(held.path()));
        }
        assertEquals(0, DataDirectory.ownerOf(directory));
    }
}
