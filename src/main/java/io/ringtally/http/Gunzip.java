package io.ringtally.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Inflates gzip (RFC 1952) that comes in pieces, one member or several behind each other, with the
 * checksum and the length of each checked. {@code GZIPInputStream} cannot be interrupted between
 * two pieces.
 *
 * <p>Threading: one thread's.
 */
final class Gunzip {

    private static final int FIXED_HEADER = 10;
    private static final int TRAILER = 8;

    private static final int HAS_HEADER_CRC = 2;
    private static final int HAS_EXTRA = 4;
    private static final int HAS_NAME = 8;
    private static final int HAS_COMMENT = 16;
    private static final int RESERVED_FLAGS = 0xe0;

    /** The parts of a member, in their order. */
    private enum Part { HEADER, EXTRA_LENGTH, EXTRA, NAME, COMMENT, HEADER_CRC, DATA, TRAILER }

    private final Inflater inflater = new Inflater(true);
    private final CRC32 crc = new CRC32();
    private Part part = Part.HEADER;
    /** Bytes of this part that have come. */
    private int come;
    /** Those of them that make a number, little-endian. */
    private long number;
    private int flags;
    private int extraLength;
    private long members;

    /**
     * Inflates what there is.
     *
     * @return how many bytes were made; 0 if it takes more input, then all of {@code in} is used
     * @throws IOException if this is not gzip, or its checksum or length is wrong
     */
    int inflate(ByteBuffer in, byte[] out, int offset, int length) throws IOException {
        while (part == Part.DATA || in.hasRemaining()) {
            if (part == Part.DATA) {
                int made = data(in, out, offset, length);
                if (made > 0) {
                    return made;
                }
                if (part == Part.DATA) {
                    return 0;
                }
            } else {
                octet(in.get() & 0xff);
            }
        }
        return 0;
    }

    /** Whether what has come so far is whole: at least one member, and nothing of another one. */
    boolean isComplete() {
        return part == Part.HEADER && come == 0 && members > 0;
    }

    /** Frees its memory. */
    void close() {
        inflater.end();
    }

    private int data(ByteBuffer in, byte[] out, int offset, int length) throws IOException {
        inflater.setInput(in);
        try {
            int made = inflater.inflate(out, offset, length);
            crc.update(out, offset, made);
            if (inflater.needsDictionary()) {
                throw new IOException("it asks for a dictionary");
            }
            if (inflater.finished()) {
                next(Part.TRAILER);
            }
            return made;
        } catch (DataFormatException broken) {
            throw new IOException(broken.getMessage() == null ? "invalid compressed data"
                    : broken.getMessage(), broken);
        }
    }

    /** A byte of anything but the data. */
    private void octet(int octet) throws IOException {
        switch (part) {
            case HEADER -> header(octet);
            case EXTRA_LENGTH -> {
                number |= (long) octet << 8 * come++;
                if (come == Short.BYTES) {
                    extraLength = (int) number;
                    next(extraLength > 0 ? Part.EXTRA : afterExtra());
                }
            }
            case EXTRA -> {
                if (++come == extraLength) {
                    next(afterExtra());
                }
            }
            case NAME -> {
                if (octet == 0) {
                    next(afterName());
                }
            }
            case COMMENT -> {
                if (octet == 0) {
                    next(afterComment());
                }
            }
            case HEADER_CRC -> {
                if (++come == Short.BYTES) {
                    next(Part.DATA);
                }
            }
            case TRAILER -> trailer(octet);
            default -> throw new AssertionError(part);
        }
    }

    private void header(int octet) throws IOException {
        switch (come++) {
            case 0 -> expect(octet, 0x1f, "it does not begin like gzip");
            case 1 -> expect(octet, 0x8b, "it does not begin like gzip");
            case 2 -> expect(octet, 8, "compression method " + octet + " is not deflate");
            case 3 -> {
                flags = octet;
                expect(octet & RESERVED_FLAGS, 0, "its header has unknown flags");
            }
            case FIXED_HEADER - 1 -> next((flags & HAS_EXTRA) != 0
                    ? Part.EXTRA_LENGTH : afterExtra());
            default -> { } // time, extra flags, operating system
        }
    }

    private Part afterExtra() {
        return (flags & HAS_NAME) != 0 ? Part.NAME : afterName();
    }

    private Part afterName() {
        return (flags & HAS_COMMENT) != 0 ? Part.COMMENT : afterComment();
    }

    private Part afterComment() {
        return (flags & HAS_HEADER_CRC) != 0 ? Part.HEADER_CRC : Part.DATA;
    }

    private void trailer(int octet) throws IOException {
        number |= (long) octet << 8 * come++;
        if (come == TRAILER) {
            if ((number & 0xffff_ffffL) != crc.getValue()) {
                throw new IOException("its checksum is wrong");
            }
            if (number >>> Integer.SIZE != (inflater.getBytesWritten() & 0xffff_ffffL)) {
                throw new IOException("its length is wrong");
            }
            members++;
            inflater.reset();
            crc.reset();
            next(Part.HEADER);
        }
    }

    private void next(Part following) {
        part = following;
        come = 0;
        number = 0;
    }

    private static void expect(int found, int expected, String otherwise) throws IOException {
        if (found != expected) {
            throw new IOException(otherwise);
        }
    }
}
