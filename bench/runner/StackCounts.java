package bench.runner;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingFile;

/**
 * The execution samples of a flight recording, counted: the method that ran, the project's own
 * method it ran for, and the thread.
 *
 * <p>Samples see Java code only; time in system calls shows up as native samples, which are taken
 * of waiting threads too and therefore left out.
 *
 * <p>Threading: used by the main thread only.
 */
final class StackCounts {

    private static final String OURS = "io.ringtally.";

    private final Map<String, Integer> methods = new HashMap<>();
    private final Map<String, Integer> ours = new HashMap<>();
    private final Map<String, Integer> threads = new HashMap<>();
    private int samples;

    private StackCounts() {
    }

    static StackCounts of(Path recording) throws IOException {
        StackCounts counts = new StackCounts();
        try (RecordingFile events = new RecordingFile(recording)) {
            while (events.hasMoreEvents()) {
                RecordedEvent event = events.readEvent();
                if (event.getEventType().getName().equals("jdk.ExecutionSample")
                        && event.getStackTrace() != null) {
                    counts.add(event);
                }
            }
        }
        return counts;
    }

    private void add(RecordedEvent event) {
        samples++;
        List<RecordedFrame> frames = event.getStackTrace().getFrames();
        methods.merge(name(frames.get(0)), 1, Integer::sum);
        ours.merge(frames.stream().map(StackCounts::name).filter(name -> name.startsWith(OURS))
                .findFirst().orElse("(none on the stack)"), 1, Integer::sum);
        RecordedThread thread = event.getThread("sampledThread");
        String name = thread == null || thread.getJavaName() == null
                ? "(unknown)" : thread.getJavaName();
        // threads of one kind differ by their number
        threads.merge(name.replaceAll("\\d+", "N"), 1, Integer::sum);
    }

    private static String name(RecordedFrame frame) {
        return frame.getMethod().getType().getName() + "." + frame.getMethod().getName();
    }

    /** Markdown; at most {@code top} rows a table. */
    String text(int top) {
        return samples + " execution samples.\n\n" + table("method", methods, top) + "\n"
                + table("nearest method of the project", ours, top) + "\n"
                + table("thread", threads, top);
    }

    private String table(String heading, Map<String, Integer> counts, int top) {
        StringBuilder table = new StringBuilder("| % | " + heading + " |\n|---|---|\n");
        counts.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(top)
                .forEach(entry -> table.append(String.format(Locale.ROOT, "| %.1f | %s |%n",
                        100.0 * entry.getValue() / samples, entry.getKey())));
        return table.toString();
    }
}
