package io.ringtally.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the tables of both listeners ask of callers: the list that is reviewed when it changes. */
class RouteTableTest {

    @Test
    void everyRouteAsksForTheScopeItShould() {
        for (RouteListing.Listed route : RouteListing.clients()) {
            boolean counts = route.path().startsWith("/api/event") || route.path().equals(
                    "/api/create_event") || route.path().equals("/increment")
                    || route.path().equals("/v1/events");
            boolean changes = route.method().equals("PUT") || route.method().equals("DELETE");
            String scope = isOpen(route) ? "" : changes ? "admin" : counts ? "write" : "read";
            assertEquals(scope, route.scope(), route.toString());
        }
        for (RouteListing.Listed route : RouteListing.operators()) {
            boolean reads = route.path().equals("/v1/feed")
                    || route.path().equals("/metrics")
                    || route.path().startsWith("/v1/counters")
                    || route.path().startsWith("/v1/messages");
            assertEquals(isOpen(route) ? "" : reads ? "read" : "admin", route.scope(),
                    route.toString());
        }
    }

    private static boolean isOpen(RouteListing.Listed route) {
        return route.path().equals("/status") || route.path().equals("/openapi.json")
                || route.path().startsWith("/problems") || route.path().equals("/")
                || route.path().startsWith("/assets/");
    }

    @Test
    void noRouteIsThereTwiceAndEveryGetHasItsHead() {
        for (List<RouteListing.Listed> table : List.of(RouteListing.clients(),
                RouteListing.operators())) {
            Set<String> seen = new HashSet<>();
            for (RouteListing.Listed route : table) {
                assertTrue(seen.add(route.method() + " " + route.path()), route.toString());
            }
            for (RouteListing.Listed route : table) {
                assertNotNull(route.scope());
                assertTrue(!route.method().equals("GET") || route.path().endsWith("/stream")
                        || route.path().equals("/v1/feed")
                        || route.path().equals("/api/create_event")
                        || seen.contains("HEAD " + route.path()), route.toString());
            }
        }
    }
}
