package io.ringtally.journal;

import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.Properties;
import java.util.UUID;

/**
 * Who this log is: the name its checkpoint has in Postgres, and the seed that sends a message to
 * the same slice for ever. Made once per data directory.
 *
 * <p>Threading: immutable.
 *
 * @param uuid the log's name
 * @param hashSeed seed of the slice hash
 */
public record LogIdentity(UUID uuid, long hashSeed) {

    private static final String FILE = "identity";

    /** A new identity, not written anywhere. */
    public static LogIdentity random() {
        return new LogIdentity(UUID.randomUUID(), new SecureRandom().nextLong());
    }

    /**
     * Reads the identity kept in a log directory, or makes one there: written beside, forced, then
     * renamed, so that a crash leaves none or a whole one.
     *
     * @throws IOException if the directory cannot be used or holds something else; the message says
     *     which file and what is wrong with it
     */
    public static LogIdentity openOrCreate(Path logDirectory) throws IOException {
        SystemDisk.makeDirectories(logDirectory);
        Path file = logDirectory.resolve(FILE);
        if (Files.exists(file)) {
            // a start that was killed may have left its name unforced
            new SystemDisk(logDirectory).forceNames();
            return read(file);
        }
        LogIdentity made = random();
        Path fresh = logDirectory.resolve(FILE + ".new");
        byte[] text = ("# Names this log in Postgres. Keep it with its data directory.\n"
                + "log = " + made.uuid + "\nhash-seed = " + made.hashSeed + "\n")
                .getBytes(StandardCharsets.US_ASCII);
        try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(text);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        new SystemDisk(logDirectory).forceNames();
        return made;
    }

    /**
     * Reads the identity kept in a log directory, and makes none.
     *
     * @throws IOException if there is none, or it cannot be read
     */
    public static LogIdentity readFrom(Path logDirectory) throws IOException {
        return read(logDirectory.resolve(FILE));
    }

    private static LogIdentity read(Path file) throws IOException {
        Properties properties = new Properties();
        properties.load(new StringReader(Files.readString(file, StandardCharsets.US_ASCII)));
        try {
            return new LogIdentity(UUID.fromString(properties.getProperty("log")),
                    Long.parseLong(properties.getProperty("hash-seed")));
        } catch (RuntimeException damaged) {
            throw new IOException(file + " does not name a log (log = UUID, hash-seed = number);"
                    + " restore it, or move the data directory away to begin a new log", damaged);
        }
    }
}
