package io.ringtally.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialects;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** openapi.json is what it says it is, and has the routes there are, with what they ask for. */
class OpenApiTest {

    private static final SchemaRegistry SCHEMAS =
            SchemaRegistry.withDialect(Dialects.getDraft202012());

    private final OpenApi document = OpenApi.ofJar();

    @Test
    void itIsAnOpenApi31Document() throws IOException {
        try (InputStream official =
                OpenApiTest.class.getResourceAsStream("openapi-3.1-schema.json")) {
            Schema schema = SCHEMAS.getSchema(OpenApi.JSON.readTree(official));
            assertEquals(List.of(), schema.validate(document.root()));
        }
        assertTrue(document.root().path("openapi").asText().startsWith("3.1."));
        assertTrue(document.root().path("info").path("version").asText().matches("\\d.*"),
                "the version is not filled in");
    }

    @Test
    void itsSchemasAreSchemasAndItsExamplesConformToThem() {
        Schema meta = SCHEMAS.getSchema(
                SchemaLocation.of("https://json-schema.org/draft/2020-12/schema"));
        for (JsonNode schema : document.root().path("components").path("schemas")) {
            assertEquals(List.of(), meta.validate(schema), schema.toString());
        }
        int examples = 0;
        for (OpenApi.Operation operation : document.operations()) {
            for (JsonNode body : operation.node().path("requestBody").path("content")) {
                if (body.has("example")) {
                    List<Error> wrong = document.errors(body.path("schema"), body.path("example"));
                    assertEquals(List.of(), wrong, operation.toString());
                    examples++;
                }
            }
        }
        assertTrue(examples > 1, "examples: " + examples);
    }

    @Test
    void everyReferenceLeadsSomewhereAndNothingIsThereInVain() {
        List<String> references = document.root().findValuesAsText("$ref");
        for (String reference : references) {
            assertFalse(document.at(reference).isMissingNode(), reference);
        }
        for (String kind : List.of("parameters", "headers", "responses", "schemas")) {
            document.root().path("components").path(kind).fieldNames().forEachRemaining(name ->
                    assertTrue(references.contains("#/components/" + kind + "/" + name),
                            kind + " " + name + " is used nowhere"));
        }
    }

    @Test
    void itHasTheRoutesOfBothPortsAndNoOthers() {
        assertEquals(routes(RouteListing.clients()), documented(OpenApi.CLIENTS));
        assertEquals(routes(RouteListing.operators()), documented(OpenApi.OPERATORS));
    }

    /** Routes with the scope they ask for; a HEAD is documented with its GET. */
    private static String routes(List<RouteListing.Listed> routes) {
        return lines(routes.stream().filter(route -> !route.method().equals("HEAD"))
                .map(route -> route.path() + " " + route.method() + " " + route.scope()));
    }

    private String documented(String port) {
        return lines(document.operations().stream()
                .filter(operation -> operation.ports().contains(port))
                .map(operation -> operation.path() + " " + operation.method() + " "
                        // where a key is not needed it may still show more
                        + (operation.needsKey() ? operation.scope() : "")));
    }

    private static String lines(Stream<String> lines) {
        return String.join("\n", new TreeSet<>(lines.toList()));
    }

    @Test
    void operationsHaveIdsOfTheirOwnAndSayWhatTheirKeysGetThemInto() {
        List<String> seen = new ArrayList<>();
        for (OpenApi.Operation operation : document.operations()) {
            String id = operation.node().path("operationId").asText();
            assertFalse(id.isEmpty() || seen.contains(id), operation.toString());
            seen.add(id);
            assertTrue(operation.statuses().contains("401"), operation.toString());
            assertEquals(operation.needsKey(), operation.statuses().contains("403"),
                    operation.toString());
            boolean limited = operation.needsKey() && operation.ports().contains(OpenApi.CLIENTS);
            assertTrue(!limited || operation.statuses().contains("429"), operation.toString());
        }
    }
}
