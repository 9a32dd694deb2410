package io.ringtally.http;

import io.undertow.server.HttpServerExchange;
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

    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String SECTION = "\n## ";

    private final PlainAnswers answers;
    private final byte[] all;
    private final Map<String, byte[]> byName = new HashMap<>();

    ProblemPages(PlainAnswers answers) {
        this.answers = answers;
        this.all = Documents.read("problems.md");
        String[] sections = new String(all, StandardCharsets.UTF_8).split(SECTION);
        for (int i = 1; i < sections.length; i++) {
            String name = sections[i].substring(0, sections[i].indexOf('\n'));
            byName.put(name, ("# " + sections[i].strip() + "\n").getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Adds the paths. */
    static void addTo(RouteTable table, UnreadBody unread) {
        ProblemPages pages = new ProblemPages(new PlainAnswers(unread));
        table.get(PATH, Access.ANYONE, (exchange, id) -> Documents.send(exchange, TEXT, pages.all))
                .get(PATH + "/{id}", Access.ANYONE, pages::one);
    }

    private void one(HttpServerExchange exchange, String name) {
        byte[] page = byName.get(name);
        if (page == null) {
            answers.notFound(exchange, PlainAnswers.rawPath(exchange));
        } else {
            Documents.send(exchange, TEXT, page);
        }
    }
}
