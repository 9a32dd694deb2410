package io.ringtally.app;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The last line of a terminal, drawn again in place. It stands in the way of standard error: what
 * is written there takes the bar off first, so that no line of the log is mixed with it.
 *
 * <p>Threading: any thread; one at a time.
 */
final class StderrBar extends OutputStream {

    private static final Path STDERR = Path.of("/proc/self/fd/2");
    private static final int COLUMNS = 79;
    private static final int CELLS = 24;
    private static final String ERASE = "\r\u001b[K";

    private final OutputStream terminal;
    private String shown = "";
    private boolean lineBegun;

    StderrBar(OutputStream terminal) {
        this.terminal = terminal;
    }

    /** Puts one before standard error if that is a terminal; else answers null. */
    static StderrBar install() {
        if (!isTerminal() || "dumb".equals(System.getenv("TERM"))) {
            return null;
        }
        StderrBar bar = new StderrBar(new FileOutputStream(FileDescriptor.err));
        System.setErr(new PrintStream(bar, true, Charset.defaultCharset()));
        return bar;
    }

    private static boolean isTerminal() {
        try {
            String device = Files.readSymbolicLink(STDERR).toString();
            return device.startsWith("/dev/pts/") || device.startsWith("/dev/tty")
                    || device.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException unknown) {
            return false;
        }
    }

    /**
     * Shows how far something has come, instead of what was shown before.
     *
     * @param percent 0 to 100; less for work whose end is not known
     */
    void show(String what, int percent, String left) {
        StringBuilder text = new StringBuilder(what);
        if (percent >= 0) {
            int full = CELLS * percent / 100;
            text.append(" [").append("#".repeat(full)).append(".".repeat(CELLS - full))
                    .append("] ").append(percent).append(" %");
        }
        text.append(left);
        draw(text.substring(0, Math.min(COLUMNS, text.length())));
    }

    /** Takes it off. */
    void clear() {
        draw("");
    }

    private synchronized void draw(String text) {
        if (lineBegun || text.equals(shown)) {
            return;
        }
        String before = shown;
        shown = text;
        try {
            put(before.isEmpty() ? text : ERASE + text);
        } catch (IOException gone) {
            // nobody looks any more
            shown = "";
        }
    }

    @Override
    public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] bytes, int from, int length) throws IOException {
        if (length == 0) {
            return;
        }
        if (!shown.isEmpty() && !lineBegun) {
            put(ERASE);
        }
        terminal.write(bytes, from, length);
        lineBegun = bytes[from + length - 1] != '\n';
        if (!shown.isEmpty() && !lineBegun) {
            put(shown);
        }
    }

    private void put(String text) throws IOException {
        terminal.write(text.getBytes(Charset.defaultCharset()));
        terminal.flush();
    }

    @Override
    public void flush() throws IOException {
        terminal.flush();
    }
}
