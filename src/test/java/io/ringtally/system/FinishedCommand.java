package io.ringtally.system;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A command of the jar that has run to its end.
 *
 * @param code its exit code
 * @param output what it has printed
 */
record FinishedCommand(int code, String output) {

    /** Runs a command and waits for it. */
    static FinishedCommand of(Map<String, String> environment, String... arguments)
            throws IOException, InterruptedException {
        Process process = RunningService.jar(environment, arguments).start();
        try {
            String output = new String(process.getInputStream().readAllBytes(),
                    StandardCharsets.UTF_8);
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                throw new AssertionError("still running after 60 s: " + output);
            }
            return new FinishedCommand(process.exitValue(), output);
        } finally {
            process.destroyForcibly();
        }
    }
}
