package io.ringtally.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import io.ringtally.event.Mapping;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The sections {@code mappings.<name>}: how foreign records become events.
 *
 * <p>Threading: stateless.
 */
final class MappingSections {

    /** What to type, for whoever has mistyped it. */
    static final String EXAMPLE = "mappings.NAME.message";

    private static final String MAPPINGS = "mappings";

    private MappingSections() {
    }

    /** Whether a key lies in these sections, or should. */
    static boolean has(String key) {
        return ConfigUtil.splitPath(key).get(0).equals(MAPPINGS);
    }

    /** Refuses a key that no mapping has, and names the nearest. */
    static void check(String key, ConfigValue value) throws ConfigurationException {
        List<String> path = ConfigUtil.splitPath(key);
        String at = value.origin().description() + ": ";
        if (path.size() != 3) {
            throw new ConfigurationException(at + key + " is no field of a mapping: write "
                    + EXAMPLE + " = \"/path/in/the/record\"");
        }
        if (!Mapping.names().contains(path.get(2))) {
            throw new ConfigurationException(at + "there is no key " + key
                    + "; the nearest one is " + ConfigUtil.joinPath(MAPPINGS, path.get(1)) + "."
                    + NearestName.of(path.get(2), Mapping.names()));
        }
    }

    /** Every key set below {@code mappings}, with its value. */
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
     * The mappings by name.
     *
     * @throws com.typesafe.config.ConfigException if a value is no text
     * @throws IllegalArgumentException if a mapping cannot be
     */
    static Map<String, Mapping> mappings(Config values) {
        Map<String, Map<String, String>> sources = new TreeMap<>();
        for (String key : entries(values).keySet()) {
            List<String> path = ConfigUtil.splitPath(key);
            sources.computeIfAbsent(path.get(1), first -> new LinkedHashMap<>())
                    .put(path.get(2), values.getString(key));
        }
        Map<String, Mapping> mappings = new TreeMap<>();
        sources.forEach((name, mapping) -> {
            try {
                mappings.put(name, new Mapping(mapping));
            } catch (IllegalArgumentException refused) {
                throw new IllegalArgumentException(ConfigUtil.joinPath(MAPPINGS, name) + " "
                        + refused.getMessage(), refused);
            }
        });
        return mappings;
    }
}
