package io.ringtally.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docs/client.md shows is a program. */
class DocumentedClientTest {

    @TempDir
    private Path classes;

    @Test
    void theExampleCompiles() throws IOException {
        String page = Files.readString(Path.of("docs", "client.md"));
        int start = page.indexOf("```java\n") + "```java\n".length();
        String example = page.substring(start, page.indexOf("```", start));
        String imports = example.lines().filter(line -> line.startsWith("import "))
                .collect(Collectors.joining("\n"));
        String code = example.lines().filter(line -> !line.startsWith("import "))
                .collect(Collectors.joining("\n"));
        String program = imports + "\nclass Example { void run() throws Exception {\n" + code
                + "\n} }\n";
        JavaFileObject source = new SimpleJavaFileObject(URI.create("string:///Example.java"),
                JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return program;
            }
        };
        StringWriter said = new StringWriter();
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        assertTrue(compiler.getTask(said, null, null, List.of("-d", classes.toString(), "-cp",
                "target/classes"), null, List.of(source)).call(), said::toString);
        assertEquals("", said.toString());
    }
}
