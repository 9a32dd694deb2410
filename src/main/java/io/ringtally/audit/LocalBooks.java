package io.ringtally.audit;

import io.ringtally.persist.Folding;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The books of the running service, to be held against those in Postgres.
 *
 * <p>Threading: all of it may be asked by any thread.
 *
 * @param accepted what its log has accepted
 * @param folding what it knows of its checkpoint row
 * @param deduplicated events recognised as repeats since the start, and so not accepted again
 */
public record LocalBooks(LedgerSource accepted, Supplier<Folding> folding,
        LongSupplier deduplicated) {
}
