package io.ringtally.system;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * One keep-alive connection that posts increments and knows, of each, whether it was answered. It
 * never sends a request twice.
 *
 * <p>Threading: one thread.
 */
final class PostClient implements AutoCloseable {

    /** No answer: the request may or may not have been counted. */
    static final int UNKNOWN = -1;
    /** Nobody listens: the request was never sent. */
    static final int NOT_SENT = 0;

    private final int port;
    private final int timeoutMillis;
    private Socket socket;
    private InputStream in;
    private int retryAfter;

    PostClient(int port) {
        this(port, 30_000);
    }

    PostClient(int port, int timeoutMillis) {
        this.port = port;
        this.timeoutMillis = timeoutMillis;
    }

    /** Posts an increment; the HTTP status, {@link #UNKNOWN} or {@link #NOT_SENT}. */
    int increment(String key, long value) {
        byte[] body = ("{\"key\":\"" + key + "\",\"value\":" + value + "}")
                .getBytes(StandardCharsets.UTF_8);
        byte[] head = ("POST /increment HTTP/1.1\r\nHost: localhost\r\n"
                + "Content-Type: application/json\r\nContent-Length: " + body.length + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        byte[] request = new byte[head.length + body.length];
        System.arraycopy(head, 0, request, 0, head.length);
        System.arraycopy(body, 0, request, head.length, body.length);
        if (!connected()) {
            return NOT_SENT;
        }
        try {
            socket.getOutputStream().write(request);
            return answer();
        } catch (IOException gone) {
            close();
            return UNKNOWN;
        }
    }

    /** {@code Retry-After} of the last answer, seconds; 0 if it had none. */
    int retryAfter() {
        return retryAfter;
    }

    private boolean connected() {
        if (socket != null) {
            return true;
        }
        Socket made = new Socket();
        try {
            made.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 5_000);
            made.setTcpNoDelay(true);
            made.setSoTimeout(timeoutMillis);
            in = new BufferedInputStream(made.getInputStream());
            socket = made;
            return true;
        } catch (IOException refused) {
            try {
                made.close();
            } catch (IOException ignored) {
                // it never was open
            }
            return false;
        }
    }

    private int answer() throws IOException {
        String line = line();
        int status = Integer.parseInt(line.substring(9, 12));
        int length = 0;
        boolean last = false;
        retryAfter = 0;
        while (!(line = line().toLowerCase(Locale.ROOT)).isEmpty()) {
            if (line.startsWith("content-length:")) {
                length = Integer.parseInt(line.substring(15).trim());
            } else if (line.startsWith("retry-after:")) {
                retryAfter = Integer.parseInt(line.substring(12).trim());
            } else if (line.equals("connection: close")) {
                last = true;
            }
        }
        in.skipNBytes(length);
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
        if (socket != null) {
            try {
                socket.close();
            } catch (IOException ignored) {
                // closed is closed
            }
            socket = null;
        }
    }
}
