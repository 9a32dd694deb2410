package io.ringtally.persist;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What PostgreSQL's programs say while they start, kept in a file beside the data directory and
 * never on the service's console. Once it runs the server writes to {@code log/} below its
 * directory, one file for each day of the week.
 *
 * <p>Threading: one thread at a time, its owner's.
 */
final class StartOutput {

    private static final int TAIL_LINES = 6;

    private final Path file;
    private final Path serverLogs;
    private FileTime begun = FileTime.fromMillis(0);

    StartOutput(Path dataDirectory) {
        this.file = dataDirectory.resolveSibling(dataDirectory.getFileName() + "-start.log");
        this.serverLogs = dataDirectory.resolve("log");
    }

    Path file() {
        return file;
    }

    /** Forgets the start before: what stands in the file is about this one. */
    void begin() throws IOException {
        Files.write(file, new byte[0]);
        begun = Files.getLastModifiedTime(file);
    }

    /** The last words, on one line, and where the rest is. */
    String tail() {
        String words = lastLines(file);
        String log = newestLog().map(path -> "; " + lastLines(path) + " (" + path + ")")
                .orElse("");
        return words + " (" + file + ")" + log;
    }

    private Optional<Path> newestLog() {
        try (Stream<Path> logs = Files.list(serverLogs)) {
            return logs.filter(log -> modified(log).compareTo(begun) >= 0)
                    .max(Comparator.comparing(StartOutput::modified));
        } catch (IOException none) {
            return Optional.empty();
        }
    }

    private static FileTime modified(Path log) {
        try {
            return Files.getLastModifiedTime(log);
        } catch (IOException gone) {
            return FileTime.fromMillis(0);
        }
    }

    private static String lastLines(Path path) {
        try {
            List<String> lines = Files.readString(path, StandardCharsets.ISO_8859_1).lines()
                    .map(String::strip).filter(line -> !line.isEmpty()).toList();
            return lines.stream().skip(Math.max(0, lines.size() - TAIL_LINES))
                    .collect(Collectors.joining(" | "));
        } catch (IOException unreadable) {
            return "no output";
        }
    }
}
