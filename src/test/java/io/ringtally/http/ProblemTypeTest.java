package io.ringtally.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/problems.md has what the service says, and nothing else. */
class ProblemTypeTest {

    private static final Pattern SECTION = Pattern.compile(
            "\n## ([^\n]+)\n\n\\| status \\| again \\|\n\\|---\\|---\\|\n\\| (\\d{3}) \\| [^|\n]+ \\|\n"
                    + "\n[^*]\\X+?\n\n\\*\\*Do:\\*\\* \\S");

    @Test
    void everyTypeHasASectionWithItsStatusAndNoSectionIsOfAnotherType() throws IOException {
        List<String> documented = new ArrayList<>();
        Matcher section = SECTION.matcher(Files.readString(Path.of("docs/problems.md")));
        while (section.find()) {
            documented.add(section.group(1) + " " + section.group(2));
        }
        assertEquals(Arrays.stream(ProblemType.values())
                .map(type -> type.word + " " + type.status).sorted().toList(), documented);
    }

    @Test
    void everyTypeIsSaidSomewhere() throws IOException {
        StringBuilder sources = new StringBuilder();
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
                sources.append(Files.readString(file)).append('\n');
            }
        }
        for (ProblemType type : ProblemType.values()) {
            assertTrue(Pattern.compile("ProblemType\\." + type.name() + "\\b").matcher(sources)
                    .find(), type + " is documented, and nothing answers with it");
        }
    }
}
