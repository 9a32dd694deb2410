package io.ringtally.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Values for people, each with where it comes from. Secrets are masked.
 *
 * <p>Threading: immutable.
 */
final class ValueLines {

    private static final String MASK = "***";

    /** A password among the parameters of a URL, or between its user and its host. */
    private static final Pattern IN_URL = Pattern.compile(
            "(?i)((?:password|sslpassword|sslkey)=)[^&\"]+|(://[^/?@:\"]+:)[^/?@\"]+(?=@)");

    private final Config values;
    private final Set<String> keys;

    ValueLines(Config values, Set<String> keys) {
        this.values = values;
        this.keys = keys;
    }

    /** Every key. */
    List<String> all() {
        List<String> lines = new ArrayList<>();
        for (String key : keys) {
            lines.add(line(key, values.getValue(key)));
        }
        addSections(lines);
        return lines;
    }

    /** Keys whose values are not those. */
    List<String> differing(Config defaults) {
        List<String> lines = new ArrayList<>();
        for (String key : keys) {
            ConfigValue value = values.getValue(key);
            String usual = String.valueOf(defaults.getValue(key).unwrapped());
            if (!String.valueOf(value.unwrapped()).equals(usual)) {
                lines.add(line(key, value));
            }
        }
        addSections(lines);
        return lines;
    }

    private void addSections(List<String> lines) {
        Map<String, ConfigValue> sections = new TreeMap<>(AppSections.entries(values));
        sections.putAll(MappingSections.entries(values));
        sections.forEach((key, value) -> lines.add(key + " = "
                + value.render(ConfigRenderOptions.concise()) + "    # "
                + describe(value.origin())));
    }

    private static String line(String key, ConfigValue value) {
        String shown = key.endsWith("password") && !value.unwrapped().equals("")
                ? '"' + MASK + '"'
                : IN_URL.matcher(value.render(ConfigRenderOptions.concise()))
                        .replaceAll("$1$2" + MASK);
        return key + " = " + shown + "    # " + describe(value.origin());
    }

    private static String describe(ConfigOrigin origin) {
        return origin.description().startsWith("default") ? "default" : origin.description();
    }
}
