package io.ringtally.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A disk that passes everything on; those that cheat override a part.
 *
 * <p>Threading: as the disk below.
 */
class WrappedDisk implements Disk {

    final Disk below;

    WrappedDisk(Disk below) {
        this.below = below;
    }

    /** Forces a file of the disk below. */
    void force(DiskFile file) throws IOException {
        file.force();
    }

    /** Reads from a file of the disk below. */
    void read(DiskFile file, ByteBuffer to, long offset) throws IOException {
        file.read(to, offset);
    }

    @Override
    public List<String> names() throws IOException {
        return below.names();
    }

    @Override
    public DiskFile open(String name) throws IOException {
        return new WrappedFile(below.open(name));
    }

    @Override
    public DiskFile allocate(String name, long bytes) throws IOException {
        return new WrappedFile(below.allocate(name, bytes));
    }

    @Override
    public void rename(String from, String to) throws IOException {
        below.rename(from, to);
    }

    @Override
    public void delete(String name) throws IOException {
        below.delete(name);
    }

    @Override
    public void forceNames() throws IOException {
        below.forceNames();
    }

    private final class WrappedFile implements DiskFile {

        private final DiskFile file;

        WrappedFile(DiskFile file) {
            this.file = file;
        }

        @Override
        public String name() {
            return file.name();
        }

        @Override
        public long bytes() throws IOException {
            return file.bytes();
        }

        @Override
        public void write(ByteBuffer from, long offset) throws IOException {
            file.write(from, offset);
        }

        @Override
        public void read(ByteBuffer to, long offset) throws IOException {
            WrappedDisk.this.read(file, to, offset);
        }

        @Override
        public void force() throws IOException {
            WrappedDisk.this.force(file);
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
