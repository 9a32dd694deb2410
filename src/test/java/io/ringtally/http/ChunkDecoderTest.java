package io.ringtally.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChunkDecoderTest {

    private static final String BODY = "5;a=\"b\"\r\nhello\r\n00006\r\n world\r\n0\r\nX: 1\r\n\r\n";

    @Test
    void stopsAtTheEndOfTheBody() throws Exception {
        ChunkDecoder decoder = new ChunkDecoder();
        ByteBuffer raw = bytes(BODY + "next");
        ByteBuffer data = ByteBuffer.allocate(100);
        assertEquals(11, decoder.decode(raw, data));
        assertTrue(decoder.isDone());
        assertEquals("hello world", text(data));
        assertEquals(4, raw.remaining());
    }

    @Test
    void readsTheSameHoweverTheBytesArriveAndHoweverLittleRoomThereIs() throws Exception {
        for (int cut = 0; cut <= BODY.length(); cut++) {
            for (int room = 1; room <= 11; room++) {
                ChunkDecoder decoder = new ChunkDecoder();
                StringBuilder all = new StringBuilder();
                for (String part : new String[] {BODY.substring(0, cut), BODY.substring(cut)}) {
                    ByteBuffer raw = bytes(part);
                    while (raw.hasRemaining()) {
                        ByteBuffer data = ByteBuffer.allocate(room);
                        decoder.decode(raw, data);
                        all.append(text(data));
                    }
                }
                assertTrue(decoder.isDone());
                assertEquals("hello world", all.toString());
            }
        }
    }

    @Test
    void noPrefixIsAWholeBody() throws Exception {
        for (int length = 0; length < BODY.length(); length++) {
            ChunkDecoder decoder = new ChunkDecoder();
            decoder.decode(bytes(BODY.substring(0, length)), ByteBuffer.allocate(100));
            assertFalse(decoder.isDone(), BODY.substring(0, length));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\r\n", "x", " 5\r\n", "5 \r\n", "5\n", "5\rX", "5;a\n", "5;\0",
            "5\r\nhelloX", "5\r\nhello\n", "5\r\nhello\rX", "000000005\r\n", "-1\r\n", "0x5\r\n",
            "0\r\nX\r\n", "0\r\n: 1\r\n", "0\r\nX : 1\r\n", "0\r\n X: 1\r\n", "0\r\nX: 1\n",
            "0\r\nX: 1\r\n 2\r\n", "0\r\nContent-Length: 1\r\n", "0\r\nHOST: x\r\n", "0\r\n\n",
            "5;a=\"\r\n\u00ff\r\n"})
    void refusesWhatCouldBeReadDifferently(String body) {
        assertThrows(MalformedChunkException.class, () -> new ChunkDecoder().decode(bytes(body),
                ByteBuffer.allocate(100)));
    }

    @Test
    void extensionsAndTrailersAreBounded() {
        assertThrows(MalformedChunkException.class, () -> new ChunkDecoder().decode(
                bytes("1;" + "a".repeat(ChunkDecoder.EXTENSION_BYTES_MAX + 1)),
                ByteBuffer.allocate(1)));
        assertThrows(MalformedChunkException.class, () -> new ChunkDecoder().decode(
                bytes("0\r\n" + "a: 1\r\n".repeat(ChunkDecoder.TRAILER_BYTES_MAX / 4 + 1)),
                ByteBuffer.allocate(1)));
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String text(ByteBuffer data) {
        return new String(data.array(), 0, data.position(), StandardCharsets.ISO_8859_1);
    }
}
