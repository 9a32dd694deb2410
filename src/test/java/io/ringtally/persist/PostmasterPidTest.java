package io.ringtally.persist;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostmasterPidTest {

    private static final String READY = """
            4711
            /srv/ringtally/postgres
            1795251600
            5433

            127.0.0.1
              5433001         7
            ready   \s
            """;

    @TempDir
    Path directory;

    @Test
    void readsARunningServer() {
        PostmasterPid file = PostmasterPid.parse(READY);

        assertEquals(new PostmasterPid(4711, false, 5433, "ready"), file);
    }

    @Test
    void readsAServerThatHasWrittenOnlyTheFirstLines() {
        assertEquals(new PostmasterPid(4711, false, 0, ""),
                PostmasterPid.parse("4711\n/srv/ringtally/postgres\n1795251600\n"));
        assertEquals(new PostmasterPid(4711, false, 0, ""), PostmasterPid.parse("4711"));
    }

    @Test
    void readsASingleUserSessionWithItsMinus() {
        PostmasterPid file = PostmasterPid.parse("-4711\n/srv/ringtally/postgres\n");

        assertEquals(4711, file.pid());
        assertTrue(file.standalone());
    }

    @Test
    void refusesWhatIsNoProcessId() {
        for (String text : new String[] {"", "\n4711\n", "postgres\n", "0\n", "99999999999\n"}) {
            assertThrows(IllegalArgumentException.class, () -> PostmasterPid.parse(text),
                    "accepted '" + text + "'");
        }
    }

    @Test
    void saysNothingWhereNoServerEverRan() throws IOException {
        assertTrue(PostmasterPid.read(directory).isEmpty());
    }

    @Test
    void namesTheDamagedFileAndWhatToDo() throws IOException {
        Files.writeString(directory.resolve("postmaster.pid"), "");

        IOException refused = assertThrows(IOException.class, () -> PostmasterPid.read(directory));

        assertTrue(refused.getMessage().startsWith(
                directory.resolve("postmaster.pid") + " begins with ''"), refused.getMessage());
        assertTrue(refused.getMessage().contains("remove that one file"), refused.getMessage());
    }

    @Test
    void canNameNobodyAndKeepTheOtherLines() throws IOException {
        Path file = directory.resolve("postmaster.pid");
        Files.writeString(file, READY);

        PostmasterPid.nameNobody(directory);

        PostmasterPid changed = PostmasterPid.read(directory).orElseThrow();
        assertFalse(ProcessHandle.of(changed.pid()).isPresent());
        assertEquals(READY.lines().skip(1).toList(), Files.readString(file).lines().skip(1)
                .toList());
    }
}
