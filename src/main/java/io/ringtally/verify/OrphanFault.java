package io.ringtally.verify;

import java.io.IOException;

/**
 * {@code kill -9} of the service alone: its embedded PostgreSQL stays behind and runs on, and the
 * next start has to cope with it.
 *
 * <p>Threading: immutable.
 */
final class OrphanFault implements Fault {

    @Override
    public String name() {
        return "orphan";
    }

    @Override
    public Site.Kind site() {
        return Site.Kind.EMBEDDED;
    }

    @Override
    public Aftermath strike(Round round) throws IOException, Misbehaviour {
        round.moment();
        round.service().kill();
        return round.site().postmaster().isEmpty() ? Aftermath.NOT_REACHED : Aftermath.DIED;
    }
}
