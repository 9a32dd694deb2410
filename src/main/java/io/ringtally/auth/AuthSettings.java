package io.ringtally.auth;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;

/**
 * Whether callers must show a key.
 *
 * @param keys whether they must
 * @param refresh time between two looks at the keys in Postgres, 100 ms to 1 h
 * @param anonymousRemote whether the service may be reached from elsewhere without keys
 */
public record AuthSettings(boolean keys, Duration refresh, boolean anonymousRemote) {

    public AuthSettings {
        if (refresh.toMillis() < 100 || refresh.toHours() >= 1) {
            throw new IllegalArgumentException("auth.refresh = " + refresh.toMillis()
                    + " ms is out of range: 100 ms to 1 h");
        }
    }

    /** By the word of {@code auth.mode}. */
    public static AuthSettings of(String mode, Duration refresh, boolean anonymousRemote) {
        if (!mode.equals("none") && !mode.equals("keys")) {
            throw new IllegalArgumentException("auth.mode = " + mode + " is none of: none, keys");
        }
        return new AuthSettings(mode.equals("keys"), refresh, anonymousRemote);
    }

    /**
     * Refuses a listener that anybody could reach.
     *
     * @param key the key that says where it listens
     */
    public void requireSafe(String key, String host) {
        if (!keys && !anonymousRemote && !isLoopback(host)) {
            throw new IllegalArgumentException(key + " = " + host + " lets other machines in, and"
                    + " auth.mode = none asks nobody who they are: set auth.mode = keys and make"
                    + " one with 'ringtally keys create', or " + key + " = 127.0.0.1, or"
                    + " auth.allow-anonymous-remote = true where something in front decides who"
                    + " gets in");
        }
    }

    /** Whether only this machine reaches that address. */
    public static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException unknown) {
            return false;
        }
    }
}
