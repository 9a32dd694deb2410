package io.ringtally.verify;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * One keep-alive connection that knows, of each request, whether it was sent and whether it was
 * answered. It never sends one twice.
 *
 * <p>Threading: one thread; {@link #close()} by any, which ends a wait for an answer.
 */
final class Connection implements AutoCloseable {

    /** The request was sent, at least in part, and not answered. */
    static final int UNKNOWN = -1;
    /** Nobody listens: nothing was sent. */
    static final int NOT_SENT = 0;

    private static final int CONNECT_MILLIS = 5_000;

    private final int port;
    private final int answerMillis;
    private volatile Socket socket;
    private InputStream in;
    private String body = "";

    Connection(int port, int answerMillis) {
        this.port = port;
        this.answerMillis = answerMillis;
    }

    /** Sends a request; the HTTP status, {@link #UNKNOWN} or {@link #NOT_SENT}. */
    int send(byte[] request) {
        Socket open = connected();
        if (open == null) {
            return NOT_SENT;
        }
        try {
            open.getOutputStream().write(request);
            return answer();
        } catch (IOException | RuntimeException gone) {
            close();
            return UNKNOWN;
        }
    }

    /** Asks for a path; its body, empty where there is no answer. */
    String get(String path) {
        int status = send(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        return status > 0 ? body : "";
    }

    private Socket connected() {
        if (socket != null) {
            return socket;
        }
        Socket made = new Socket();
        try {
            made.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                    CONNECT_MILLIS);
            made.setTcpNoDelay(true);
            made.setSoTimeout(answerMillis);
            in = new BufferedInputStream(made.getInputStream(), 1024);
            socket = made;
            return made;
        } catch (IOException refused) {
            shut(made);
            return null;
        }
    }

    private int answer() throws IOException {
        String line = line();
        int status = Integer.parseInt(line.substring(9, 12));
        int length = 0;
        boolean last = false;
        while (!(line = line().toLowerCase(Locale.ROOT)).isEmpty()) {
            if (line.startsWith("content-length:")) {
                length = Integer.parseInt(line.substring(15).trim());
            } else if (line.equals("connection: close")) {
                last = true;
            }
        }
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new IOException("broken off");
        }
        body = new String(bytes, StandardCharsets.UTF_8);
        if (last) {
            close();
        }
        return status;
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        int c;
        while ((c = in.read()) != '\n') {
            if (c < 0) {
                throw new IOException("closed");
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    @Override
    public void close() {
        Socket open = socket;
        socket = null;
        if (open != null) {
            shut(open);
        }
    }

    private static void shut(Socket open) {
        try {
            open.close();
        } catch (IOException alreadyGone) {
            // closed is closed
        }
    }
}
