package io.ringtally.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class GunzipTest {

    private static final int SEED = 7;

    @Test
    void piecesOfAnySizeGiveTheSameText() throws IOException {
        Random random = new Random(SEED);
        for (int round = 0; round < 300; round++) {
            byte[] text = text(random, random.nextInt(100_000));
            byte[] out = new byte[1 + random.nextInt(5_000)];
            Piecewise read = new Piecewise(out);
            read.all(gzip(text), random, 1 + random.nextInt(3_000));
            assertArrayEquals(text, read.text());
            assertTrue(read.gunzip.isComplete());
        }
    }

    @Test
    void membersFollowEachOther() throws IOException {
        byte[] first = text(new Random(SEED), 1_000);
        byte[] second = text(new Random(SEED + 1), 2_000);
        byte[] both = concat(gzip(first), gzip(new byte[0]), gzip(second));
        Piecewise read = new Piecewise(new byte[100]);
        read.all(both, new Random(SEED), 7);
        assertArrayEquals(concat(first, second), read.text());
    }

    @Test
    void allPartsOfAHeaderArePassedOver() throws IOException {
        byte[] text = text(new Random(SEED), 1_000);
        byte[] plain = gzip(text);
        for (int flags = 0; flags < 0x20; flags++) {
            byte[] header = Arrays.copyOf(plain, 10);
            header[3] = (byte) flags;
            byte[] whole = concat(header,
                    (flags & 4) != 0 ? new byte[] {3, 0, 'a', 0, 'c'} : new byte[0],
                    (flags & 8) != 0 ? new byte[] {'n', 'a', 0} : new byte[0],
                    (flags & 16) != 0 ? new byte[] {'c', 0} : new byte[0],
                    (flags & 2) != 0 ? new byte[] {1, 2} : new byte[0],
                    Arrays.copyOfRange(plain, 10, plain.length));
            Piecewise read = new Piecewise(new byte[333]);
            read.all(whole, new Random(SEED), 5);
            assertArrayEquals(text, read.text(), "flags " + flags);
            assertTrue(read.gunzip.isComplete());
        }
    }

    @Test
    void aWholeBodyIsInflatedUpToItsLimit() throws IOException {
        byte[] text = text(new Random(SEED), 50_000);
        byte[] both = concat(gzip(text), gzip(text));
        byte[] twice = concat(text, text);
        for (int limit : new int[] {twice.length, twice.length + 1, 1 << 20}) {
            GzipBody all = GzipBody.inflate(both, both.length, limit);
            assertArrayEquals(twice, Arrays.copyOf(all.bytes(), all.length()));
        }
        assertEquals(twice.length,
                GzipBody.inflate(both, both.length, twice.length - 1).length());
        // a large one is not inflated any further than to see that
        assertEquals(101, GzipBody.inflate(both, both.length, 100).length());
        assertThrows(IOException.class, () -> GzipBody.inflate(both, both.length - 1, 1 << 20));
        assertThrows(IOException.class, () -> GzipBody.inflate(both, 0, 1 << 20));
    }

    @Test
    void itIsNotCompleteWhereverItIsCut() throws IOException {
        byte[] gzip = gzip(text(new Random(SEED), 500));
        for (int cut = 0; cut < gzip.length; cut++) {
            Piecewise read = new Piecewise(new byte[100]);
            read.all(Arrays.copyOf(gzip, cut), new Random(SEED), 50);
            assertFalse(read.gunzip.isComplete(), "cut at " + cut);
        }
    }

    @Test
    void noFlippedByteGivesAnotherTextUnnoticed() throws IOException {
        byte[] text = text(new Random(SEED), 500);
        byte[] gzip = gzip(text);
        for (int at = 0; at < gzip.length; at++) {
            for (int bit = 0; bit < 8; bit++) {
                byte[] flipped = gzip.clone();
                flipped[at] ^= (byte) (1 << bit);
                Piecewise read = new Piecewise(new byte[100]);
                try {
                    read.all(flipped, new Random(SEED), 50);
                } catch (IOException refused) {
                    continue;
                }
                assertTrue(!read.gunzip.isComplete() || Arrays.equals(text, read.text()),
                        "bit " + bit + " of byte " + at);
            }
        }
    }

    @Test
    void whatIsNoGzipIsRefused() {
        assertThrows(IOException.class, () -> new Piecewise(new byte[10])
                .all("{\"key\":1}".getBytes(), new Random(SEED), 3));
        assertThrows(IOException.class, () -> new Piecewise(new byte[10])
                .all(concat(gzip(new byte[1]), new byte[] {0, 0}), new Random(SEED), 3));
    }

    private static byte[] text(Random random, int length) {
        byte[] text = new byte[length];
        for (int i = 0; i < length; i++) {
            text[i] = (byte) ('a' + random.nextInt(3));
        }
        return text;
    }

    private static byte[] gzip(byte[] plain) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(plain);
        }
        return bytes.toByteArray();
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            whole.writeBytes(part);
        }
        return whole.toByteArray();
    }

    private static final class Piecewise {

        private final Gunzip gunzip = new Gunzip();
        private final ByteArrayOutputStream text = new ByteArrayOutputStream();
        private final byte[] out;

        Piecewise(byte[] out) {
            this.out = out;
        }

        void all(byte[] gzip, Random random, int pieceMax) throws IOException {
            for (int at = 0; at < gzip.length;) {
                int length = Math.min(gzip.length - at, 1 + random.nextInt(pieceMax));
                ByteBuffer in = ByteBuffer.wrap(gzip, at, length);
                int made;
                while ((made = gunzip.inflate(in, out, 0, out.length)) > 0) {
                    text.write(out, 0, made);
                }
                assertFalse(in.hasRemaining());
                at += length;
            }
        }

        byte[] text() {
            return text.toByteArray();
        }
    }
}
