package io.ringtally.inspect;

/** What a file of the body is. */
public enum SegmentState {
    /** Holds a part of the log. */
    LIVE,
    /** Later segments replace all of it. */
    REPLACED,
    /** Holds nothing: its header is zeros. */
    SPARE,
    /** Its header is neither whole nor zeros, or it is another log's. */
    ODD
}
