package io.ringtally.http;

import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import java.util.Locale;

/**
 * What a request says its body is.
 *
 * <p>Threading: stateless.
 */
enum MediaType {

    JSON, FORM, MULTIPART, OTHER;

    /** The media type of a request; JSON when none is named, as the body decides anyway. */
    static MediaType of(HeaderMap headers) {
        String value = headers.getFirst(Headers.CONTENT_TYPE);
        if (value == null || value.equals("application/json")) {
            return JSON;
        }
        int end = value.indexOf(';');
        String name = (end < 0 ? value : value.substring(0, end)).trim().toLowerCase(Locale.ROOT);
        String charset = Headers.extractQuotedValueFromHeader(value, "charset");
        if (charset != null && !charset.equalsIgnoreCase("utf-8")
                && !charset.equalsIgnoreCase("us-ascii")) {
            return OTHER;
        }
        if (name.equals("application/json")
                || name.startsWith("application/") && name.endsWith("+json")) {
            return JSON;
        }
        return switch (name) {
            case "application/x-www-form-urlencoded" -> FORM;
            case "multipart/form-data" -> MULTIPART;
            default -> OTHER;
        };
    }

    static Problem unsupported(HeaderMap headers, String supported) {
        return new Problem(415, "unsupported-media-type", "Content-Type "
                + headers.getFirst(Headers.CONTENT_TYPE) + " is not taken here; send "
                + supported + " in UTF-8");
    }
}
