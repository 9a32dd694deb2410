package io.ringtally.inspect;

import java.nio.file.Path;
import java.util.UUID;

/**
 * What the head's file holds.
 *
 * @param file where it is
 * @param slots number of slots
 * @param slotBytes bytes of a slot
 * @param run number of the start that used it last; 0 if none did
 * @param boot the machine's boot it was written in
 * @param sameBoot whether that is the machine's present one
 * @param base position of the first record it was made for
 * @param valid slots that hold a whole record
 * @param unused slots without a commit word: never used, or a claim that was not finished
 * @param invalid slots whose commit word does not fit; explained by a loss of power only
 * @param first the least position in it; 0 if there is none
 * @param last the greatest position in it; 0 if there is none
 * @param aboveBody records above the body's end, which a start takes from here
 * @param skipped positions among these that were claimed and never committed
 */
public record HeadReport(Path file, int slots, int slotBytes, long run, UUID boot,
        boolean sameBoot, long base, long valid, long unused, long invalid, long first, long last,
        long aboveBody, long skipped) {
}
