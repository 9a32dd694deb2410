package io.ringtally.verify;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Free ports below those the kernel gives to outgoing connections. While a service is down its
 * clients knock at its port all the time: from that range, one of them would sooner or later be
 * given the very port as its own, be connected to itself, and keep the service from coming back.
 *
 * <p>Threading: any thread.
 */
public final class Ports {

    private static final int LEAST = 12_000;
    private static final int MOST = 32_000;
    private static final int TRIES = 500;

    private Ports() {
    }

    /** A port nobody listens on at the moment. */
    public static int free() throws IOException {
        for (int i = 0; i < TRIES; i++) {
            int port = ThreadLocalRandom.current().nextInt(LEAST, MOST);
            try (ServerSocket probe = new ServerSocket()) {
                probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                return port;
            } catch (IOException taken) {
                // the next one
            }
        }
        throw new IOException("none of " + TRIES + " ports tried on loopback between " + LEAST
                + " and " + MOST + " is free: stop what uses them");
    }
}
