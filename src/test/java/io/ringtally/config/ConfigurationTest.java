package io.ringtally.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValue;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationTest {

    /** The file people read; the same one is built into the jar. */
    private static final Path DOCUMENTED = Path.of("config/ringtally.conf");

    @TempDir
    private Path directory;

    private static Map<String, ConfigValue> documentedKeys() {
        Map<String, ConfigValue> keys = new TreeMap<>();
        ConfigFactory.parseFile(DOCUMENTED.toFile()).entrySet()
                .forEach(entry -> keys.put(entry.getKey(), entry.getValue()));
        return keys;
    }

    private Path file(String text) throws Exception {
        return Files.writeString(directory.resolve("ringtally.conf"), text);
    }

    private static void useAll(Configuration configuration) throws ConfigurationException {
        configuration.http();
        configuration.admin();
        configuration.auth();
        configuration.tls();
        configuration.limits();
        configuration.audit();
        configuration.dataDir();
        configuration.database("jdbc:postgresql://127.0.0.1/ringtally");
        configuration.embeddedDatabase();
        configuration.embeddedPort();
        configuration.embeddedStartLimit();
        configuration.ring();
        configuration.tally();
        configuration.persist();
        configuration.dedupe();
        configuration.generator();
        configuration.drainTimeout();
        configuration.lifecycles();
        configuration.mappings();
    }

    @Test
    void theDefaultsCanBeUsed() throws Exception {
        Configuration defaults = Configuration.load(null, Map.of());
        useAll(defaults);
        assertEquals(3333, defaults.http().port());
        assertEquals("127.0.0.1", defaults.http().host());
        assertEquals(Duration.ofSeconds(5), defaults.persist().maxDelay());
        assertTrue(defaults.embeddedDatabase());
    }

    @Test
    void theDocumentedFileIsTheDefaultsAndCanBeGivenAsItIs() throws Exception {
        Configuration asGiven = Configuration.load(DOCUMENTED, Map.of());
        useAll(asGiven);
        List<String> values = withoutOrigins(asGiven.describe());
        assertEquals(withoutOrigins(Configuration.load(null, Map.of()).describe()), values);
        assertEquals(documentedKeys().size(), values.size());
    }

    private static List<String> withoutOrigins(List<String> lines) {
        return lines.stream().map(line -> line.replaceAll(" +# .*", "")).toList();
    }

    @Test
    void everyDocumentedKeyHasACommentThatSaysWhatItMeans() throws Exception {
        documentedKeys().forEach((key, value) ->
                assertFalse(value.origin().comments().isEmpty() && !key.equals("db.password"),
                        key + " has no comment"));
    }

    @Test
    void everyKeyCanBeSetAloneInAFileAndIsShownWithItsFileAndLine() throws Exception {
        for (Map.Entry<String, ConfigValue> documented : documentedKeys().entrySet()) {
            String key = documented.getKey();
            Path file = file("\n" + key + " = " + documented.getValue().render());
            Configuration configuration = Configuration.load(file, Map.of());
            useAll(configuration);
            String line = lineOf(key, configuration);
            assertTrue(line.endsWith("ringtally.conf: 2"), line);
            assertEquals(documentedKeys().size() - 1,
                    configuration.describe().stream().filter(l -> l.endsWith("# default")).count());
        }
    }

    @Test
    void everyKeyCanBeSetInTheEnvironmentAndIsShownWithItsVariable() throws Exception {
        for (Map.Entry<String, ConfigValue> documented : documentedKeys().entrySet()) {
            String key = documented.getKey();
            String variable = "RINGTALLY_"
                    + key.replaceAll("[.]default$", "").toUpperCase(Locale.ROOT)
                            .replaceAll("[.-]", "_");
            Configuration configuration = Configuration.load(null,
                    Map.of(variable, String.valueOf(documented.getValue().unwrapped())));
            useAll(configuration);
            String line = lineOf(key, configuration);
            assertTrue(line.endsWith("# environment " + variable), line);
        }
    }

    private static String lineOf(String key, Configuration configuration) {
        return configuration.describe().stream()
                .filter(line -> line.startsWith(key + " = ")).findFirst().orElseThrow();
    }

    @Test
    void theEnvironmentWinsOverTheFileAndTheFileOverTheDefault() throws Exception {
        Path file = file("http.port = 4000\npersist.max-delay = 2s\n");
        Configuration configuration = Configuration.load(file,
                Map.of("RINGTALLY_HTTP_PORT", "5000"));
        assertEquals(5000, configuration.http().port());
        assertEquals(Duration.ofSeconds(2), configuration.persist().maxDelay());
        assertEquals(10_000, configuration.persist().maxUpdates());
    }

    @Test
    void aFileCanBeNamedInTheEnvironmentAndTheCommandLineWins() throws Exception {
        Path named = Files.writeString(directory.resolve("named.conf"), "http.port = 4001");
        Map<String, String> environment = Map.of("RINGTALLY_CONFIG", named.toString());
        assertEquals(4001, Configuration.load(null, environment).http().port());
        assertEquals(4002,
                Configuration.load(file("http.port = 4002"), environment).http().port());
    }

    @Test
    void anUnknownKeyStopsTheStartAndNamesTheNearestOne() throws Exception {
        String message = refusal("persist { max-update = 5 }");
        assertTrue(message.contains("there is no key persist.max-update;"), message);
        assertTrue(message.contains("the nearest one is persist.max-updates"), message);
        assertTrue(message.contains("ringtally.conf: 1"), message);
    }

    @Test
    void aMalformedOrMissingFileIsNamed() throws Exception {
        assertTrue(refusal("http { port = ").contains("malformed"));
        ConfigurationException missing = assertThrows(ConfigurationException.class,
                () -> Configuration.load(directory.resolve("absent.conf"), Map.of()));
        assertTrue(missing.getMessage().contains("absent.conf"), missing.getMessage());
    }

    private String refusal(String text) throws Exception {
        Path file = file(text);
        return assertThrows(ConfigurationException.class,
                () -> useAll(Configuration.load(file, Map.of()))).getMessage();
    }

    @Test
    void aValueOutOfRangeIsNamedWithItsRange() throws Exception {
        assertEquals("persist.max-delay = 11000 ms is out of range: 50 ms to 10 s",
                refusal("persist.max-delay = 11s"));
        assertEquals("http.port = 70000 is out of range: 0 to 65535", refusal("http.port = 70000"));
        assertEquals("admin.port = -2 is out of range: 0 to 65535, or off",
                refusal("admin.port = -2"));
        assertEquals("audit.interval = 50 ms is out of range: 0 for never, or 100 ms to 7 d",
                refusal("audit.interval = 50ms"));
        assertEquals("audit.timeout = 500 ms is out of range: 1 s to 1 h",
                refusal("audit.timeout = 500ms"));
        String wrongType = refusal("ring.slots = many");
        assertTrue(wrongType.contains("ringtally.conf: 1: ring.slots"), wrongType);
    }

    @Test
    void theAdminPortAndTheAuditsCanBeTurnedOff() throws Exception {
        Configuration configuration = Configuration.load(
                file("admin.port = off\naudit.interval = 0"), Map.of());
        assertTrue(configuration.admin().isOff());
        assertTrue(configuration.audit().interval().isZero());
        assertFalse(Configuration.load(null, Map.of()).admin().isOff());
    }

    @Test
    void lifecyclesAreThoseOfAppsWhateverTheyAreCalled() throws Exception {
        Configuration configuration = Configuration.load(file("""
                apps {
                  shop { lifecycle = [ORDERED, PAID, "shipped at last"] }
                  "shop.eu" { lifecycle = [ORDERED] }
                  "" { lifecycle = [increment] }
                  "\\"quoted\\" \u00e9" { lifecycle = [1, 2] }
                  none {}
                }
                apps.shop.lifecycle += RETURNED
                """), Map.of());
        assertEquals(Map.of("shop", List.of("ORDERED", "PAID", "shipped at last", "RETURNED"),
                "shop.eu", List.of("ORDERED"), "", List.of("increment"),
                "\"quoted\" \u00e9", List.of("1", "2")),
                configuration.lifecycles().entrySet().stream().collect(Collectors.toMap(
                        Map.Entry::getKey, one -> one.getValue().events())));
        assertTrue(lineOf("apps.\"shop.eu\".lifecycle", configuration).matches(
                ".* = \\[\"ORDERED\"\\]    # .*ringtally.conf: 3"));
        assertTrue(lineOf("apps.\"\".lifecycle", configuration).contains("[\"increment\"]"));
        assertEquals(Map.of(), Configuration.load(null, Map.of()).lifecycles());
    }

    @Test
    void anUnknownKeyOfAnAppNamesTheNearestOneToo() throws Exception {
        assertRefused("apps.shop.lifecycl = [A]",
                "there is no key apps.shop.lifecycl; the nearest one is apps.shop.lifecycle");
        assertRefused("apps.\"a.b\".life.cycle = [A]", "there is no key apps.\"a.b\".life.cycle;"
                + " the nearest one is apps.\"a.b\".lifecycle");
        assertRefused("apps.shop.eu.lifecycle = [A]", "there is no key apps.shop.eu.lifecycle;"
                + " an app id with dots stands in quotes: apps.\"shop.eu\".lifecycle");
        assertRefused("app.shop.lifecycle = [A]", "the nearest one is apps.APP_ID.lifecycle");
        assertRefused("apps = 5", "apps is no value but a section");
        assertRefused("apps.shop = [A]", "apps.shop is no value but a section");
        assertRefused("apps.\"" + "\u00e9".repeat(33) + "\".lifecycle = [A]",
                "at most 64 bytes of UTF-8 (this one 66)");
        assertRefused("apps.\"a\\u0000b\".lifecycle = [A]", "no U+0000");
    }

    @Test
    void aLifecycleThatCannotBeIsRefusedWithItsReason() throws Exception {
        assertEquals("apps.shop.lifecycle names \"PAID\" twice: name each event once, where it is"
                + " expected first", refusal("apps.shop.lifecycle = [PAID, SENT, PAID]"));
        assertEquals("apps.\"\".lifecycle has 0 names: name 1 to 62, or leave the key out",
                refusal("apps.\"\".lifecycle = []"));
        String names = IntStream.range(0, 63).mapToObj(n -> "e" + n)
                .collect(Collectors.joining(","));
        assertRefused("apps.shop.lifecycle = [" + names + "]", "has 63 names: name 1 to 62");
        assertRefused("apps.shop.lifecycle = [\"\"]", "of 0 bytes of UTF-8: an event's name has 1");
        assertRefused("apps.shop.lifecycle = [\"" + "x".repeat(129) + "\"]", "of 129 bytes");
        assertRefused("apps.shop.lifecycle = [\"a\\u0000\"]", "which has U+0000");
        assertRefused("apps.shop.lifecycle = [\"\\ud83d\"]", "half a surrogate pair");
        assertRefused("apps.shop.lifecycle = PAID", "apps.shop.lifecycle");
        assertRefused("apps.shop.lifecycle = [[PAID]]", "apps.shop.lifecycle");
    }

    private void assertRefused(String text, String part) throws Exception {
        String message = refusal(text);
        assertTrue(message.contains(part), message);
    }

    @Test
    void withoutKeysAListenerForOtherMachinesIsRefusedUnlessSaidExplicitly() throws Exception {
        for (String open : List.of("http.host = 0.0.0.0", "admin.host = \"::\"",
                "http.host = 192.0.2.1")) {
            String message = refusal(open);
            assertTrue(message.contains("lets other machines in")
                    && message.contains("set auth.mode = keys")
                    && message.contains("auth.allow-anonymous-remote = true"), message);
            useAll(Configuration.load(file(open + "\nauth.mode = keys"), Map.of()));
            useAll(Configuration.load(file(open + "\nauth.allow-anonymous-remote = true"),
                    Map.of()));
        }
        useAll(Configuration.load(file("http.host = localhost\nadmin.host = \"::1\""),
                Map.of()));
        useAll(Configuration.load(file("admin.host = 0.0.0.0\nadmin.port = off"), Map.of()));
        assertEquals("auth.mode = key is none of: none, keys", refusal("auth.mode = key"));
    }

    @Test
    void bothTlsFilesAreNamedOrNeither() throws Exception {
        assertTrue(refusal("http.tls.key = k.pem").contains("name both files, or neither"));
        assertTrue(refusal("http.tls.certificate = c.pem").contains("name both files"));
    }

    @Test
    void aPasswordIsNotShown() throws Exception {
        Configuration configuration = Configuration.load(null,
                Map.of("RINGTALLY_DB_PASSWORD", "secret"));
        assertFalse(String.join("\n", configuration.describe()).contains("secret"));
        assertEquals("secret", configuration.database("jdbc:postgresql://h/d").password());
    }

    @Test
    void mappingsAreReadAndTheirMistakesNamed() throws Exception {
        Configuration configuration = Configuration.load(file(
                "mappings.\"user.events\" { message = \"/user_id\", value = 2 }"), Map.of());
        assertEquals(Set.of("user.events"), configuration.mappings().keySet());
        assertTrue(lineOf("mappings.\"user.events\".message", configuration)
                .contains("\"/user_id\""));
        assertEquals(Map.of(), Configuration.load(null, Map.of()).mappings());
        assertRefused("mappings.m.mesage = \"/m\"",
                "there is no key mappings.m.mesage; the nearest one is mappings.m.message");
        assertRefused("mappings.message = \"/m\"", "mappings.message is no field of a mapping");
        assertRefused("mappings.m.event = seen", "mappings.m has no message");
        assertRefused("mappings.m { message = \"/m\", value = [1] }", "mappings.m.value");
    }
}
