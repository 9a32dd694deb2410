package io.ringtally.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialects;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * {@code openapi.json} as tests read it. Answers are held against it more strictly than a client
 * should: they have no field that is not there.
 *
 * <p>Threading: one thread's.
 */
public final class OpenApi {

    public static final ObjectMapper JSON = new ObjectMapper();

    /** The ports, by the servers that the document names. */
    public static final String CLIENTS = "clients";
    public static final String OPERATORS = "operators";

    private static final Set<String> METHODS = Set.of("get", "post", "put", "patch", "delete");
    private static final SchemaRegistry SCHEMAS =
            SchemaRegistry.withDialect(Dialects.getDraft202012());

    private final JsonNode root;
    private final JsonNode closedComponents;
    private final List<Operation> operations = new ArrayList<>();

    private OpenApi(JsonNode root) {
        this.root = root;
        this.closedComponents = closed(root.path("components").deepCopy());
        root.path("paths").properties().forEach(path ->
                path.getValue().properties().forEach(member -> {
                    if (METHODS.contains(member.getKey())) {
                        operations.add(new Operation(this, path.getKey(),
                                member.getKey().toUpperCase(Locale.ROOT),
                                portsOf(path.getValue(), member.getValue()),
                                member.getValue()));
                    }
                }));
    }

    /** The one of this build. */
    public static OpenApi ofJar() {
        return of(new String(Documents.read("openapi.json"),
                StandardCharsets.UTF_8));
    }

    /** One in text. */
    private static OpenApi of(String json) {
        try {
            return new OpenApi(JSON.readTree(json));
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /** Those that the operation names, else its path, else the document. */
    private Set<String> portsOf(JsonNode path, JsonNode operation) {
        JsonNode nearest = operation.has("servers") ? operation : path;
        JsonNode servers = nearest.has("servers") ? nearest.path("servers")
                : root.path("servers");
        Set<String> ports = new TreeSet<>();
        servers.forEach(server -> ports.add(
                server.path("url").asText().equals("/") ? CLIENTS : OPERATORS));
        return ports;
    }

    JsonNode root() {
        return root;
    }

    /** One of its schemas. */
    public JsonNode schema(String name) {
        return root.path("components").path("schemas").path(name);
    }

    /** The headers it knows. */
    public List<String> headers() {
        List<String> names = new ArrayList<>();
        root.path("components").path("headers").fieldNames().forEachRemaining(names::add);
        return names;
    }

    /** Every method of every path. */
    public List<Operation> operations() {
        return operations;
    }

    /** What a reference leads to; missing if it leads nowhere. */
    JsonNode at(String reference) {
        return root.at(reference.substring(1));
    }

    /** The node, or what it refers to. */
    public JsonNode resolved(JsonNode node) {
        return node.has("$ref") ? at(node.path("$ref").asText()) : node;
    }

    /** How the value fails to conform to the schema, or has fields that are not in it. */
    public List<Error> errors(JsonNode schema, JsonNode value) {
        ObjectNode whole = closed(schema.deepCopy());
        whole.set("components", closedComponents);
        return SCHEMAS.getSchema(whole).validate(value);
    }

    /** Objects whose fields are listed have no others. */
    private static <T extends JsonNode> T closed(T schema) {
        for (JsonNode part : schema) {
            closed(part);
        }
        if (schema instanceof ObjectNode object && object.path("properties").isObject()
                && object.path("type").asText().equals("object")
                && !object.has("additionalProperties")) {
            object.put("additionalProperties", false);
        }
        return schema;
    }

    /** A method of a path. */
    public record Operation(OpenApi document, String path, String method, Set<String> ports,
            JsonNode node) {

        /** Documented statuses, with {@code default}. */
        public Set<String> statuses() {
            Set<String> statuses = new TreeSet<>();
            node.path("responses").fieldNames().forEachRemaining(statuses::add);
            return statuses;
        }

        /** The documented answer of this status; missing if there is none. */
        public JsonNode answer(int status) {
            return document.resolved(node.path("responses").path(String.valueOf(status)));
        }

        /** The scope of a key for it; empty for none. */
        public String scope() {
            return node.path("security").path(node.path("security").size() - 1).path("key")
                    .path(0).asText("");
        }

        /** Whether it cannot be had without a key where keys are asked for. */
        boolean needsKey() {
            return node.path("responses").has("403");
        }

        @Override
        public String toString() {
            return method + " " + path;
        }
    }
}
