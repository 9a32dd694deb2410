package bench.runner;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * One of the servers that are compared. Typed as {@code simple}, {@code sync} or {@code ring}, or
 * as a ring of another build, with settings of its own, or both:
 * {@code LABEL=JAR+KEY=VALUE+KEY=VALUE}, where {@code LABEL=ring+...} is this build. Keys are those
 * of the environment without {@code RINGTALLY_}.
 *
 * <p>Threading: immutable.
 *
 * @param jar what runs as a ring; null for the others
 * @param settings environment of a ring
 */
record Arm(String label, Kind kind, Path jar, Map<String, String> settings) {

    /** What a server does with a request. */
    enum Kind {
        /** Reads the body and answers: counts nothing. */
        SIMPLE(""),
        /** One upsert and commit per request. */
        SYNC("select coalesce(sum(total), 0) from sync_counter"),
        /** Ringtally. */
        RING("select coalesce(sum(total), 0) from ringtally.counters");

        private final String sumQuery;

        Kind(String sumQuery) {
            this.sumQuery = sumQuery;
        }
    }

    /** This build, as it is configured. */
    static final Arm RING = named("ring");

    /** {@code https} where it has a certificate among its settings. */
    String scheme() {
        return settings.containsKey("RINGTALLY_HTTP_TLS_CERTIFICATE") ? "https" : "http";
    }

    /** What this arm has counted, as a query; empty where it does not count. */
    String sumQuery() {
        return kind.sumQuery;
    }

    boolean counts() {
        return !sumQuery().isEmpty();
    }

    /** The label, and what is special about the arm. */
    String description() {
        List<String> special = new ArrayList<>();
        if (kind == Kind.RING && !jar.equals(ownJar())) {
            special.add("another build, " + jar.getFileName());
        }
        settings.forEach((key, value) -> special.add(key + "=" + value));
        return label + (special.isEmpty() ? "" : " (" + String.join(", ", special) + ")");
    }

    boolean isSpecial() {
        return !description().equals(label);
    }

    private static Path ownJar() {
        return Options.home().resolve("target/ringtally.jar");
    }

    static Arm named(String typed) {
        switch (typed) {
            case "simple", "sync":
                return new Arm(typed, Kind.valueOf(typed.toUpperCase(Locale.ROOT)), null,
                        Map.of());
            case "ring":
                return new Arm(typed, Kind.RING, ownJar(), Map.of());
            default:
                int end = typed.indexOf('=');
                if (end < 1) {
                    throw new Options.Mistake("there is no arm '" + typed
                            + "': simple, sync, ring or LABEL=JAR+KEY=VALUE");
                }
                return ring(typed.substring(0, end), typed.substring(end + 1).split("\\+"));
        }
    }

    private static Arm ring(String label, String... words) {
        Path jar = words[0].equals("ring") ? ownJar() : Path.of(words[0]).toAbsolutePath();
        Map<String, String> settings = new TreeMap<>();
        for (int i = 1; i < words.length; i++) {
            int end = words[i].indexOf('=');
            if (end < 1) {
                throw new Options.Mistake("'" + words[i] + "' of arm " + label
                        + " is not KEY=VALUE");
            }
            settings.put("RINGTALLY_" + words[i].substring(0, end), words[i].substring(end + 1));
        }
        return new Arm(label, Kind.RING, jar, settings);
    }
}
