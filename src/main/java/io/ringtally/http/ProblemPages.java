package io.ringtally.http;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * {@code /problems} and {@code /problems/{id}}: what the types of problems mean, which is
 * {@code docs/problems.md} and its sections. Anyone may read them: a 401 has a type, too.
 *
 * <p>Threading: immutable; on any I/O thread.
 */
final class ProblemPages {

    static final String PATH = "/problems";

    private static final String RESOURCE = "problems.md";
    private static final String SECTION = "\n## ";

    private final PlainAnswers answers;
    private final byte[] all;
    private final Map<String, byte[]> byName = new HashMap<>();

    ProblemPages(PlainAnswers answers) {
        this.answers = answers;
        String document = document();
        this.all = document.getBytes(StandardCharsets.UTF_8);
        String[] sections = document.split(SECTION);
        for (int i = 1; i < sections.length; i++) {
            String name = sections[i].substring(0, sections[i].indexOf('\n'));
            byName.put(name, ("# " + sections[i].strip() + "\n").getBytes(StandardCharsets.UTF_8));
        }
    }

    private static String document() {
        try (InputStream resource = ProblemPages.class.getResourceAsStream(RESOURCE)) {
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException broken) {
            throw new UncheckedIOException("the jar's " + RESOURCE + " cannot be read", broken);
        }
    }

    /** Adds the paths. */
    static void addTo(RouteTable table, UnreadBody unread) {
        ProblemPages pages = new ProblemPages(new PlainAnswers(unread));
        table.get(PATH, Access.ANYONE, (exchange, id) -> send(exchange, pages.all))
                .get(PATH + "/{id}", Access.ANYONE, pages::one);
    }

    private void one(HttpServerExchange exchange, String name) {
        byte[] page = byName.get(name);
        if (page == null) {
            answers.notFound(exchange, PlainAnswers.rawPath(exchange));
        } else {
            send(exchange, page);
        }
    }

    private static void send(HttpServerExchange exchange, byte[] page) {
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "text/plain; charset=utf-8");
        exchange.getResponseHeaders().put(Headers.CACHE_CONTROL, "max-age=3600");
        JsonBody.forBrowsers(exchange.getResponseHeaders());
        exchange.getResponseSender().send(ByteBuffer.wrap(page));
    }
}
