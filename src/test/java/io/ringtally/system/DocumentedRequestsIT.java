package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The examples of docs/api.md, in their order: what stands behind {@code $} is given to a shell,
 * what follows must be what it prints; {@code ...} stands for anything.
 */
class DocumentedRequestsIT {

    private static final Path DOCUMENT = Path.of("docs/api.md");

    @TempDir
    private Path directory;

    private record Example(String command, String output) {
    }

    @Test
    void everyExampleAnswersAsItSays() throws Exception {
        assumeTrue(Stream.of(System.getenv("PATH").split(":")).anyMatch(place ->
                Files.isExecutable(Path.of(place, "curl"))), "needs curl");
        List<Example> examples = read();
        assertTrue(examples.size() > 15, "found " + examples.size());
        Path configuration = Files.writeString(directory.resolve("documented.conf"),
                "apps.order.lifecycle = [ORDERED, PAID, SHIPPED]\nmappings.user-events {"
                + " app = users, message = \"/user_id\", event = \"/action_data/type\","
                + " id = \"/id\" }");
        try (RunningService service = RunningService.start(directory.resolve("data"),
                TestPostgres.shared().newDatabase(),
                Map.of("RINGTALLY_GENERATOR_ENABLED", "true",
                        "RINGTALLY_CONFIG", configuration.toString()))) {
            for (Example example : examples) {
                String printed = run(example.command, service);
                assertTrue(patternOf(example.output).matcher(printed).matches(),
                        example.command + "\nprinted\n" + printed + "\nand not\n"
                        + example.output);
            }
            service.terminate(Duration.ofSeconds(20));
        }
    }

    private static List<Example> read() throws IOException {
        List<Example> examples = new ArrayList<>();
        boolean inside = false;
        String command = null;
        StringBuilder output = new StringBuilder();
        for (String line : Files.readAllLines(DOCUMENT)) {
            boolean fence = line.startsWith("```");
            if (inside && (fence || line.startsWith("$ "))) {
                if (command != null) {
                    examples.add(new Example(command, output.toString()));
                }
                command = fence ? null : line.substring(2);
                output.setLength(0);
            } else if (inside) {
                output.append(line).append('\n');
            }
            inside = fence ? line.equals("```console") : inside;
        }
        return examples;
    }

    private static Pattern patternOf(String output) {
        String regex = Stream.of(output.strip().split("\\.\\.\\.", -1)).map(Pattern::quote)
                .collect(Collectors.joining(".*"));
        return Pattern.compile(regex, Pattern.DOTALL);
    }

    private static String run(String command, RunningService service) throws Exception {
        ProcessBuilder shell = new ProcessBuilder("sh", "-c", command);
        shell.environment().put("B", service.url());
        shell.environment().put("ADMIN", "http://127.0.0.1:" + service.adminPort());
        shell.environment().put("JSON", "Content-Type: application/json");
        shell.redirectError(ProcessBuilder.Redirect.DISCARD);
        Process process = shell.start();
        process.getOutputStream().close();
        String printed = new String(process.getInputStream().readAllBytes(),
                StandardCharsets.UTF_8);
        assertTrue(process.waitFor(10, TimeUnit.SECONDS), command + " does not end");
        return printed.replace("\r", "").strip();
    }
}
