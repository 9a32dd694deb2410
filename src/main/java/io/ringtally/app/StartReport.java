package io.ringtally.app;

import io.ringtally.config.Configuration;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a start says of itself in the log: who it is, on what it runs, what is configured, where its
 * data lies and how much memory it may take.
 *
 * <p>Threading: the starting thread's.
 */
final class StartReport {

    private static final Logger LOG = LoggerFactory.getLogger(StartReport.class);

    /** What no log should hold: -Djavax.net.ssl.keyStorePassword=... */
    private static final Pattern SECRET = Pattern.compile(
            "(?i)(-D\\S*(?:password|secret|token|key)=)\\S+");

    private final Configuration configuration;
    private final Settings settings;

    StartReport(Configuration configuration, Settings settings) {
        this.configuration = configuration;
        this.settings = settings;
    }

    /** Before anything is touched. */
    void begin() {
        LOG.info("Ringtally {} on {} {} of {}, {} {} {}, {} cores, as process {}",
                ServiceStatus.version(), System.getProperty("java.vm.name"),
                System.getProperty("java.runtime.version"), System.getProperty("java.vendor"),
                System.getProperty("os.name"), System.getProperty("os.version"),
                System.getProperty("os.arch"), Runtime.getRuntime().availableProcessors(),
                ProcessHandle.current().pid());
        List<String> flags = ManagementFactory.getRuntimeMXBean().getInputArguments();
        if (!flags.isEmpty()) {
            LOG.info("JVM flags: {}", SECRET.matcher(String.join(" ", flags)).replaceAll("$1***"));
        }
        List<String> differing = configuration.differences();
        LOG.info("{} of the configuration's values differ from the defaults",
                differing.isEmpty() ? "none" : differing.size());
        differing.forEach(line -> LOG.info("configured: {}", line));
        configuration.warnings().forEach(LOG::warn);
    }

    /** Once the data directory is there. */
    void places(Path data) throws IOException {
        LOG.info("data.dir = {} ({})", data, room(data));
        Path head = configuration.headDir();
        if (head != null && Files.isDirectory(head)) {
            LOG.info("head.dir = {} ({})", head.toAbsolutePath(), room(head));
        }
        LOG.info("memory: heap up to {} MiB; a ring of {} MiB, mapped; up to {} MiB of the log"
                + " that is not synced, direct; about {} MiB off-heap for store.max-counters = {}",
                mebibytes(Runtime.getRuntime().maxMemory()),
                mebibytes((long) settings.ring().slots() * settings.ring().slotBytes()),
                mebibytes(settings.journal().maxUnforcedBytes()),
                mebibytes(settings.tally().offHeapBytesMax()), settings.tally().maxCounters());
    }

    private static String room(Path directory) throws IOException {
        FileStore store = Files.getFileStore(directory);
        return store.type() + ", " + mebibytes(store.getUsableSpace()) + " MiB free";
    }

    private static long mebibytes(long bytes) {
        return bytes + (1 << 20) - 1 >> 20;
    }
}
