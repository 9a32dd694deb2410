package io.ringtally.system;

import io.ringtally.fault.FaultPoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;

/**
 * Arms fault points of a service that runs.
 *
 * <p>Threading: one thread's.
 */
final class FaultFile {

    private static final Duration SOON = Duration.ofSeconds(30);

    private final Path file;

    FaultFile(Path file) {
        this.file = file;
    }

    /** What the service is to be started with, as {@code JAVA_TOOL_OPTIONS}. */
    String option() {
        return "-D" + FaultPoint.FILE_PROPERTY + "=" + file;
    }

    /** Returns when it is in force. */
    void arm(RunningService service, String fault) throws IOException {
        Path whole = Files.writeString(file.resolveSibling("whole-fault"), fault);
        Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE);
        service.await(fault + " to be armed", SOON, () -> !Files.exists(file));
    }
}
