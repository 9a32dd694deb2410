package io.ringtally.http;

import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The listener for operators.
 *
 * @param host address to bind
 * @param port 0 (any free one) to 65535, or {@link #OFF}
 * @param names host names under which browsers reach it, in lower case, beside localhost and
 *     addresses
 * @param dashboard the page on it
 */
public record AdminSettings(String host, int port, Set<String> names,
        DashboardSettings dashboard) {

    /** No listener. */
    public static final int OFF = -1;

    public AdminSettings {
        if (port < OFF || port > 65_535) {
            throw new IllegalArgumentException("admin.port = " + port
                    + " is out of range: 0 to 65535, or off");
        }
    }

    /**
     * Settings with names as they are written.
     *
     * @param names host names with commas between them, may be empty
     */
    public static AdminSettings of(String host, int port, String names,
            DashboardSettings dashboard) {
        Set<String> all = Arrays.stream(names.split(",")).map(String::strip)
                .filter(name -> !name.isEmpty()).map(name -> name.toLowerCase(Locale.ROOT))
                .collect(Collectors.toUnmodifiableSet());
        for (String name : all) {
            if (!name.matches("[a-z0-9._-]+")) {
                throw new IllegalArgumentException("admin.names has " + name + ", which is no host"
                        + " name: write names without scheme and port, with commas between them");
            }
        }
        return new AdminSettings(host, port, all, dashboard);
    }

    public boolean isOff() {
        return port == OFF;
    }
}
