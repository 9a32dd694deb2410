package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * A connection whose bytes the test chooses itself, right or wrong. Text goes out with one byte for
 * each character.
 *
 * <p>Threading: one thread's.
 */
final class RawConnection implements AutoCloseable {

    private static final int ANSWER_WITHIN_MILLIS = 20_000;
    private static final String VERSION = "HTTP/";

    private final Socket socket;
    private final InputStream in;

    RawConnection(RunningService service) throws IOException {
        this(service.port());
    }

    /** Connects to a port of this machine. */
    RawConnection(int port) throws IOException {
        this(port, 0);
    }

    /** The same, with a receive buffer of so many bytes; 0 for the system's choice. */
    RawConnection(int port, int receiveBytes) throws IOException {
        socket = new Socket();
        if (receiveBytes > 0) {
            socket.setReceiveBufferSize(receiveBytes);
        }
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        socket.setSoTimeout(ANSWER_WITHIN_MILLIS);
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream());
    }

    int localPort() {
        return socket.getLocalPort();
    }

    /** A whole POST, with its true length; headers end in CRLF. */
    static byte[] post(String path, byte[] body, String... headers) {
        return concat(bytes("POST " + path + " HTTP/1.1\r\nHost: localhost\r\n"
                + String.join("", headers) + "Content-Length: " + body.length + "\r\n\r\n"), body);
    }

    static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            whole.writeBytes(part);
        }
        return whole.toByteArray();
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    RawConnection send(String text) throws IOException {
        return send(bytes(text));
    }

    /** Sends the bytes, as one packet where they fit. */
    RawConnection send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    /** Sends each byte as a packet of its own. */
    RawConnection drip(byte[] bytes) throws IOException {
        for (byte octet : bytes) {
            socket.getOutputStream().write(octet);
        }
        return this;
    }

    /** Says that nothing more will come. */
    RawConnection finish() throws IOException {
        socket.shutdownOutput();
        return this;
    }

    /** Whether an answer has begun, or the connection ended, after so long at most. */
    boolean answersWithin(Duration patience) throws IOException {
        in.mark(1);
        socket.setSoTimeout((int) patience.toMillis());
        try {
            in.read();
            in.reset();
            return true;
        } catch (SocketTimeoutException nothing) {
            return false;
        } finally {
            socket.setSoTimeout(ANSWER_WITHIN_MILLIS);
        }
    }

    /** Reads one answer with its body. */
    Answer answer() throws IOException {
        return answer(true);
    }

    /**
     * Reads one answer; null if the connection has ended, or was cut off, before it. What a proxy
     * answers in HTTP/0.9 or HTTP/2 is read to its end and has the status 9.
     */
    Answer answerUnlessEnded(boolean withBody) throws IOException {
        in.mark(VERSION.length());
        try {
            byte[] first = in.readNBytes(VERSION.length());
            if (!new String(first, StandardCharsets.ISO_8859_1).equals(VERSION)) {
                in.readAllBytes();
                return first.length == 0 ? null : new Answer(9, Map.of(), "");
            }
        } catch (SocketException reset) {
            return null;
        }
        in.reset();
        return answer(withBody);
    }

    /** Reads one answer to a HEAD: it has a length and no body. */
    Answer answerToHead() throws IOException {
        return answer(false);
    }

    private Answer answer(boolean withBody) throws IOException {
        String statusLine = line();
        int status = Integer.parseInt(statusLine.split(" ", 3)[1]);
        Map<String, String> headers = new TreeMap<>();
        String header;
        while (!(header = line()).isEmpty()) {
            int colon = header.indexOf(':');
            headers.put(header.substring(0, colon).toLowerCase(Locale.ROOT),
                    header.substring(colon + 1).trim());
        }
        int length = withBody ? Integer.parseInt(headers.getOrDefault("content-length", "0")) : 0;
        byte[] body = in.readNBytes(length);
        assertEquals(length, body.length, "the answer's body is cut short");
        return new Answer(status, headers, new String(body, StandardCharsets.UTF_8));
    }

    /** Reads one line, without its end. */
    String line() throws IOException {
        StringBuilder line = new StringBuilder();
        int octet;
        while ((octet = in.read()) != '\n') {
            if (octet < 0) {
                throw new IOException("the connection ended after: " + line);
            }
            if (octet != '\r') {
                line.append((char) octet);
            }
        }
        return line.toString();
    }

    /** Reads an answer with a 4xx, or the end of the connection without any. */
    void refusedOrCutOff() throws IOException {
        in.mark(1);
        if (!ends()) {
            in.reset();
            Answer answer = answer();
            assertEquals(4, answer.status() / 100, answer.toString());
        }
    }

    /** Whether the service ends this connection, without saying more, before a read times out. */
    boolean ends() throws IOException {
        try {
            return in.read() < 0;
        } catch (SocketException reset) {
            return true;
        }
    }

    /** Reads, and drops, what comes until the service ends this connection. */
    void readToItsEnd() throws IOException {
        try {
            while (in.read() >= 0) {
                continue;
            }
        } catch (SocketException reset) {
            return;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    /**
     * An answer.
     *
     * @param headers by name in lower case
     */
    record Answer(int status, Map<String, String> headers, String body) {

        String header(String name) {
            return headers.get(name);
        }
    }
}
