package io.ringtally.persist;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;

/**
 * The file {@code postmaster.pid}: who serves a data directory, or did when it died. Its lines are
 * the process id, the data directory, the start time in seconds, the port, the socket directory,
 * the first listen address, the shared memory's key and id, and the state (source: PostgreSQL 18,
 * {@code src/include/utils/pidfile.h}). A server that is still starting has written only the first
 * of them.
 *
 * <p>Threading: immutable.
 *
 * @param pid id of the process
 * @param standalone whether that is a single-user session (its id stands there with a minus)
 * @param port port it listens on, 0 when not yet known
 * @param state {@code starting}, {@code ready}, {@code stopping}; empty when not yet known
 */
record PostmasterPid(long pid, boolean standalone, int port, String state) {

    private static final String FILE = "postmaster.pid";

    /** An id no system hands out (Linux stops at 2^22), and a valid one for PostgreSQL. */
    private static final String NOBODY = String.valueOf(Integer.MAX_VALUE);

    private static final int LINE_PORT = 3;
    private static final int LINE_STATE = 7;

    /**
     * Reads the file of a data directory, empty when there is none.
     *
     * @throws IOException if it cannot be read or does not begin with a process id
     */
    static Optional<PostmasterPid> read(Path dataDirectory) throws IOException {
        Path file = dataDirectory.resolve(FILE);
        try {
            return Optional.of(parse(Files.readString(file, StandardCharsets.ISO_8859_1)));
        } catch (NoSuchFileException absent) {
            return Optional.empty();
        } catch (IllegalArgumentException damaged) {
            throw new IOException(file + " " + damaged.getMessage() + "; make sure that no"
                    + " PostgreSQL runs on this directory, then remove that one file", damaged);
        }
    }

    /**
     * Takes the text apart.
     *
     * @throws IllegalArgumentException if the first line is not a process id
     */
    static PostmasterPid parse(String text) {
        List<String> lines = text.lines().map(String::strip).toList();
        String first = lines.isEmpty() ? "" : lines.get(0);
        long id;
        try {
            id = Integer.parseInt(first);
        } catch (NumberFormatException notANumber) {
            id = 0;
        }
        if (id == 0) {
            throw new IllegalArgumentException("begins with '" + first + "', not a process id");
        }
        return new PostmasterPid(Math.abs(id), id < 0, port(lines),
                lines.size() > LINE_STATE ? lines.get(LINE_STATE) : "");
    }

    private static int port(List<String> lines) {
        try {
            return lines.size() > LINE_PORT ? Integer.parseInt(lines.get(LINE_PORT)) : 0;
        } catch (NumberFormatException halfWritten) {
            return 0;
        }
    }

    /**
     * Lets the file name no process. PostgreSQL refuses to start while the id in it belongs to
     * <em>any</em> process of the same user; after a kill that number may have gone to another
     * program, in a container it nearly always has. The file itself stays: from its other lines
     * PostgreSQL finds sessions of the dead server that still hold its shared memory.
     */
    static void nameNobody(Path dataDirectory) throws IOException {
        Path file = dataDirectory.resolve(FILE);
        String text = Files.readString(file, StandardCharsets.ISO_8859_1);
        int end = text.indexOf('\n');
        Path fresh = dataDirectory.resolve(FILE + ".new");
        Files.writeString(fresh, NOBODY + (end < 0 ? "\n" : text.substring(end)),
                StandardCharsets.ISO_8859_1);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
