package io.ringtally.journal;

/**
 * What a record of the log is.
 *
 * <p>Threading: stateless.
 */
public final class RecordType {

    /** Events to be applied. */
    public static final byte EVENTS = 1;
    /** Where each shard hands over what changed since the cut before. */
    public static final byte CUT = 2;
    /** A slot that was claimed and could not be filled; nothing in it counts. */
    public static final byte VOID = 3;
    /** In the body only: positions that were claimed and never filled, found so by a recovery. */
    public static final byte GAP = 4;
    /** A CUT with changes of counters, which the flush of that cut decides. */
    public static final byte CHANGE = 5;

    private RecordType() {
    }

    /** The name of a type, for people. */
    public static String nameOf(byte type) {
        return switch (type) {
            case EVENTS -> "EVENTS";
            case CUT -> "CUT";
            case VOID -> "VOID";
            case GAP -> "GAP";
            case CHANGE -> "CHANGE";
            default -> "type " + type;
        };
    }
}
