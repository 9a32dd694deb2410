package io.ringtally.http;

import io.undertow.server.Connectors;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import io.undertow.util.Protocols;
import java.util.Locale;
import java.util.Set;

/**
 * Refuses requests that another server could read differently, and heads beyond the limits, before
 * any endpoint sees them; nothing that follows on their connection is read. Undertow has refused
 * before: lone CR and LF, control characters, malformed names, lengths that are no number or come
 * twice, a length beside a transfer coding, a missing, second or malformed Host.
 *
 * <p>An ordinary request costs one lookup for its length or one for its coding, and one for
 * {@code Connection}.
 *
 * <p>Threading: on the exchange's I/O thread; stateless.
 */
final class FramingFilter implements HttpHandler {

    /** Digits that always fit into a long: Undertow takes lengths beyond for smaller ones. */
    private static final int LENGTH_DIGITS_MAX = 18;

    /** Fields that are never for the next hop only. */
    private static final Set<String> NOT_CONNECTION_OPTIONS = Set.of("content-length", "host",
            "content-type", "content-encoding", "authorization", "idempotency-key", "expect",
            "if-match", "if-none-match");
    /** Of CloudEvents in binary mode. */
    private static final String EVENT_ATTRIBUTE = "ce-";

    private final HttpHandler next;
    private final HeadSettings limits;

    FramingFilter(HttpHandler next, HeadSettings limits) {
        this.next = next;
        this.limits = limits;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        Problem wrong = problemOf(exchange);
        if (wrong == null) {
            if (exchange.getProtocol() == Protocols.HTTP_1_0 && exchange.isPersistent()) {
                // else the client waits for the end of the connection, and we for its next request
                exchange.getResponseHeaders().put(Headers.CONNECTION, "keep-alive");
            }
            next.handleRequest(exchange);
            return;
        }
        exchange.setPersistent(false);
        Connectors.terminateRequest(exchange);
        wrong.send(exchange);
    }

    /** What is wrong; null if nothing is. */
    private Problem problemOf(HttpServerExchange exchange) {
        HttpString version = exchange.getProtocol();
        if (version != Protocols.HTTP_1_1 && version != Protocols.HTTP_1_0) {
            return new Problem(ProblemType.UNKNOWN_VERSION, version + " is not spoken here: send"
                    + " HTTP/1.1");
        }
        HeaderMap headers = exchange.getRequestHeaders();
        Problem wrong = null;
        String length = headers.getFirst(Headers.CONTENT_LENGTH);
        if (length != null) {
            wrong = length.length() > LENGTH_DIGITS_MAX ? lengthTooLong(length) : null;
        } else if (headers.contains(Headers.TRANSFER_ENCODING)) {
            wrong = ofCoding(exchange, headers.getFirst(Headers.TRANSFER_ENCODING));
        }
        HeaderValues options = headers.get(Headers.CONNECTION);
        if (wrong == null && options != null
                && (options.size() > 1 || !isUsual(options.getFirst()))) {
            wrong = ofOptions(exchange, options);
        }
        return wrong != null ? wrong : ofHead(exchange, headers);
    }

    private Problem ofHead(HttpServerExchange exchange, HeaderMap headers) {
        HttpString method = exchange.getRequestMethod();
        if (method != Methods.POST && method != Methods.GET && hasLowerCase(method)) {
            return new Problem(ProblemType.UNKNOWN_METHOD, "names of methods are upper case: send "
                    + method.toString().toUpperCase(Locale.ROOT));
        }
        if (headers.size() > limits.headersMax()) {
            return new Problem(ProblemType.TOO_MANY_HEADERS, "the request has " + headers.size()
                    + " headers, the limit is " + limits.headersMax() + " (http.max-headers)");
        }
        int uri = exchange.getRequestURI().length() + exchange.getQueryString().length();
        if (uri > limits.uriBytesMax()) {
            return new Problem(ProblemType.URI_TOO_LONG, "the path and query have " + uri
                    + " bytes, the limit is " + limits.uriBytesMax() + " (http.max-uri-bytes)");
        }
        return exchange.isHostIncludedInRequestURI() ? ofAbsolute(exchange.getRequestURI()) : null;
    }

    /** RFC 9110, section 4.2: user names and other schemes do not lead here. */
    private static Problem ofAbsolute(String uri) {
        int scheme = uri.indexOf("://");
        int end = uri.indexOf('/', scheme + 3);
        String authority = uri.substring(scheme + 3, end < 0 ? uri.length() : end);
        boolean known = uri.regionMatches(true, 0, "http://", 0, 7)
                || uri.regionMatches(true, 0, "https://", 0, 8);
        return known && authority.indexOf('@') < 0 ? null : new Problem(ProblemType.FOREIGN_TARGET,
                "the request's target is an absolute URI of another scheme, or one with a user"
                        + " name: send the path");
    }

    private static Problem lengthTooLong(String length) {
        return new Problem(ProblemType.INVALID_LENGTH, "Content-Length has " + length.length()
                + " digits, the limit is " + LENGTH_DIGITS_MAX);
    }

    /**
     * Undertow reads any coding as chunked, or up to the end of the connection, where half a body
     * cannot be told from a whole one (RFC 9112, section 6.3). HTTP/1.0 has none (section 6.1).
     */
    private static Problem ofCoding(HttpServerExchange exchange, String coding) {
        if (!exchange.isHttp11()) {
            return new Problem(ProblemType.UNKNOWN_TRANSFER_ENCODING, "HTTP/1.0 has no"
                    + " Transfer-Encoding; send the body with a Content-Length");
        }
        if (!Headers.CHUNKED.equalToString(coding)) {
            return new Problem(ProblemType.UNKNOWN_TRANSFER_ENCODING, "Transfer-Encoding " + coding
                    + " is not taken here; send the body with a Content-Length, or chunked");
        }
        ChunkedBody.install(exchange);
        return null;
    }

    private static boolean isUsual(String option) {
        return option.equalsIgnoreCase("keep-alive") || option.equalsIgnoreCase("close");
    }

    /** Options in a list: Undertow knows {@code close} only where it stands alone. */
    private static Problem ofOptions(HttpServerExchange exchange, HeaderValues options) {
        for (String value : options) {
            for (String option : value.split(",")) {
                String name = option.trim().toLowerCase(Locale.ROOT);
                if (name.equals("close")) {
                    exchange.setPersistent(false);
                } else if (NOT_CONNECTION_OPTIONS.contains(name)
                        || name.startsWith(EVENT_ATTRIBUTE)) {
                    return new Problem(ProblemType.INVALID_CONNECTION_OPTION, "Connection names "
                            + name + ", which a proxy would remove: send Connection without it");
                }
            }
        }
        return null;
    }

    private static boolean hasLowerCase(HttpString method) {
        for (int i = 0; i < method.length(); i++) {
            byte octet = method.byteAt(i);
            if (octet >= 'a' && octet <= 'z') {
                return true;
            }
        }
        return false;
    }
}
