package io.ringtally.doctor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Locale;

/**
 * How many writes of 4 KiB a second a disk takes, each synced, into a file that was written before:
 * what the log does.
 *
 * <p>Threading: immutable.
 *
 * @param perSecond syncs a second
 * @param medianMicros how long the median one took
 * @param p99Micros how long the slowest hundredth took at least
 */
record SyncRate(double perSecond, long medianMicros, long p99Micros) {

    private static final String WHAT = "sync rate";
    private static final int BLOCK_BYTES = 4_096;
    private static final int BLOCKS = 256;
    private static final int SYNCS_MAX = 2_000_000;
    private static final long LIMIT_NANOS = 1_000_000_000L;

    /** Below that a disk turns, or is far away. */
    private static final int SLOW = 200;
    /** No disk writes 4 KiB in less than this, one after the other. */
    private static final int TOO_FAST = 80_000;

    /** Measures in a directory, for about a second, with a file of its own. */
    static Check measured(Path directory) {
        Path file = directory.resolve(".ringtally-doctor-" + ProcessHandle.current().pid());
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW,
                StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE)) {
            return measure(channel).judged();
        } catch (IOException failed) {
            return Check.fail(WHAT, "not measured: " + failed.getMessage(), "see that "
                    + directory + " can be written and has room");
        }
    }

    /** None is made where a service runs, which would wait for it. */
    static Check notMeasured() {
        return Check.ok(WHAT, "not measured while the service runs");
    }

    private static SyncRate measure(FileChannel channel) throws IOException {
        ByteBuffer block = ByteBuffer.allocateDirect(BLOCK_BYTES);
        for (int i = 0; i < BLOCKS; i++) {
            write(channel, block, i);
        }
        channel.force(true);
        long[] took = new long[SYNCS_MAX];
        int syncs = 0;
        long begun = System.nanoTime();
        long now = begun;
        while (now - begun < LIMIT_NANOS && syncs < SYNCS_MAX) {
            write(channel, block, syncs % BLOCKS);
            channel.force(false);
            long after = System.nanoTime();
            took[syncs++] = after - now;
            now = after;
        }
        return of(took, syncs, now - begun);
    }

    private static void write(FileChannel channel, ByteBuffer block, int at) throws IOException {
        block.clear();
        for (long from = (long) at * BLOCK_BYTES; block.hasRemaining();) {
            from += channel.write(block, from);
        }
    }

    static SyncRate of(long[] tookNanos, int syncs, long allNanos) {
        long[] sorted = Arrays.copyOf(tookNanos, syncs);
        Arrays.sort(sorted);
        return new SyncRate(syncs * 1e9 / allNanos, sorted[syncs / 2] / 1_000,
                sorted[(int) (syncs * 0.99)] / 1_000);
    }

    Check judged() {
        String value = String.format(Locale.ROOT, "%.0f a second; median %.2f ms, 99th of 100"
                + " %.2f ms", perSecond, medianMicros / 1e3, p99Micros / 1e3);
        if (perSecond < SLOW) {
            return Check.warn(WHAT, value, "whoever asks for synced or persisted waits this"
                    + " long: put data.dir on an SSD of this machine");
        }
        return perSecond <= TOO_FAST ? Check.ok(WHAT, value)
                : Check.warn(WHAT, value, "no disk is as fast: a sync here does not reach one, so"
                        + " synced survives no loss of power");
    }
}
