package io.ringtally.journal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The directory of the body's files, with just what the body does there. What was written is sure
 * to survive a loss of power only after {@link DiskFile#force}, and a new name only after {@link
 * #forceNames}.
 *
 * <p>Threading: any thread; one at a time for one file's writes.
 */
interface Disk {

    /** The names of the files there. */
    List<String> names() throws IOException;

    /** Opens a file that is there. */
    DiskFile open(String name) throws IOException;

    /** Makes a file of {@code bytes} zeros, written, not forced. */
    DiskFile allocate(String name, long bytes) throws IOException;

    /** Gives a file another name. */
    void rename(String from, String to) throws IOException;

    void delete(String name) throws IOException;

    /** Forces the names themselves: files made, renamed, deleted. */
    void forceNames() throws IOException;

    /** One file of a fixed size. */
    interface DiskFile extends Closeable {

        String name();

        long bytes() throws IOException;

        /** Writes all of {@code from}, from its position to its limit, at {@code offset}. */
        void write(ByteBuffer from, long offset) throws IOException;

        /** Fills {@code to} from its position to its limit with what lies at {@code offset}. */
        void read(ByteBuffer to, long offset) throws IOException;

        /** Returns when everything written before the call survives a loss of power. */
        void force() throws IOException;
    }
}
