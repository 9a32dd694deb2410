package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What {@code GET /metrics} has answered.
 *
 * @param text all of it
 * @param samples values by name and labels, as they are written
 */
record Scrape(String text, Map<String, Double> samples) {

    static Scrape of(RunningService service) throws IOException {
        var answer = service.getAdmin("/metrics");
        assertEquals(200, answer.statusCode(), answer.body());
        return of(answer.body());
    }

    static Scrape of(String text) {
        Map<String, Double> samples = new TreeMap<>();
        text.lines().filter(line -> !line.startsWith("#")).forEach(line -> {
            int at = line.lastIndexOf(' ');
            String value = line.substring(at + 1).replace("+Inf", "Infinity");
            assertEquals(null, samples.put(line.substring(0, at), Double.parseDouble(value)),
                    "twice: " + line);
        });
        return new Scrape(text, samples);
    }

    /** The value of a series. */
    double value(String series) {
        assertTrue(samples.containsKey(series), series + " is not in\n" + text);
        return samples.get(series);
    }

    /** Names of all samples, without labels. */
    TreeSet<String> names() {
        TreeSet<String> names = new TreeSet<>();
        samples.keySet().forEach(series -> names.add(series.replaceFirst("\\{.*", "")));
        return names;
    }

    /** Names as they are declared. */
    TreeSet<String> families() {
        TreeSet<String> names = new TreeSet<>();
        Pattern.compile("(?m)^# TYPE (\\S+) ").matcher(text).results()
                .forEach(match -> names.add(match.group(1)));
        return names;
    }

    /** The rows in which the documentation says of each figure what it means. */
    static List<String> documentation() throws IOException {
        String operations = Files.readString(Path.of("docs/operations.md"));
        String from = operations.substring(operations.indexOf("\n## Metrics\n") + 1);
        return from.substring(0, from.indexOf("\n## ")).lines()
                .filter(line -> line.startsWith("| `")).toList();
    }

    /** Whether {@code promtool} is there; says so if it is not. */
    static boolean promtoolIsMissing() {
        boolean found = Stream.of(System.getenv("PATH").split(":")).anyMatch(place ->
                Files.isExecutable(Path.of(place, "promtool")));
        if (!found) {
            System.out.println("promtool is missing: what it would check is skipped; install"
                    + " Debian's prometheus");
        }
        return !found;
    }

    /** Runs {@code promtool}, which must be content; returns what it has printed. */
    static String promtool(String input, String... arguments) throws Exception {
        List<String> command = Stream.concat(Stream.of("promtool"), Stream.of(arguments)).toList();
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readAllBytes(),
                    StandardCharsets.UTF_8);
            assertTrue(process.waitFor(60, TimeUnit.SECONDS), command + " does not end: " + said);
            assertEquals(0, process.exitValue(), command + ": " + said);
            return said;
        } finally {
            process.destroyForcibly();
        }
    }
}
