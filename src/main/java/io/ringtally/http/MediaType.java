package io.ringtally.http;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import java.util.Locale;

/**
 * What a request says its body is.
 *
 * <p>Threading: stateless.
 */
enum MediaType {

    JSON, NDJSON, CLOUD_EVENT, CLOUD_EVENTS, FORM, MULTIPART, OTHER;

    /** Whether events come in such a body. */
    boolean isEvents() {
        return this == JSON || this == NDJSON || this == CLOUD_EVENT || this == CLOUD_EVENTS;
    }

    /**
     * The media type of a request; JSON when none is named, as the body decides anyway, and none
     * that is known when several are: others could go by another one of them.
     */
    static MediaType of(HeaderMap headers) {
        HeaderValues sent = headers.get(Headers.CONTENT_TYPE);
        if (sent == null) {
            return JSON;
        }
        return sent.size() == 1 ? of(sent.getFirst()) : OTHER;
    }

    private static MediaType of(String value) {
        if (value.equals("application/json")) {
            return JSON;
        }
        int end = value.indexOf(';');
        String name = (end < 0 ? value : value.substring(0, end)).trim().toLowerCase(Locale.ROOT);
        String charset = parameter(value, "charset");
        if (charset != null && !charset.equalsIgnoreCase("utf-8")
                && !charset.equalsIgnoreCase("us-ascii")) {
            return OTHER;
        }
        return switch (name) {
            case "application/json" -> JSON;
            case "application/x-ndjson", "application/ndjson" -> NDJSON;
            case "application/cloudevents+json" -> CLOUD_EVENT;
            case "application/cloudevents-batch+json" -> CLOUD_EVENTS;
            case "application/x-www-form-urlencoded" -> FORM;
            case "multipart/form-data" -> MULTIPART;
            default -> name.startsWith("application/") && name.endsWith("+json") ? JSON : OTHER;
        };
    }

    /**
     * The parameter of that name (in any case, RFC 9110 section 5.6.6) in the value of a header
     * such as Content-Type, without its quotes; null if there is none.
     */
    static String parameter(String value, String name) {
        int semicolon = value.indexOf(';');
        while (semicolon >= 0) {
            int end = endOfParameter(value, semicolon + 1);
            String parameter = value.substring(semicolon + 1, Math.min(end, value.length()));
            int equals = parameter.indexOf('=');
            if (equals >= 0 && parameter.substring(0, equals).trim().equalsIgnoreCase(name)) {
                return unquoted(parameter.substring(equals + 1).trim());
            }
            semicolon = end < value.length() ? end : -1;
        }
        return null;
    }

    /** Index of the semicolon that ends the parameter; not before the value's end if none does. */
    private static int endOfParameter(String value, int from) {
        boolean quoted = false;
        int at = from;
        while (at < value.length() && (quoted || value.charAt(at) != ';')) {
            char c = value.charAt(at);
            quoted ^= c == '"';
            at += quoted && c == '\\' ? 2 : 1;
        }
        return at;
    }

    private static String unquoted(String text) {
        if (text.length() < 2 || !text.startsWith("\"") || !text.endsWith("\"")) {
            return text;
        }
        StringBuilder plain = new StringBuilder();
        for (int at = 1; at < text.length() - 1; at++) {
            boolean escape = text.charAt(at) == '\\' && at < text.length() - 2;
            plain.append(text.charAt(escape ? ++at : at));
        }
        return plain.toString();
    }

    /** Whether a request's body is JSON; if it is not, the exchange has been answered. */
    static boolean isJson(HttpServerExchange exchange) {
        if (of(exchange.getRequestHeaders()) == JSON) {
            return true;
        }
        unsupported(exchange.getRequestHeaders(), "application/json").send(exchange);
        return false;
    }

    static Problem unsupported(HeaderMap headers, String supported) {
        return new Problem(ProblemType.UNSUPPORTED_MEDIA_TYPE, "Content-Type "
                + headers.getFirst(Headers.CONTENT_TYPE) + " is not taken here; send "
                + supported + " in UTF-8");
    }
}
