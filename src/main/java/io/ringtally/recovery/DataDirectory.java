package io.ringtally.recovery;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The directory that belongs to one running service: locked before anything in it is touched.
 *
 * <p>Threading: opened and closed by the service.
 */
public final class DataDirectory implements AutoCloseable {

    private static final String FILE = "lock";
    private static final Path LOCKS = Path.of("/proc/locks");

    private final Path path;
    private final FileChannel channel;

    private DataDirectory(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /**
     * Creates the directory if need be and locks it. The kernel drops the lock when the process
     * ends, however it ends.
     *
     * @throws IOException if it cannot be made or written, or another process holds it
     */
    public static DataDirectory lock(Path path) throws IOException {
        Path real;
        FileChannel channel;
        try {
            real = Files.createDirectories(path).toRealPath();
            channel = FileChannel.open(real.resolve(FILE), StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE);
        } catch (IOException unusable) {
            throw new IOException("data.dir = " + path.toAbsolutePath() + " cannot be made or"
                    + " written by user " + System.getProperty("user.name") + " ("
                    + why(unusable) + "): change its owner or rights, or name another one"
                    + " (RINGTALLY_DATA_DIR)", unusable);
        }
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return new DataDirectory(real, channel);
            }
        } catch (OverlappingFileLockException sameProcess) {
            // falls through: held by this very process
        } catch (IOException failed) {
            channel.close();
            throw failed;
        }
        channel.close();
        throw new IOException("data.dir = " + real + " is in use by another running Ringtally;"
                + " stop it, or give this one a directory of its own (RINGTALLY_DATA_DIR)");
    }

    /** What Java says in the class's name only, the path being the message. */
    private static String why(IOException unusable) {
        if (unusable instanceof FileAlreadyExistsException existing) {
            return existing.getFile() + " is no directory";
        }
        if (unusable instanceof AccessDeniedException denied) {
            return "access to " + denied.getFile() + " is denied";
        }
        if (unusable instanceof NoSuchFileException) {
            return "nothing can be made there";
        }
        return unusable.getMessage();
    }

    /**
     * The process that has a data directory locked, without touching the lock.
     *
     * @return its process id; 0 if there is none, or the kernel does not say (not Linux)
     */
    public static long ownerOf(Path path) throws IOException {
        Path file = path.resolve(FILE);
        if (!Files.exists(file) || !Files.isReadable(LOCKS)) {
            return 0;
        }
        String inode = ":" + Files.getAttribute(file, "unix:ino");
        for (String line : Files.readAllLines(LOCKS)) {
            // 1: POSIX  ADVISORY  WRITE 4711 fe:00:2154535 0 EOF
            String[] fields = line.trim().split("\\s+");
            if (fields.length > 5 && fields[1].equals("POSIX") && fields[3].equals("WRITE")
                    && fields[5].endsWith(inode)) {
                return Long.parseLong(fields[4]);
            }
        }
        return 0;
    }

    public Path path() {
        return path;
    }

    /** Where the log lives. */
    public Path log() {
        return path.resolve("log");
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
