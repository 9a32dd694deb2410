package io.ringtally.http;

import io.ringtally.event.FieldError;
import io.ringtally.event.PercentDecoder;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.HttpString;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * CloudEvents 1.0 in binary mode: the attributes are headers {@code ce-id}, {@code ce-source} and
 * so on, percent-encoded, and the body is the data.
 *
 * <p>Threading: stateless.
 */
final class CloudEventHeaders {

    private static final String PREFIX = "ce-";
    private static final HttpString VERSION = new HttpString("ce-specversion");
    private static final List<String> ATTRIBUTES = List.of("id", "source", "type", "subject",
            "time");

    private CloudEventHeaders() {
    }

    /** Whether a request is such an event. */
    static boolean present(HeaderMap headers) {
        return headers.contains(VERSION);
    }

    /** Reads the event into the context's batch, which has just begun; whether it is good. */
    static boolean read(HeaderMap headers, EdgeContext context, byte[] body, int length) {
        List<FieldError> errors = context.errors;
        errors.clear();
        String version = headers.get(VERSION).size() == 1 ? headers.getFirst(VERSION) : "several";
        if (!version.equals("1.0")) {
            errors.add(new FieldError(VERSION.toString(), VERSION + " is " + version
                    + ": send 1.0"));
            return false;
        }
        Map<String, byte[]> attributes = new HashMap<>();
        PercentDecoder decoder = new PercentDecoder();
        for (String name : ATTRIBUTES) {
            HeaderValues sent = headers.get(PREFIX + name);
            if (sent == null) {
                continue;
            }
            String header = PREFIX + name;
            if (sent.size() > 1) {
                errors.add(new FieldError(header, header + " is sent " + sent.size()
                        + " times: send it once"));
                return false;
            }
            if (!decoder.decodeSegment(sent.getFirst())) {
                errors.add(new FieldError(header, header + ' ' + decoder.wrong()));
                return false;
            }
            attributes.put(name, Arrays.copyOfRange(decoder.bytes(), decoder.offset(),
                    decoder.offset() + decoder.length()));
        }
        boolean json = MediaType.of(headers) == MediaType.JSON;
        if (!context.parser.readCloudEvent(attributes, json, body, 0, length, context.draft,
                errors)) {
            return false;
        }
        context.batch.accept(context.draft);
        return true;
    }
}
