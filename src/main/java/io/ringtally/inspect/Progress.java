package io.ringtally.inspect;

/** Is told how far a reading has come. */
public interface Progress {

    /**
     * So much is read.
     *
     * @param bytes read so far
     * @param ofBytes to be read in all
     */
    void read(long bytes, long ofBytes);
}
