package io.ringtally.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import io.ringtally.event.EventLimits;
import io.ringtally.event.Lifecycle;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The sections {@code apps.<app_id>}: keys that each app has for itself. App ids are whatever
 * clients send, so they stand in quotes unless they are plain words.
 *
 * <p>Threading: stateless.
 */
final class AppSections {

    /** What to type, for whoever has mistyped it. */
    static final String EXAMPLE = "apps.APP_ID.lifecycle";

    private static final String APPS = "apps";
    private static final String LIFECYCLE = "lifecycle";
    private static final String MAX_MESSAGES = "max-messages";
    private static final String RETENTION = "retention";

    /** Every key there is below {@code apps.<app_id>}. */
    private static final Set<String> KEYS = new TreeSet<>(
            Set.of(LIFECYCLE, MAX_MESSAGES, RETENTION));

    private AppSections() {
    }

    /** Whether a key lies in these sections, or should. */
    static boolean has(String key) {
        return ConfigUtil.splitPath(key).get(0).equals(APPS);
    }

    /** Refuses a key that no app has, and names the nearest. */
    static void check(String key, ConfigValue value) throws ConfigurationException {
        List<String> path = ConfigUtil.splitPath(key);
        String at = value.origin().description() + ": ";
        if (path.size() < 3) {
            throw new ConfigurationException(at + key + " is no value but a section: write "
                    + EXAMPLE + " = [...], with the app id in quotes if it has dots");
        }
        String app = path.get(1);
        String name = String.join(".", path.subList(2, path.size()));
        if (!KEYS.contains(name)) {
            throw new ConfigurationException(at + "there is no key " + key + "; "
                    + meant(path, app, name));
        }
        int bytes = app.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > EventLimits.APP_BYTES_MAX || !Lifecycle.isText(app)) {
            throw new ConfigurationException(at + "no app can be called as " + key + " says: an"
                    + " app id has at most " + EventLimits.APP_BYTES_MAX + " bytes of UTF-8 (this"
                    + " one " + bytes + ") and no U+0000");
        }
    }

    private static String meant(List<String> path, String app, String name) {
        for (String known : KEYS) {
            if (name.endsWith("." + known)) {
                List<String> parts = path.subList(1, path.size() - known.split("\\.").length);
                return "an app id with dots stands in quotes: " + APPS + ".\""
                        + String.join(".", parts) + "\"." + known;
            }
        }
        return "the nearest one is " + ConfigUtil.joinPath(APPS, app) + "."
                + NearestName.of(name, KEYS);
    }

    /** Every key set below {@code apps}, with its value. */
    static Map<String, ConfigValue> entries(Config values) {
        Map<String, ConfigValue> entries = new TreeMap<>();
        values.entrySet().forEach(entry -> {
            if (has(entry.getKey())) {
                entries.put(entry.getKey(), entry.getValue());
            }
        });
        return entries;
    }

    /**
     * The lifecycles by app id.
     *
     * @throws com.typesafe.config.ConfigException if a value is no list of names
     * @throws IllegalArgumentException if a list is no lifecycle
     */
    static Map<String, Lifecycle> lifecycles(Config values) {
        Map<String, Lifecycle> lifecycles = new LinkedHashMap<>();
        for (String key : entries(values).keySet()) {
            List<String> path = ConfigUtil.splitPath(key);
            if (path.size() == 3 && path.get(2).equals(LIFECYCLE)) {
                try {
                    lifecycles.put(path.get(1), new Lifecycle(values.getStringList(key)));
                } catch (IllegalArgumentException refused) {
                    throw new IllegalArgumentException(key + " " + refused.getMessage(), refused);
                }
            }
        }
        return Map.copyOf(lifecycles);
    }

    /**
     * How many messages apps may have, by app id; 0 is any number.
     *
     * @throws com.typesafe.config.ConfigException if a value is no number
     */
    static Map<String, Long> maxMessages(Config values) {
        Map<String, Long> limits = new LinkedHashMap<>();
        for (String key : entries(values).keySet()) {
            List<String> path = ConfigUtil.splitPath(key);
            if (path.size() == 3 && path.get(2).equals(MAX_MESSAGES)) {
                limits.put(path.get(1), LimitSections.amount(values, key));
            }
        }
        return limits;
    }

    /**
     * How long messages are kept, by app id, where an app has a time of its own.
     *
     * @throws com.typesafe.config.ConfigException if a value is no time
     */
    static Map<String, Duration> retentions(Config values) {
        Map<String, Duration> retentions = new LinkedHashMap<>();
        for (String key : entries(values).keySet()) {
            List<String> path = ConfigUtil.splitPath(key);
            if (path.size() == 3 && path.get(2).equals(RETENTION)) {
                retentions.put(path.get(1), values.getDuration(key));
            }
        }
        return retentions;
    }
}
