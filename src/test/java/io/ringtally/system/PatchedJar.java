package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * A copy of the service's jar in which one class does something wrong. The class is compiled from
 * its source with a text in it replaced, so that no bug lives in the service's own code.
 *
 * <p>Threading: a test's.
 */
final class PatchedJar {

    private static final Path SOURCES = Path.of("src/main/java");

    private final Path directory;
    private final String source;
    private String text;

    /**
     * Begins with a class as it is.
     *
     * @param directory an empty one, for what is made
     * @param source its file below the sources' directory
     */
    PatchedJar(Path directory, String source) throws IOException {
        this.directory = directory;
        this.source = source;
        this.text = Files.readString(SOURCES.resolve(source));
    }

    /** Replaces what must be there once. */
    PatchedJar replace(String right, String wrong) {
        assertEquals(1, text.split(java.util.regex.Pattern.quote(right), -1).length - 1,
                source + " has changed: plant this bug anew where it has once, and once only, "
                        + right);
        text = text.replace(right, wrong);
        return this;
    }

    /** Makes the copy of a jar. */
    Path of(Path jar) throws IOException {
        Path classes = compile(jar);
        Path patched = directory.resolve("patched.jar");
        Files.copy(jar, patched);
        try (FileSystem inside = FileSystems.newFileSystem(patched);
                Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path there = inside.getPath(classes.relativize(file).toString());
                Files.write(there, Files.readAllBytes(file));
            }
        }
        return patched;
    }

    private Path compile(Path jar) throws IOException {
        Path file = directory.resolve("source").resolve(source);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        Path classes = Files.createDirectories(directory.resolve("classes"));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter errors = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            boolean compiled = compiler.getTask(errors, files, null,
                    List.of("--release", "17", "-proc:none", "-cp", jar.toString(), "-d",
                            classes.toString()),
                    null, files.getJavaFileObjects(file)).call();
            if (!compiled) {
                throw new AssertionError("the bug planted in " + source + " does not compile:\n"
                        + errors);
            }
        }
        return classes;
    }
}
