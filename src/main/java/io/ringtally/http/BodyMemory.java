package io.ringtally.http;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory of all bodies that are on their way, together: however many clients send slowly, it
 * has an end. The first {@value #FREE_BYTES} bytes of a body are free, so that small bodies that
 * come in two packets are taken whatever others do; the number of connections bounds those.
 *
 * <p>Threading: any I/O thread.
 */
final class BodyMemory {

    static final int FREE_BYTES = 4 << 10;

    private final long bytesMax;
    private final AtomicLong taken = new AtomicLong();

    BodyMemory(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** Whether the memory of one body may grow, from and to so many bytes; noted if it may. */
    boolean grow(int from, int to) {
        long more = charged(to) - charged(from);
        if (taken.addAndGet(more) <= bytesMax || more <= 0) {
            return true;
        }
        taken.addAndGet(-more);
        return false;
    }

    /** A body's memory, so many bytes, is free again. */
    void free(int bytes) {
        taken.addAndGet(-charged(bytes));
    }

    private static long charged(int bytes) {
        return Math.max(0, bytes - FREE_BYTES);
    }

    /** The answer to a body there is no memory for. */
    Problem problem() {
        return new Problem(ProblemType.TOO_MANY_BODIES,
                "the bodies on their way to this service take "
                + taken.get() + " bytes, and http.max-arriving-bytes is " + bytesMax
                + "; nothing of this request was counted");
    }
}
