package io.ringtally.journal;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * A directory of the operating system.
 *
 * <p>Threading: as {@link Disk} says. A thread that is interrupted in here closes the file under
 * everybody: the journal's threads are never interrupted.
 */
final class SystemDisk implements Disk {

    private static final int ZEROS = 1 << 20;

    private final Path directory;

    SystemDisk(Path directory) {
        this.directory = directory;
    }

    /** Makes a directory, its name forced, and those above it that are not there. */
    static void makeDirectories(Path directory) throws IOException {
        Path above = directory.toAbsolutePath().getParent();
        if (above != null && !Files.isDirectory(above)) {
            makeDirectories(above);
        }
        Files.createDirectories(directory);
        if (above != null && Files.isReadable(above)) {
            new SystemDisk(above).forceNames();
        }
    }

    @Override
    public List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Override
    public DiskFile open(String name) throws IOException {
        return new SystemFile(name, FileChannel.open(directory.resolve(name),
                StandardOpenOption.READ, StandardOpenOption.WRITE));
    }

    @Override
    public DiskFile allocate(String name, long bytes) throws IOException {
        SystemFile file = new SystemFile(name, FileChannel.open(directory.resolve(name),
                StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING));
        try {
            ByteBuffer zeros = ByteBuffer.allocateDirect((int) Math.min(ZEROS, bytes));
            for (long at = 0; at < bytes; at += zeros.limit()) {
                file.write(zeros.position(0).limit((int) Math.min(ZEROS, bytes - at)), at);
            }
        } catch (IOException full) {
            file.close();
            Files.deleteIfExists(directory.resolve(name));
            throw new IOException("no file of " + (bytes >> 20) + " MiB can be made for the log in "
                    + directory + ": " + full.getMessage() + "; make room there", full);
        }
        return file;
    }

    @Override
    public void rename(String from, String to) throws IOException {
        Files.move(directory.resolve(from), directory.resolve(to),
                StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void delete(String name) throws IOException {
        Files.deleteIfExists(directory.resolve(name));
    }

    @Override
    public void forceNames() throws IOException {
        try (FileChannel names = FileChannel.open(directory, StandardOpenOption.READ)) {
            names.force(true);
        }
    }

    @Override
    public String toString() {
        return directory.toString();
    }

    private record SystemFile(String name, FileChannel channel) implements DiskFile {

        @Override
        public long bytes() throws IOException {
            return channel.size();
        }

        @Override
        public void write(ByteBuffer from, long offset) throws IOException {
            long at = offset;
            while (from.hasRemaining()) {
                at += channel.write(from, at);
            }
        }

        @Override
        public void read(ByteBuffer to, long offset) throws IOException {
            long at = offset;
            while (to.hasRemaining()) {
                int got = channel.read(to, at);
                if (got < 0) {
                    throw new EOFException(name + " ends at " + at);
                }
                at += got;
            }
        }

        @Override
        public void force() throws IOException {
            channel.force(false);
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
