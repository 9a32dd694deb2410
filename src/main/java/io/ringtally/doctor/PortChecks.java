package io.ringtally.doctor;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Locale;
import java.util.function.BooleanSupplier;

/**
 * Whether a port can be had.
 *
 * <p>Threading: stateless.
 */
final class PortChecks {

    private PortChecks() {
    }

    /**
     * Tries it, and gives it back at once.
     *
     * @param key the configuration's key for the port
     * @param ours whether the one that has it is the service that has the data directory; asked
     *     only if it is taken
     */
    static Check of(String key, String host, int port, BooleanSupplier ours) {
        String place = host + ":" + port;
        if (port == 0) {
            return Check.ok(key, "any free one of " + host);
        }
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getByName(host), port));
            return Check.ok(key, place + " is free");
        } catch (IOException taken) {
            if (ours.getAsBoolean()) {
                return Check.ok(key, place + " is the running service's");
            }
            String variable = "RINGTALLY_" + key.toUpperCase(Locale.ROOT).replace('.', '_');
            return Check.fail(key, place + " cannot be had: " + taken.getMessage(),
                    "stop what listens there (ss -ltnp), or choose another " + key + " ("
                    + variable + ")");
        }
    }
}
