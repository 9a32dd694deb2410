package bench.runner;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A short command run to its end.
 *
 * <p>Threading: the calling thread waits.
 */
final class Command {

    private Command() {
    }

    /** What it prints on both outputs, trimmed; a failing command is an error with its output. */
    static String output(List<String> words) {
        try {
            Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
            process.getOutputStream().close();
            byte[] output = process.getInputStream().readAllBytes();
            String text = new String(output, StandardCharsets.UTF_8).trim();
            int exit = process.waitFor();
            if (exit != 0) {
                throw new IllegalStateException(
                        String.join(" ", words) + " ended with " + exit + ": " + text);
            }
            return text;
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot run " + words.get(0), failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted in " + words.get(0), interrupted);
        }
    }

    static String output(String... words) {
        return output(List.of(words));
    }
}
