package io.ringtally.http;

import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Set;

/**
 * Takes a chunked body apart (RFC 9112, section 7.1), to the letter: a proxy in front that reads
 * the same bytes finds the same end or none. Whatever leaves room for two readings is malformed: a
 * lone line feed, white space around a size, more than eight digits, anything between a chunk's
 * data and its CRLF, a trailer that frames or routes. Well-formed extensions and other trailers are
 * skipped.
 *
 * <p>Threading: one thread's; one for each body.
 */
final class ChunkDecoder {

    static final int EXTENSION_BYTES_MAX = 1024;
    static final int TRAILER_BYTES_MAX = 4096;
    private static final int SIZE_DIGITS_MAX = 8;

    /** Fields that must not come after the body they would have changed the meaning of. */
    private static final Set<String> NOT_IN_TRAILERS = Set.of("content-length",
            "transfer-encoding", "host", "connection", "te", "upgrade", "expect",
            "content-type", "content-encoding", "content-range", "authorization",
            "idempotency-key");

    private enum State {
        SIZE, EXTENSION, SIZE_LF, DATA, DATA_CR, DATA_LF, TRAILER_NAME, TRAILER_VALUE, TRAILER_LF,
        LAST_LF, DONE
    }

    private final StringBuilder name = new StringBuilder();
    private State state = State.SIZE;
    private int digits;
    private long size;
    private int extensionBytes;
    private int trailerBytes;
    private boolean quoted;

    /** Whether the last chunk and its trailers have been read. */
    boolean isDone() {
        return state == State.DONE;
    }

    /**
     * Takes what it can from {@code raw}, up to the body's end, and puts data into {@code data} as
     * long as there is room.
     *
     * @return bytes of data
     * @throws MalformedChunkException if this is no chunked body; its message says why
     */
    int decode(ByteBuffer raw, ByteBuffer data) throws MalformedChunkException {
        int before = data.position();
        while (raw.hasRemaining() && state != State.DONE) {
            if (state == State.DATA) {
                if (!data.hasRemaining()) {
                    break;
                }
                copy(raw, data);
            } else {
                step(raw.get());
            }
        }
        return data.position() - before;
    }

    private void copy(ByteBuffer raw, ByteBuffer data) {
        int count = (int) Math.min(size, Math.min(raw.remaining(), data.remaining()));
        int limit = raw.limit();
        data.put(raw.limit(raw.position() + count));
        raw.limit(limit);
        size -= count;
        if (size == 0) {
            state = State.DATA_CR;
        }
    }

    private void step(byte octet) throws MalformedChunkException {
        switch (state) {
            case SIZE -> size(octet);
            case EXTENSION -> extension(octet);
            case SIZE_LF -> {
                expect(octet, '\n', "behind a chunk's size");
                state = size == 0 ? State.TRAILER_NAME : State.DATA;
                digits = 0;
                extensionBytes = 0;
            }
            case DATA_CR -> state = expect(octet, '\r', "behind a chunk's data", State.DATA_LF);
            case DATA_LF -> state = expect(octet, '\n', "behind a chunk's data", State.SIZE);
            case TRAILER_NAME -> trailerName(octet);
            case TRAILER_VALUE -> trailerValue(octet);
            case TRAILER_LF -> state = expect(octet, '\n', "behind a trailer", State.TRAILER_NAME);
            case LAST_LF -> state = expect(octet, '\n', "at the body's end", State.DONE);
            default -> throw new IllegalStateException(state.name());
        }
    }

    private void size(byte octet) throws MalformedChunkException {
        int digit = octet < 0 ? -1 : Character.digit(octet, 16);
        if (digit >= 0) {
            size = (digits == 0 ? 0 : size << 4) + digit;
            if (++digits > SIZE_DIGITS_MAX) {
                throw new MalformedChunkException("a chunk's size has more than " + SIZE_DIGITS_MAX
                        + " hexadecimal digits");
            }
        } else if (digits == 0) {
            throw new MalformedChunkException(shown(octet) + " stands where a chunk's size in"
                    + " hexadecimal digits begins");
        } else if (octet == ';') {
            state = State.EXTENSION;
        } else {
            state = expect(octet, '\r', "behind a chunk's size", State.SIZE_LF);
        }
    }

    private void extension(byte octet) throws MalformedChunkException {
        if (octet == '\r' && !quoted) {
            state = State.SIZE_LF;
        } else if (isControl(octet)) {
            throw new MalformedChunkException(shown(octet) + " is in a chunk's extension");
        }
        quoted ^= octet == '"';
        if (++extensionBytes > EXTENSION_BYTES_MAX) {
            throw new MalformedChunkException("the extensions of a chunk have more than "
                    + EXTENSION_BYTES_MAX + " bytes");
        }
    }

    private void trailerName(byte octet) throws MalformedChunkException {
        if (octet == '\r' && name.length() == 0) {
            state = State.LAST_LF;
            return;
        }
        countTrailer();
        if (octet == ':' && name.length() > 0) {
            String field = name.toString().toLowerCase(Locale.ROOT);
            name.setLength(0);
            if (NOT_IN_TRAILERS.contains(field)) {
                throw new MalformedChunkException(field + " is among its trailers");
            }
            state = State.TRAILER_VALUE;
        } else if (HttpToken.isCharacter(octet)) {
            name.append((char) octet);
        } else {
            throw new MalformedChunkException(shown(octet) + " is in the name of a trailer");
        }
    }

    private void trailerValue(byte octet) throws MalformedChunkException {
        if (octet == '\r') {
            state = State.TRAILER_LF;
            return;
        }
        countTrailer();
        if (isControl(octet)) {
            throw new MalformedChunkException(shown(octet) + " is in a trailer");
        }
    }

    private void countTrailer() throws MalformedChunkException {
        if (++trailerBytes > TRAILER_BYTES_MAX) {
            throw new MalformedChunkException("its trailers have more than " + TRAILER_BYTES_MAX
                    + " bytes");
        }
    }

    private static State expect(byte octet, char wanted, String where, State then)
            throws MalformedChunkException {
        expect(octet, wanted, where);
        return then;
    }

    private static void expect(byte octet, char wanted, String where)
            throws MalformedChunkException {
        if (octet != wanted) {
            throw new MalformedChunkException(shown(octet) + " stands " + where + " instead of "
                    + (wanted == '\r' ? "CR" : "LF"));
        }
    }

    private static boolean isControl(byte octet) {
        return octet >= 0 && octet < ' ' && octet != '\t' || octet == 0x7F;
    }

    private static String shown(byte octet) {
        return String.format("0x%02X", octet);
    }
}
