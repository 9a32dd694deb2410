package io.ringtally.verify;

/**
 * {@code kill -9} at any time.
 *
 * <p>Threading: immutable.
 */
final class KillFault implements Fault {

    @Override
    public String name() {
        return "kill";
    }

    @Override
    public Aftermath strike(Round round) {
        round.moment();
        round.service().kill();
        return Aftermath.DIED;
    }
}
