package io.ringtally.verify;

import java.io.IOException;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * What a fault has at hand.
 *
 * <p>Threading: the campaign's thread.
 */
final class Round {

    private static final long LATE_MILLIS = 200;

    private final Site site;
    private final Postgres postgres;
    private final Load load;
    private final SplittableRandom random;
    private long acksBefore = -1;

    /**
     * A round under load.
     *
     * @param postgres the campaign's own server, or null
     */
    Round(Site site, Postgres postgres, Load load, SplittableRandom random) {
        this.site = site;
        this.postgres = postgres;
        this.load = load;
        this.random = random;
    }

    Site site() {
        return site;
    }

    Service service() {
        return site.service();
    }

    Postgres postgres() {
        return postgres;
    }

    Load load() {
        return load;
    }

    SplittableRandom random() {
        return random;
    }

    /** Now it happens: what was acknowledged in the second before says whether it means much. */
    void moment() {
        if (acksBefore < 0) {
            acksBefore = load.acksInTheLastSecond();
        }
    }

    /** Acknowledged requests in the second before the fault. */
    long acksBefore() {
        return Math.max(0, acksBefore);
    }

    /** Lets time pass under load; shorter if the service ends. */
    void pass(long millis) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (System.nanoTime() < deadline && service().isAlive()) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    /** Waits for the service to end by itself; false past the time. */
    boolean awaitFall(long millis) throws InterruptedException {
        boolean fallen = service().awaitExit(millis);
        moment();
        return fallen;
    }

    /**
     * Starts the service with a fault on its way up.
     *
     * @return whether it died of that; else it is up
     */
    boolean diesStarting(String fault)
            throws IOException, InterruptedException, Misbehaviour {
        Service started = site.start(Launch.armed(fault));
        if (started.awaitUp()) {
            // the last of the places is passed when it is up already
            return started.awaitExit(LATE_MILLIS);
        }
        if (started.isAlive()) {
            throw new Misbehaviour("the service, started with " + fault + ", is neither up nor"
                    + " dead; its last words:\n" + started.lastWords());
        }
        return true;
    }
}
