package io.ringtally.verify;

import java.io.IOException;

/**
 * {@code kill -9}, and then it dies once or twice more while it recovers, while clients knock.
 *
 * <p>Threading: immutable.
 */
final class DoubleCrashFault implements Fault {

    private static final int MORE_MAX = 3;

    @Override
    public String name() {
        return "double";
    }

    @Override
    public Aftermath strike(Round round)
            throws IOException, InterruptedException, Misbehaviour {
        round.moment();
        round.service().kill();
        boolean died = false;
        int more = round.random().nextInt(1, MORE_MAX);
        for (int i = 0; i < more; i++) {
            if (round.diesStarting(Points.any(round.random(), Points.STARTING))) {
                died = true;
            } else {
                // this start does not pass there: it is up, and dies as the first one did
                round.service().kill();
            }
        }
        return died ? Aftermath.DIED : Aftermath.NOT_REACHED;
    }
}
