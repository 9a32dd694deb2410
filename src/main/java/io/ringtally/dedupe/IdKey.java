package io.ringtally.dedupe;

/**
 * One id as the tables see it.
 *
 * <p>Threading: none; each thread has its own and fills it again and again.
 */
final class IdKey {

    long high;
    long low;
    long fingerprint;

    IdKey of(long newHigh, long newLow, long newFingerprint) {
        high = newHigh;
        low = newLow;
        fingerprint = newFingerprint;
        return this;
    }
}
