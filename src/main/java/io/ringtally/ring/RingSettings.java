package io.ringtally.ring;

import io.ringtally.event.EventLayout;

/**
 * The ring's geometry and the pace of its stages.
 *
 * @param slots number of slots, a power of two, 64 to 2^21
 * @param slotBytes bytes of a slot, a multiple of 64, enough for the largest event; at most 64 KiB
 * @param parkMicros longest sleep of a stage that nobody wakes, microseconds, 100 to 1000000
 */
public record RingSettings(int slots, int slotBytes, int parkMicros) {

    public RingSettings {
        if (slots < 64 || slots > 1 << 21 || Integer.bitCount(slots) != 1) {
            throw new IllegalArgumentException(
                    "ring.slots = " + slots + " must be a power of two, 64 to 2097152");
        }
        int least = Slots.HEADER_BYTES + EventLayout.EVENT_SIZE_MAX;
        if (slotBytes < least || slotBytes > 1 << 16 || slotBytes % 64 != 0) {
            throw new IllegalArgumentException("ring.slot-bytes = " + slotBytes
                    + " must be a multiple of 64, " + least + " to 65536");
        }
        if ((long) slots * slotBytes > 1 << 30) {
            throw new IllegalArgumentException("ring.slots = " + slots + " of ring.slot-bytes = "
                    + slotBytes + " are more than 1 GiB");
        }
        if (parkMicros < 100 || parkMicros > 1_000_000) {
            throw new IllegalArgumentException(
                    "ring.park = " + parkMicros + " us is out of range: 100 us to 1 s");
        }
    }

    /** Slots of the largest batch that is taken whole: an eighth of the ring. */
    public int batchSlotsMax() {
        return slots / 8;
    }

    /** Events a ring full of the smallest events holds. */
    public long eventsMax() {
        return (long) slots * eventsPerSlotMax();
    }

    int eventsPerSlotMax() {
        return (slotBytes - Slots.HEADER_BYTES) / EventLayout.EVENT_SIZE_MIN;
    }
}
