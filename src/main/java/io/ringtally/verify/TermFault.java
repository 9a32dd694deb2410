package io.ringtally.verify;

import java.io.IOException;

/**
 * SIGTERM: exit code 0, and Postgres has all when the process is gone.
 *
 * <p>Threading: immutable.
 */
final class TermFault implements Fault {

    @Override
    public String name() {
        return "term";
    }

    @Override
    public Aftermath strike(Round round)
            throws IOException, InterruptedException, Misbehaviour {
        round.moment();
        round.site().stop();
        return Aftermath.ENDED;
    }
}
