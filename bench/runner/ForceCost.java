package bench.runner;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * The command {@code forces DIRECTORY [SECONDS]}: what it costs to make a log durable on this disk,
 * two ways. {@code body} appends 4 KiB blocks to a file of zeros with write and fdatasync, {@code
 * msync} forces the mapped ring itself. First as fast as each can; then every 20 ms while a writer
 * fills mapped slots at an even pace, which is what a request feels.
 *
 * <p>Threading: the main thread forces; the writer has one of its own.
 */
final class ForceCost {

    private static final int FILE_BYTES = 64 << 20;
    private static final int BLOCK = 4096;
    private static final int SLOT = 1024;
    private static final int EVENT = 104;
    private static final long PACE_NANOS = 10_000;
    private static final long INTERVAL_NANOS = 20_000_000;

    private final FileChannel body;
    private final MappedByteBuffer head;
    private final long nanos;
    private final AtomicBoolean done = new AtomicBoolean();

    private ForceCost(Path directory, int seconds) throws IOException {
        body = zeros(directory.resolve("force-cost-body"));
        try (FileChannel mapped = zeros(directory.resolve("force-cost-head"))) {
            head = mapped.map(MapMode.READ_WRITE, 0, FILE_BYTES);
        }
        nanos = seconds * 1_000_000_000L;
    }

    private static FileChannel zeros(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE,
                StandardOpenOption.READ, StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.DELETE_ON_CLOSE);
        ByteBuffer zeros = ByteBuffer.allocateDirect(1 << 20);
        for (int at = 0; at < FILE_BYTES; at += zeros.capacity()) {
            channel.write(zeros.clear(), at);
        }
        channel.force(true);
        return channel;
    }

    /** One way to make what was written durable. */
    private interface Force {

        void force(int block) throws IOException;
    }

    static int run(List<String> words) {
        if (words.isEmpty()) {
            throw new Options.Mistake("forces wants a directory on the disk to be measured");
        }
        int seconds = words.size() > 1 ? Integer.parseInt(words.get(1)) : 5;
        try {
            Path directory = Files.createDirectories(Path.of(words.get(0)));
            List<String> lines = new ArrayList<>();
            for (String arm : List.of("body", "msync", "msync", "body")) {
                ForceCost cost = new ForceCost(directory, seconds);
                lines.add(cost.fast(arm));
                System.out.println(lines.get(lines.size() - 1));
            }
            for (String arm : List.of("nothing", "body", "msync", "msync", "body", "nothing")) {
                ForceCost cost = new ForceCost(directory, seconds);
                System.out.println(cost.paced(arm));
            }
            return 0;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private Force way(String arm) {
        ByteBuffer block = ByteBuffer.allocateDirect(BLOCK);
        return switch (arm) {
            case "body" -> at -> {
                long offset = (long) at * BLOCK % FILE_BYTES;
                body.write(block.clear(), offset);
                body.force(false);
            };
            case "msync" -> at -> {
                int offset = (int) ((long) at * BLOCK % FILE_BYTES);
                head.putLong(offset, at);
                head.force(offset, BLOCK);
            };
            default -> at -> { };
        };
    }

    private String fast(String arm) throws IOException {
        Force force = way(arm);
        long begun = System.nanoTime();
        int forces = 0;
        while (System.nanoTime() - begun < nanos) {
            force.force(forces++);
        }
        return String.format(Locale.ROOT, "as fast as it can: %-7s %8.0f forces/s", arm,
                forces * 1e9 / (System.nanoTime() - begun));
    }

    /** Forces every 20 ms what a writer has filled meanwhile, and counts the writer's stalls. */
    private String paced(String arm) throws IOException {
        List<Long> late = new ArrayList<>();
        long[] slots = new long[1];
        Thread writer = new Thread(() -> write(late, slots));
        writer.start();
        long begun = System.nanoTime();
        long next = begun;
        int forces = 0;
        long worst = 0;
        long from = 0;
        while (System.nanoTime() - begun < nanos) {
            next += INTERVAL_NANOS;
            while (System.nanoTime() < next) {
                LockSupport.parkNanos(next - System.nanoTime());
            }
            long to;
            synchronized (slots) {
                to = slots[0];
            }
            long started = System.nanoTime();
            forceAll(arm, from, to);
            worst = Math.max(worst, System.nanoTime() - started);
            from = to;
            forces++;
        }
        done.set(true);
        join(writer);
        return report(arm, late, slots[0], forces, worst);
    }

    private void forceAll(String arm, long from, long to) throws IOException {
        if (arm.equals("msync")) {
            int at = (int) (from * SLOT % FILE_BYTES);
            int length = (int) Math.min((to - from) * SLOT, FILE_BYTES - at);
            if (length > 0) {
                head.force(at, length);
            }
        } else if (arm.equals("body") && to > from) {
            int bytes = (int) ((to - from) * EVENT + BLOCK - 1) & -BLOCK;
            body.write(ByteBuffer.allocateDirect(bytes), (from * EVENT & -BLOCK)
                    % (FILE_BYTES / 2));
            body.force(false);
        }
    }

    private void write(List<Long> late, long[] slots) {
        byte[] event = new byte[EVENT];
        long due = System.nanoTime();
        for (long slot = 0; !done.get(); slot++) {
            due += PACE_NANOS;
            while (System.nanoTime() < due) {
                Thread.onSpinWait();
            }
            long started = System.nanoTime();
            head.put((int) (slot * SLOT % FILE_BYTES), event);
            long took = System.nanoTime() - started;
            if (took > 5_000) {
                late.add(took);
            }
            due = Math.max(due, System.nanoTime() - PACE_NANOS);
            synchronized (slots) {
                slots[0] = slot + 1;
            }
        }
    }

    private static String report(String arm, List<Long> late, long slots, int forces,
            long worst) {
        return String.format(Locale.ROOT, "every 20 ms:        %-7s %d writes, stalls over 5 us:"
                + " %.3f %%, over 100 us: %d, over 1 ms: %d, longest %.2f ms; %d forces, longest"
                + " %.1f ms", arm, slots, 100.0 * late.size() / slots,
                late.stream().filter(nanos -> nanos > 100_000).count(),
                late.stream().filter(nanos -> nanos > 1_000_000).count(),
                late.stream().mapToLong(Long::longValue).max().orElse(0) / 1e6, forces,
                worst / 1e6);
    }

    private static void join(Thread writer) {
        try {
            writer.join();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
