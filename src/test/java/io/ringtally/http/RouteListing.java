package io.ringtally.http;

import java.util.List;

/**
 * Every route of both listeners, from their tables, for tests that go through all of them.
 *
 * <p>Threading: stateless.
 */
public final class RouteListing {

    private RouteListing() {
    }

    /**
     * A route.
     *
     * @param scope the scope it asks for, as a word; empty for none
     * @param limitedPass whether a key limited to app ids passes, for its app ids
     */
    public record Listed(String method, String path, String scope, boolean limitedPass) {
    }

    /** Those for clients, with the generator enabled. */
    public static List<Listed> clients() {
        GeneratorEndpoint generator = new GeneratorEndpoint(null, null, null, 1);
        return listed(Routes.tableOf(new Routes.Endpoints(null, null, null, null, null, null, null,
                null, null, generator, new ReadRoutes(null, null, null, null, null, null, null,
                null), null, null)));
    }

    /** Those for operators. */
    public static List<Listed> operators() {
        return listed(AdminServer.tableOf(null, null, null, new AdminServer.Endpoints(null, null,
                new OperatorRoutes(null, null, null, null, null),
                new DeadLetterRoutes(null, null, null), null, null,
                new ReadRoutes(null, null, null, null, null, null, null, null))));
    }

    private static List<Listed> listed(RouteTable table) {
        return table.routes().stream().map(route -> new Listed(route.method().toString(),
                route.path(), route.access().scope == null ? "" : route.access().scope.word(),
                route.access().limitedPass)).toList();
    }
}
