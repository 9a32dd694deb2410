package io.ringtally.verify;

import io.ringtally.fault.FaultPoint;
import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * What a fault has at hand.
 *
 * <p>Threading: the campaign's thread.
 */
final class Round {

    private static final long LATE_MILLIS = 5_000;
    private static final long BEHIND_MILLIS = 15_000;

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
     * Kills the service when Postgres, halted for that, lacks the events of so many requests.
     */
    void killBehind(int requests) throws IOException {
        List<ProcessHandle> halted = postgres.halt();
        try {
            long before = load.acked();
            Service.await(BEHIND_MILLIS, () -> load.acked() >= before + requests
                    || !service().isAlive());
            service().kill();
        } finally {
            Postgres.resume(halted);
        }
    }

    /**
     * Starts the service with a halt on its way up.
     *
     * @return whether it died of that; else it is up
     */
    boolean diesStarting(FaultPoint point)
            throws IOException, InterruptedException, Misbehaviour {
        Service started = site.start(Launch.armed(point.label()));
        if (started.awaitUp()) {
            // this one is passed when it is up already
            return point == FaultPoint.START_OPENED && started.awaitExit(LATE_MILLIS);
        }
        if (started.isAlive()) {
            throw new Misbehaviour("the service, started with " + point.label()
                    + ", is neither up nor dead; its last words:\n" + started.lastWords());
        }
        return true;
    }
}
