package io.ringtally.http;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/**
 * {@code GET /} and {@code /assets/...}: the page for operators, out of the jar. There is no data
 * in it, so anybody may have it; what it shows it asks for like any client.
 *
 * <p>Threading: immutable; called on I/O threads.
 */
final class PageEndpoint {

    /** Name of the page itself. */
    private static final String PAGE = "index.html";

    private static final String PLACE = "/io/ringtally/dashboard/";
    private static final String SCRIPT = "text/javascript; charset=utf-8";
    private static final String STYLE = "text/css; charset=utf-8";

    /** Files below {@code /assets/}, with their types. */
    private static final Map<String, String> ASSETS = Map.ofEntries(
            Map.entry("app.css", STYLE),
            Map.entry("app.js", SCRIPT),
            Map.entry("charts.js", SCRIPT),
            Map.entry("counters.js", SCRIPT),
            Map.entry("dom.js", SCRIPT),
            Map.entry("feed.js", SCRIPT),
            Map.entry("flow.js", SCRIPT),
            Map.entry("hands.js", SCRIPT),
            Map.entry("jobs.js", SCRIPT),
            Map.entry("latency.js", SCRIPT),
            Map.entry("messages.js", SCRIPT),
            Map.entry("now.js", SCRIPT),
            Map.entry("seen.js", SCRIPT),
            Map.entry("theme.js", SCRIPT),
            Map.entry("trouble.js", SCRIPT),
            Map.entry("icon.svg", "image/svg+xml"),
            Map.entry("uplot.js", SCRIPT),
            Map.entry("uplot.css", STYLE),
            Map.entry("uplot-license.txt", "text/plain; charset=utf-8"));

    private static final HttpString POLICY = new HttpString("Content-Security-Policy");
    private static final HttpString REFERRER = new HttpString("Referrer-Policy");

    private final PlainAnswers answers;
    private final String policy;
    private final Resource page;
    private final Map<String, Resource> assets = new HashMap<>();

    /** Reads all files once. */
    PageEndpoint(DashboardSettings settings, PlainAnswers answers) {
        this.answers = answers;
        policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
                + " img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors "
                + settings.frameAncestors();
        page = Resource.read(PAGE, "text/html; charset=utf-8");
        ASSETS.forEach((name, type) -> assets.put(name, Resource.read(name, type)));
    }

    /** Sends the page. */
    void page(HttpServerExchange exchange) {
        send(exchange, page);
    }

    /** Sends the file of that name, if there is one. */
    void asset(HttpServerExchange exchange, String name) {
        Resource asset = assets.get(name);
        if (asset == null) {
            answers.notFound(exchange, PlainAnswers.rawPath(exchange));
        } else {
            send(exchange, asset);
        }
    }

    private void send(HttpServerExchange exchange, Resource resource) {
        HeaderMap headers = exchange.getResponseHeaders();
        headers.put(POLICY, policy);
        headers.put(REFERRER, "same-origin");
        // kept, but asked for: after an upgrade no page runs with the scripts of another
        headers.put(Headers.CACHE_CONTROL, "no-cache");
        headers.put(Headers.ETAG, resource.tag);
        JsonBody.forBrowsers(headers);
        if (CounterTag.isAmong(exchange.getRequestHeaders().get(Headers.IF_NONE_MATCH),
                resource.tag)) {
            exchange.setStatusCode(304);
            exchange.endExchange();
            return;
        }
        headers.put(Headers.CONTENT_TYPE, resource.type);
        exchange.getResponseSender().send(ByteBuffer.wrap(resource.bytes));
    }

    private record Resource(String type, String tag, byte[] bytes) {

        static Resource read(String name, String type) {
            try (InputStream in = PageEndpoint.class.getResourceAsStream(PLACE + name)) {
                if (in == null) {
                    throw new IOException("the jar has no " + PLACE + name);
                }
                byte[] bytes = in.readAllBytes();
                byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
                return new Resource(type, '"' + HexFormat.of().formatHex(hash, 0, 12) + '"',
                        bytes);
            } catch (IOException broken) {
                throw new UncheckedIOException(broken);
            } catch (NoSuchAlgorithmException impossible) {
                throw new IllegalStateException(impossible);
            }
        }
    }
}
