package io.ringtally.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * {@code ringtally verify}, run to its end.
 *
 * @param exitCode its exit code
 * @param output what it has printed
 */
record FinishedVerify(int exitCode, String output) {

    private static final int MINUTES = 5;

    /** Runs the command of a jar, with data below a directory, and waits for it. */
    static FinishedVerify of(Path jar, Path data, String... arguments)
            throws IOException, InterruptedException {
        Path out = Files.createTempFile("verify", ".txt");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-jar",
                jar.toString(), "verify", "--dir", data.toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(out.toFile()).start();
        try {
            if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
                process.destroy();
                process.waitFor(1, TimeUnit.MINUTES);
                throw new AssertionError("waited " + MINUTES + " min for " + command + ":\n"
                        + Files.readString(out));
            }
            return new FinishedVerify(process.exitValue(), Files.readString(out));
        } finally {
            Files.delete(out);
        }
    }
}
