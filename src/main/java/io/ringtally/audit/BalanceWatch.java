package io.ringtally.audit;

import io.ringtally.persist.LedgerUnavailableException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes an audit from time to time, so that an imbalance is noticed when nobody asks.
 *
 * <p>Threading: {@link #run} is a thread of its own; an interrupt ends it.
 */
public final class BalanceWatch implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(BalanceWatch.class);

    private final Audit audit;
    private final Duration interval;

    /**
     * Makes a watch that does not run yet.
     *
     * @param interval time between the end of a check and the next one; the first is one after the
     *     start
     */
    public BalanceWatch(Audit audit, Duration interval) {
        this.audit = audit;
        this.interval = interval;
    }

    @Override
    public void run() {
        try {
            while (true) {
                audit.next(interval);
                Thread.sleep(interval.toMillis());
                check();
            }
        } catch (InterruptedException ended) {
            // the service stops
        }
    }

    private void check() {
        try {
            audit.tryRun();
        } catch (LedgerUnavailableException unknown) {
            LOG.warn("the ledger could not be audited, trying again in {} s: {}",
                    interval.toSeconds(), unknown.getMessage());
        } catch (RuntimeException failed) {
            LOG.error("the audit has failed, trying again in {} s", interval.toSeconds(), failed);
        }
    }
}
