package io.ringtally.http;

/**
 * The listener for operators.
 *
 * @param host address to bind
 * @param port 0 (any free one) to 65535, or {@link #OFF}
 */
public record AdminSettings(String host, int port) {

    /** No listener. */
    public static final int OFF = -1;

    public AdminSettings {
        if (port < OFF || port > 65_535) {
            throw new IllegalArgumentException("admin.port = " + port
                    + " is out of range: 0 to 65535, or off");
        }
    }

    public boolean isOff() {
        return port == OFF;
    }
}
