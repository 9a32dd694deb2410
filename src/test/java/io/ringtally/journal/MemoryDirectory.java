package io.ringtally.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A directory for heads, in memory where there is such a place: thousands of them are made.
 *
 * <p>Threading: none.
 */
final class MemoryDirectory implements AutoCloseable {

    private static final Path MEMORY = Path.of("/dev/shm");

    private final Path path;

    MemoryDirectory(Path fallback) throws IOException {
        path = Files.createTempDirectory(Files.isWritable(MEMORY) ? MEMORY : fallback,
                "ringtally-test");
    }

    Path path() {
        return path;
    }

    void clear() throws IOException {
        try (Stream<Path> files = Files.walk(path)) {
            List<Path> inside = files.filter(file -> !file.equals(path))
                    .sorted(Comparator.reverseOrder()).toList();
            for (Path file : inside) {
                Files.delete(file);
            }
        }
    }

    @Override
    public void close() throws IOException {
        clear();
        Files.delete(path);
    }
}
