package io.ringtally.verify;

import java.io.IOException;
import java.util.SplittableRandom;

/**
 * A disk that refuses a sync, once for each thread: the service goes on, or dies and comes back.
 *
 * <p>Threading: immutable.
 */
final class SyncErrorFault implements Fault {

    private static final int LEAST = 10;
    private static final int MOST = 60;
    private static final long LAST_MILLIS = 2_000;

    @Override
    public String name() {
        return "sync-error";
    }

    @Override
    public String impossible(Surroundings surroundings) {
        return surroundings.strace() ? "" : "strace does not run here";
    }

    @Override
    public Launch launch(SplittableRandom random, boolean soon) {
        int n = random.nextInt(LEAST, MOST);
        return new Launch("", Strace.failAt("fdatasync", "EIO", soon ? LEAST : n));
    }

    @Override
    public Aftermath strike(Round round) throws IOException, InterruptedException {
        boolean died = round.awaitFall(LAST_MILLIS);
        if (!round.service().protocolHas(Strace.DONE)) {
            return Aftermath.NOT_REACHED;
        }
        return died ? Aftermath.DIED : Aftermath.SURVIVED;
    }
}
