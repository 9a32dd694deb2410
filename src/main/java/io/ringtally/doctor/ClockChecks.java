package io.ringtally.doctor;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;

/**
 * Whether the wall clock goes as the monotonic one does, watched while other things are measured.
 *
 * <p>Threading: one thread's.
 */
final class ClockChecks {

    private static final Path SYNCHRONISED = Path.of("/run/systemd/timesync/synchronized");
    private static final Instant OLDEST = Instant.parse("2026-01-01T00:00:00Z");
    private static final long APART_MILLIS = 100;

    private final long begunNanos = System.nanoTime();
    private final long begunMillis = System.currentTimeMillis();

    Check check() {
        long monotonic = (System.nanoTime() - begunNanos) / 1_000_000;
        long wall = System.currentTimeMillis() - begunMillis;
        return judged(Instant.now(), wall - monotonic, monotonic, Files.exists(SYNCHRONISED));
    }

    static Check judged(Instant now, long apartMillis, long overMillis, boolean synchronised) {
        String value = now.toString().substring(0, 19) + "Z, " + (synchronised
                ? "kept by systemd-timesyncd" : "whether NTP keeps it is not known");
        if (now.isBefore(OLDEST)) {
            return Check.fail("clock", value, "set it: times before this program was made");
        }
        if (Math.abs(apartMillis) > APART_MILLIS) {
            return Check.warn("clock", String.format(Locale.ROOT, "%s; it moved %+d ms against the"
                    + " monotonic clock within %d ms", value, apartMillis, overMillis),
                    "let NTP slew it, not step it: ids expire by it");
        }
        return Check.ok("clock", value);
    }
}
