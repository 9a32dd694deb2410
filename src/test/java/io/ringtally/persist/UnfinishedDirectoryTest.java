package io.ringtally.persist;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnfinishedDirectoryTest {

    @TempDir
    Path parent;

    @Test
    void appearsOnlyWhenComplete() throws IOException {
        Path target = parent.resolve("postgres");
        UnfinishedDirectory fresh = UnfinishedDirectory.beside(target);
        fill(fresh.path());
        assertEquals(false, Files.exists(target));

        fresh.complete();

        assertEquals(List.of("postgres"), names());
        assertEquals("kept", Files.readString(target.resolve("below/file")));
    }

    @Test
    void removesWhatEarlierAttemptsLeftAndNothingElse() throws IOException {
        Path target = parent.resolve("postgres");
        fill(UnfinishedDirectory.beside(target).path());
        fill(parent.resolve("postgres-bin"));
        fill(parent.resolve("log.unfinished-1"));

        UnfinishedDirectory.beside(target);

        assertEquals(List.of("log.unfinished-1", "postgres-bin"), names());
    }

    @Test
    void refusesAPlaceThatIsTaken() throws IOException {
        Path target = parent.resolve("postgres");
        fill(target);
        UnfinishedDirectory fresh = UnfinishedDirectory.beside(target);
        Files.createDirectories(fresh.path());

        assertThrows(IOException.class, fresh::complete);

        fresh.discard();
        assertEquals(List.of("postgres"), names());
        assertEquals("kept", Files.readString(target.resolve("below/file")));
    }

    private static void fill(Path directory) throws IOException {
        Files.createDirectories(directory.resolve("below"));
        Files.writeString(directory.resolve("below/file"), "kept");
    }

    private List<String> names() throws IOException {
        try (Stream<Path> entries = Files.list(parent)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        }
    }
}
