package io.ringtally.http;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.ringtally.event.EventDraft;
import io.ringtally.event.EventParser;
import io.ringtally.event.FieldError;
import io.undertow.util.HeaderMap;
import io.undertow.util.HttpString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.params.provider.MethodSource;

/** A fuzz target for each reader of bodies and headers that is not about events. */
class BodyFuzzTest {

    static Stream<byte[]> multipart() {
        return seeds("--b\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\nk\r\n--b\r\n"
                + "Content-Disposition: form-data; name=value\r\n\r\n1\r\n--b--\r\n",
                "--b\r\n\r\n\r\n--b--", "--b--", "--b", "");
    }

    static Stream<byte[]> chunked() {
        return seeds("5;a=b\r\nhello\r\n0\r\nX: 1\r\n\r\n", "1\r\na\r\n1\r\nb\r\n0\r\n\r\nrest",
                "ffffffff\r\n", "5\r\nhel");
    }

    static Stream<byte[]> members() throws IOException {
        ByteArrayOutputStream twice = new ByteArrayOutputStream();
        for (String text : List.of("hello hello hello", "")) {
            try (GZIPOutputStream gzip = new GZIPOutputStream(twice)) {
                gzip.write(text.getBytes(StandardCharsets.US_ASCII));
            }
        }
        byte[] named = twice.toByteArray().clone();
        named[3] = 0x1e;
        return Stream.of(twice.toByteArray(), Arrays.copyOf(twice.toByteArray(), 15), named);
    }

    static Stream<byte[]> tags() {
        return seeds("\"1.-2.abc.zz\"", "\"1.2.3\"", "W/\"1.2.3.4\"",
                "\"zzzzzzzzzzzzz.1.1.1\"", "*");
    }

    static Stream<byte[]> binaryEvents() {
        return seeds("1\nshop\norder-7\nPAID\n2026-01-31T12:00:00Z\n{\"value\":2}",
                "%E2%82%AC\na%20b\n%\n%ff\n\n{}", "\n\n\n\n\n");
    }

    static Stream<byte[]> types() {
        return seeds("multipart/form-data; boundary=\"a\\\"b\"; charset=utf-8", "a/b;boundary",
                "a/b; x=\"", ";;=;boundary=;", "a/b; Boundary = c ");
    }

    @MethodSource("multipart")
    @FuzzTest(maxDuration = "5m")
    void multipart(byte[] body) {
        MultipartFields fields = MultipartFields.read("multipart/form-data; boundary=b", body,
                body.length);
        List<FieldError> errors = new ArrayList<>();
        boolean complete = fields.complete(errors);
        check(complete == errors.isEmpty(), body);
        if (complete) {
            boolean good = new EventParser().readIncrementFields(fields.values(),
                    new EventDraft(), errors);
            check(good == errors.isEmpty(), body);
        }
    }

    /** However the bytes come, the same is read, up to the same end. */
    @MethodSource("chunked")
    @FuzzTest(maxDuration = "5m")
    void chunks(byte[] bytes) {
        String whole = decoded(bytes, bytes.length, 1 << 16);
        check(whole.equals(decoded(bytes, 1, 1 << 16)), bytes);
        check(whole.equals(decoded(bytes, 3, 2)), bytes);
    }

    private static String decoded(byte[] bytes, int step, int room) {
        ChunkDecoder decoder = new ChunkDecoder();
        StringBuilder data = new StringBuilder();
        int at = 0;
        try {
            while (at < bytes.length && !decoder.isDone()) {
                ByteBuffer raw = ByteBuffer.wrap(bytes, at, Math.min(step, bytes.length - at));
                ByteBuffer target = ByteBuffer.allocate(Math.min(room, bytes.length));
                int count = decoder.decode(raw, target);
                data.append(new String(Arrays.copyOf(target.array(), count),
                        StandardCharsets.ISO_8859_1));
                at = raw.position();
            }
            return data + (decoder.isDone() ? " ends at " + at : " goes on");
        } catch (MalformedChunkException malformed) {
            return malformed.getMessage();
        }
    }

