package io.ringtally.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
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

    @Test
    void saysWhichKeyWhatIsWrongAndWhatToDo() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        for (Path unusable : new Path[] {file, file.resolve("below"), Path.of("/proc/data")}) {
            String refused = assertThrows(IOException.class, () -> DataDirectory.lock(unusable))
                    .getMessage();
            assertTrue(refused.startsWith("data.dir = " + unusable + " cannot be made or written"
                    + " by user "), refused);
            assertTrue(refused.contains("name another one (RINGTALLY_DATA_DIR)"), refused);
        }
    }
}
