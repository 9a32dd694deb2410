package io.ringtally.event;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The hash that spreads messages over shards and keys over tables: 8 bytes a step, each folded with
 * the 128-bit product of a multiplication, as in wyhash. Seeded, so nobody can aim at one shard
 * without knowing the log's seed.
 *
 * <p>Threading: stateless.
 */
public final class EventHash {

    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final long K0 = 0xa0761d6478bd642fL;
    private static final long K1 = 0xe7037ed1a0b428dbL;

    private EventHash() {
    }

    /** Hashes {@code length} bytes from {@code offset}. */
    static long hash(byte[] bytes, int offset, int length, long seed) {
        long h = seed ^ K0 ^ length;
        int i = offset;
        int end = offset + length;
        for (; i + 8 <= end; i += 8) {
            h = fold(h ^ (long) LONGS.get(bytes, i), K1);
        }
        if (i < end) {
            long tail = 0;
            for (int shift = 0; i < end; i++, shift += 8) {
                tail |= (bytes[i] & 0xffL) << shift;
            }
            h = fold(h ^ tail, K1);
        }
        return fold(h, K0);
    }

    /** The same hash of bytes in little-endian memory. */
    static long hash(ByteBuffer memory, int offset, int length, long seed) {
        long h = seed ^ K0 ^ length;
        int i = offset;
        int end = offset + length;
        for (; i + 8 <= end; i += 8) {
            h = fold(h ^ memory.getLong(i), K1);
        }
        if (i < end) {
            long tail = 0;
            for (int shift = 0; i < end; i++, shift += 8) {
                tail |= (memory.get(i) & 0xffL) << shift;
            }
            h = fold(h ^ tail, K1);
        }
        return fold(h, K0);
    }

    /**
     * The slice hash of a message, the same that its events carry.
     *
     * @param app app id, UTF-8
     * @param message message id, UTF-8
     * @param seed the log's seed
     */
    public static long sliceOf(byte[] app, byte[] message, long seed) {
        byte[] both = Arrays.copyOf(app, app.length + message.length);
        System.arraycopy(message, 0, both, app.length, message.length);
        return hash(both, 0, both.length, seed + app.length);
    }

    /** The hash of a counter's key, the same that {@link EventCursor#keyHash} makes. */
    public static long keyOf(long slice, byte[] event) {
        long name = 0;
        int i = 0;
        for (; i + 8 <= event.length; i += 8) {
            name = mix(name, (long) LONGS.get(event, i));
        }
        long tail = event.length;
        for (; i < event.length; i++) {
            tail = (tail << 8) | (event[i] & 0xffL);
        }
        return mix(slice ^ name, tail);
    }

    /** Mixes two hashes into one. */
    public static long mix(long a, long b) {
        return fold(a ^ K0, b ^ K1);
    }

    /** The shard, 0 to {@code shards - 1}, that owns the messages of this slice hash. */
    public static int shardOf(long sliceHash, int shards) {
        return (int) (((sliceHash >>> 32) * shards) >>> 32);
    }

    private static long fold(long a, long b) {
        // multiplyHigh is signed; for mixing that is as good as the unsigned product
        return (a * b) ^ Math.multiplyHigh(a, b);
    }
}