    @MethodSource("types")
    @FuzzTest(maxDuration = "5m")
    void contentType(byte[] bytes) {
        String value = new String(bytes, StandardCharsets.ISO_8859_1);
        String boundary = MediaType.parameter(value, "boundary");
        check(boundary == null || boundary.length() < value.length(), bytes);
        check(MediaType.parameter(value.replace(';', ' '), "boundary") == null, bytes);
    }

    @MethodSource("chunked")
    @FuzzTest(maxDuration = "5m")
    void gzip(byte[] bytes) {
        try {
            GzipBody body = GzipBody.inflate(bytes, bytes.length, 1 << 16);
            check(body.length() <= (1 << 16) + 1, bytes);
        } catch (IOException notGzip) {
            check(notGzip.getMessage() == null || !notGzip.getMessage().contains("\n"), bytes);
        }
    }

    /** However the bytes come, the same is inflated, and the same is wrong. */
    @MethodSource("members")
    @FuzzTest(maxDuration = "5m")
    void gunzip(byte[] bytes) {
        String whole = inflated(bytes, Math.max(1, bytes.length));
        check(whole.equals(inflated(bytes, 1)), bytes);
        check(whole.equals(inflated(bytes, 3)), bytes);
    }

    private static String inflated(byte[] bytes, int step) {
        StringBuilder data = new StringBuilder();
        byte[] out = new byte[64];
        Gunzip gunzip = new Gunzip();
        try {
            for (int at = 0; at < bytes.length; at += step) {
                ByteBuffer in = ByteBuffer.wrap(bytes, at, Math.min(step, bytes.length - at));
                for (int made; (made = gunzip.inflate(in, out, 0, out.length)) > 0
                        && data.length() < 1 << 16;) {
                    data.append(new String(out, 0, made, StandardCharsets.ISO_8859_1));
                }
                if (data.length() >= 1 << 16) {
                    return "much";
                }
            }
            return data + (gunzip.isComplete() ? " whole" : " goes on");
        } catch (IOException notGzip) {
            return String.valueOf(notGzip.getMessage());
        } finally {
            gunzip.close();
        }
    }

    /** What is taken for a tag of ours says one state, and has that state's text. */
    @MethodSource("tags")
    @FuzzTest(maxDuration = "5m")
    void counterTag(byte[] bytes) {
        String tag = new String(bytes, StandardCharsets.ISO_8859_1);
        check(CounterTag.stateOf(tag) == null || tag.length() <= 2 + 4 * 13 + 3 + 4, bytes);
    }

    /** Headers of a CloudEvent in binary mode, a line each, then data: one event, or a reason. */
    @MethodSource("binaryEvents")
    @FuzzTest(maxDuration = "5m")
    void cloudEventHeaders(byte[] bytes) {
        String[] lines = new String(bytes, StandardCharsets.ISO_8859_1).split("\n", 6);
        HeaderMap headers = new HeaderMap();
        headers.put(new HttpString("ce-specversion"), "1.0");
        List<String> names = List.of("id", "source", "subject", "type", "time");
        for (int i = 0; i < Math.min(names.size(), lines.length); i++) {
            headers.add(new HttpString("ce-" + names.get(i)), lines[i]);
        }
        byte[] data = lines.length < 6 ? new byte[0]
                : lines[5].getBytes(StandardCharsets.ISO_8859_1);
        EdgeContext context = new EdgeContext(1, null, 1, null);
        context.batch.begin(1);
        boolean good = CloudEventHeaders.read(headers, context, data, data.length);
        check(good == context.errors.isEmpty(), bytes);
        check(context.batch.count() == (good ? 1 : 0), bytes);
    }

    private static void check(boolean holds, byte[] body) {
        if (!holds) {
            throw new AssertionError(new String(body, StandardCharsets.ISO_8859_1));
        }
    }

    private static Stream<byte[]> seeds(String... texts) {
        return Stream.of(texts).map(text -> text.getBytes(StandardCharsets.UTF_8));
    }
}
