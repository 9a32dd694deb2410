package io.ringtally.http;

import io.ringtally.event.FieldError;
import io.undertow.server.DefaultByteBufferPool;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.MultipartParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The fields of a multipart form that is in memory already; Undertow's parser does the framing.
 *
 * <p>Threading: none; made for one request.
 */
final class MultipartFields implements MultipartParser.PartHandler {

    private static final DefaultByteBufferPool POOL =
            new DefaultByteBufferPool(false, 1024, 16, 4);

    private final Map<String, List<byte[]>> values = new LinkedHashMap<>();
    private final ByteArrayOutputStream part = new ByteArrayOutputStream();
    private String name;
    private String trouble;

    private MultipartFields() {
    }

    /** Reads the body of a request with this Content-Type. */
    static MultipartFields read(String contentType, byte[] body, int length) {
        MultipartFields fields = new MultipartFields();
        String boundary = MediaType.parameter(contentType, "boundary");
        if (boundary == null || boundary.isEmpty()) {
            fields.trouble = "Content-Type multipart/form-data names no boundary";
            return fields;
        }
        MultipartParser.ParseState state = MultipartParser.beginParse(POOL, fields,
                boundary.getBytes(StandardCharsets.US_ASCII), "UTF-8");
        try {
            state.parse(ByteBuffer.wrap(body, 0, length));
            if (!state.isComplete()) {
                fields.trouble = "the multipart body ends before its closing boundary --"
                        + boundary + "--";
            }
        } catch (IOException | RuntimeException malformed) {
            fields.trouble = "the multipart body is malformed: " + malformed.getMessage();
        }
        return fields;
    }

    /** Whether the framing was whole; if not, says so. */
    boolean complete(List<FieldError> errors) {
        if (trouble != null) {
            errors.add(new FieldError("", trouble));
        }
        return trouble == null;
    }

    /** The bytes of each field, in the order they came. */
    Map<String, List<byte[]>> values() {
        return values;
    }

    @Override
    public void beginPart(HeaderMap headers) {
        String disposition = headers.getFirst(Headers.CONTENT_DISPOSITION);
        name = disposition == null ? null : MediaType.parameter(disposition, "name");
        part.reset();
    }

    @Override
    public void data(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        part.write(bytes, 0, bytes.length);
    }

    @Override
    public void endPart() {
        if (name == null) {
            trouble = "a part of the multipart body has no name";
            return;
        }
        values.computeIfAbsent(name, first -> new ArrayList<>(1)).add(part.toByteArray());
    }
}
