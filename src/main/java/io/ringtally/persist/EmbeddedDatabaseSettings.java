package io.ringtally.persist;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Where the embedded PostgreSQL lives.
 *
 * @param directory its data directory, made at the first start; usually
 *     {@code <data.dir>/postgres}
 * @param binariesDirectory where its programs are unpacked, outside {@code directory}; usually
 *     {@code <data.dir>/postgres-bin}, see {@link #below}
 * @param port TCP port on 127.0.0.1, 1 to 65535; 0 takes a free one
 * @param startLimit longest wait for a start, crash recovery included, 1 s to 1 h
 */
public record EmbeddedDatabaseSettings(Path directory, Path binariesDirectory, int port,
        Duration startLimit) {

    /** Recovery reads at most about {@code max_wal_size} (1 GB) again, on a slow disk too. */
    public static final Duration START_LIMIT_DEFAULT = Duration.ofMinutes(5);

    /** What pg_ctl hands to a shell between double quotes, and what ends a line of a pid file. */
    private static final String UNSAFE = "\"$`\\\n\r";

    public EmbeddedDatabaseSettings {
        directory = absolute("directory", directory);
        binariesDirectory = absolute("binaries directory", binariesDirectory);
        if (binariesDirectory.startsWith(directory) || directory.startsWith(binariesDirectory)) {
            throw new IllegalArgumentException("the embedded database's directory " + directory
                    + " and its binaries directory " + binariesDirectory
                    + " must lie beside each other, neither within the other");
        }
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException(
                    "db.embedded.port = " + port + " is out of range: 0 to 65535");
        }
        if (startLimit.compareTo(Duration.ofSeconds(1)) < 0
                || startLimit.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException("db.embedded.start-limit = "
                    + startLimit.toMillis() + " ms is out of range: 1 s to 1 h");
        }
    }

    /**
     * The usual layout: {@code postgres} and {@code postgres-bin} below the service's own
     * directory. That one is locked by a running service, belongs to its user and is swept by no
     * cleaner of temporary files, and a moved data directory brings the programs along.
     */
    public static EmbeddedDatabaseSettings below(Path dataDirectory, int port) {
        return new EmbeddedDatabaseSettings(dataDirectory.resolve("postgres"),
                dataDirectory.resolve("postgres-bin"), port, START_LIMIT_DEFAULT);
    }

    private static Path absolute(String what, Path path) {
        Path absolute = path.toAbsolutePath().normalize();
        String text = absolute.toString();
        if (text.chars().anyMatch(c -> UNSAFE.indexOf(c) >= 0) || absolute.getParent() == null) {
            throw new IllegalArgumentException("the embedded database's " + what + " '" + text
                    + "' cannot be used: a path other than / without \" $ ` \\ and line breaks is"
                    + " needed; choose another data.dir (RINGTALLY_DATA_DIR)");
        }
        return absolute;
    }
}
