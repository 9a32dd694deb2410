package io.ringtally.persist;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A directory that is filled beside its place and moved there when complete, so that one cut short
 * by a kill or a full disk is never taken for a whole one. What earlier attempts left is removed:
 * nobody has ever used it, and a service killed in a loop must not fill the disk.
 *
 * <p>Threading: the caller keeps others away from the target.
 */
final class UnfinishedDirectory {

    private static final String MARK = ".unfinished-";

    private final Path target;
    private final Path path;

    private UnfinishedDirectory(Path target, Path path) {
        this.target = target;
        this.path = path;
    }

    /** A place for it, not yet made; the parent directory exists. */
    static UnfinishedDirectory beside(Path target) throws IOException {
        String prefix = target.getFileName() + MARK;
        List<Path> earlier;
        try (Stream<Path> entries = Files.list(target.getParent())) {
            earlier = entries.filter(entry -> entry.getFileName().toString().startsWith(prefix))
                    .toList();
        }
        earlier.forEach(UnfinishedDirectory::remove);
        // A name of its own: a program of the killed attempt may still write to the old one
        return new UnfinishedDirectory(target, target.resolveSibling(prefix + UUID.randomUUID()));
    }

    Path path() {
        return path;
    }

    /** Moves it into place; the target is absent or empty. Its files have been forced. */
    void complete() throws IOException {
        Files.move(path, target, StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel parent = FileChannel.open(target.getParent(), StandardOpenOption.READ)) {
            parent.force(true);
        }
    }

    void discard() {
        remove(path);
    }

    private static void remove(Path unfinished) {
        try (Stream<Path> all = Files.walk(unfinished)) {
            for (Path entry : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(entry);
            }
        } catch (IOException | UncheckedIOException kept) {
            // Its name says what it is; the next attempt tries again
        }
    }
}
