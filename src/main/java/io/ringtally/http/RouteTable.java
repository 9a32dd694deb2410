package io.ringtally.http;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Paths, the methods each has, and what each of these asks of its caller: none can be added without
 * saying so.
 *
 * <p>A path may have one {@code {id}}: a segment that is not empty, taken as it came.
 *
 * <p>Threading: filled when it is made; then immutable, called on I/O threads; nothing here blocks.
 */
final class RouteTable {

    private static final String ID = "{id}";

    private final Map<String, Path> exact = new HashMap<>();
    private final List<Path> withId = new ArrayList<>();
    private final Guard guard;
    private final UnreadBody unread;
    private final PlainAnswers answers;

    RouteTable(Guard guard, UnreadBody unread) {
        this.guard = guard;
        this.unread = unread;
        this.answers = new PlainAnswers(unread);
    }

    /** What answers a request whose caller has been let in. */
    interface Answer {

        /** Answers; {@code id} is the path's raw id, null where it has none. */
        void to(HttpServerExchange exchange, String id) throws IOException;
    }

    /** A method of a path; {@code offered} if it is named where others are refused. */
    record Route(HttpString method, String path, Access access, Answer answer, boolean offered) {
    }

    /** Answers GET and HEAD; a body is dropped. */
    RouteTable get(String path, Access access, Answer answer) {
        return getOnly(path, access, answer).route(Methods.HEAD, path, access, bodiless(answer));
    }

    /** Answers GET but no HEAD; a body is dropped. */
    RouteTable getOnly(String path, Access access, Answer answer) {
        return route(Methods.GET, path, access, bodiless(answer));
    }

    private Answer bodiless(Answer answer) {
        return (exchange, id) -> {
            unread.drop(exchange);
            answer.to(exchange, id);
        };
    }

    /** Answers POST; the answer reads the body or drops it. */
    RouteTable post(String path, Access access, Answer answer) {
        return route(Methods.POST, path, access, answer);
    }

    /** Answers PUT; the answer reads the body or drops it. */
    RouteTable put(String path, Access access, Answer answer) {
        return route(Methods.PUT, path, access, answer);
    }

    /** Answers DELETE; a body is dropped. */
    RouteTable delete(String path, Access access, Answer answer) {
        return route(Methods.DELETE, path, access, bodiless(answer));
    }

    /** Answers GET and HEAD as where there is no such path, though there are other methods. */
    RouteTable absent(String path) {
        Answer answer = (exchange, id) ->
                answers.notFound(exchange, PlainAnswers.rawPath(exchange));
        return add(new Route(Methods.GET, path, Access.ANYONE, answer, false))
                .add(new Route(Methods.HEAD, path, Access.ANYONE, answer, false));
    }

    /** Answers any method; the answer reads the body or drops it. */
    RouteTable route(HttpString method, String path, Access access, Answer answer) {
        return add(new Route(method, path, access, answer, true));
    }

    private RouteTable add(Route route) {
        String path = route.path;
        Path added = exact.get(path);
        if (added == null) {
            added = withId.stream().filter(known -> known.text.equals(path)).findAny()
                    .orElse(null);
        }
        if (added == null) {
            added = new Path(path);
            if (added.hasId()) {
                withId.add(added);
            } else {
                exact.put(path, added);
            }
        }
        added.routes.add(route);
        return this;
    }

    /** All there is. */
    List<Route> routes() {
        return Stream.concat(exact.values().stream(), withId.stream())
                .flatMap(path -> path.routes.stream()).toList();
    }

    /** Finds the route, asks whether the caller may take it, and lets it answer. */
    void handle(HttpServerExchange exchange) throws IOException {
        String path = PlainAnswers.rawPath(exchange);
        HttpString method = exchange.getRequestMethod();
        Path found = exact.get(path);
        Route route = found == null ? null : found.route(method);
        if (route != null) {
            take(exchange, route, null);
            return;
        }
        Set<String> allow = new TreeSet<>();
        if (found != null) {
            found.addMethods(allow);
        }
        for (Path candidate : withId) {
            String id = candidate.idIn(path);
            route = id == null ? null : candidate.route(method);
            if (route != null) {
                take(exchange, route, id);
                return;
            }
            if (id != null) {
                candidate.addMethods(allow);
            }
        }
        if (allow.isEmpty()) {
            answers.notFound(exchange, path);
        } else {
            answers.notAllowed(exchange, String.join(", ", allow));
        }
    }

    private void take(HttpServerExchange exchange, Route route, String id) throws IOException {
        if (guard.admits(exchange, route.access)) {
            route.answer.to(exchange, id);
        }
    }

    /**
     * A path with its methods.
     *
     * <p>Threading: as the table.
     */
    private static final class Path {

        private final String text;
        private final String before;
        private final String after;
        private final List<Route> routes = new ArrayList<>();

        Path(String text) {
            this.text = text;
            int id = text.indexOf(ID);
            before = id < 0 ? text : text.substring(0, id);
            after = id < 0 ? null : text.substring(id + ID.length());
        }

        boolean hasId() {
            return after != null;
        }

        Route route(HttpString method) {
            for (int i = 0; i < routes.size(); i++) {
                Route route = routes.get(i);
                if (route.method.equals(method)) {
                    return route;
                }
            }
            return null;
        }

        void addMethods(Set<String> to) {
            routes.stream().filter(Route::offered)
                    .forEach(route -> to.add(route.method.toString()));
        }

        /** The id in a path of this shape, raw; null if it has another. */
        String idIn(String path) {
            int end = path.length() - after.length();
            return path.startsWith(before) && path.endsWith(after) && end > before.length()
                    && path.lastIndexOf('/', end - 1) < before.length()
                    ? path.substring(before.length(), end) : null;
        }
    }
}
