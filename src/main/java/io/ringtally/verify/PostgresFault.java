package io.ringtally.verify;

import java.io.IOException;
import java.util.List;

/**
 * The database goes away for a while, in one way or another, and the service goes on.
 *
 * <p>Threading: immutable.
 */
final class PostgresFault implements Fault {

    private static final int PAUSE_LEAST = 300;
    private static final int PAUSE_MOST = 1_200;
    private static final int SLOW_SLICES = 40;
    private static final int SLOW_SLICE_MILLIS = 40;

    /** One way of going away and coming back. */
    @FunctionalInterface
    private interface Outage {

        void happen(Round round, Postgres postgres) throws IOException;
    }

    private final String name;
    private final Outage outage;

    private PostgresFault(String name, Outage outage) {
        this.name = name;
        this.outage = outage;
    }

    static List<Fault> all() {
        return List.of(new PostgresFault("pg-stop", PostgresFault::stop),
                new PostgresFault("pg-kill", PostgresFault::kill),
                new PostgresFault("pg-pause", PostgresFault::pause),
                new PostgresFault("pg-slow", PostgresFault::slow));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String impossible(Surroundings surroundings) {
        return surroundings.ownPostgres() ? ""
                : "it is done to a server of the campaign's own only: leave --db-url away";
    }

    @Override
    public Aftermath strike(Round round) throws IOException, Misbehaviour {
        round.moment();
        outage.happen(round, round.postgres());
        if (!round.service().isAlive()) {
            throw new Misbehaviour("the service ended with exit code "
                    + round.service().exitCode() + " because of Postgres; its last words:\n"
                    + round.service().lastWords());
        }
        return Aftermath.SURVIVED;
    }

    private static void stop(Round round, Postgres postgres) throws IOException {
        postgres.stop();
        round.pass(length(round));
        postgres.startAgain();
    }

    private static void kill(Round round, Postgres postgres) throws IOException {
        postgres.kill();
        round.pass(length(round));
        postgres.startAgain();
    }

    private static void pause(Round round, Postgres postgres) throws IOException {
        List<ProcessHandle> halted = postgres.halt();
        try {
            round.pass(length(round));
        } finally {
            Postgres.resume(halted);
        }
    }

    /** Nine tenths of the time it does nothing. */
    private static void slow(Round round, Postgres postgres) throws IOException {
        for (int i = 0; i < SLOW_SLICES; i++) {
            List<ProcessHandle> halted = postgres.halt();
            try {
                round.pass(SLOW_SLICE_MILLIS);
            } finally {
                Postgres.resume(halted);
            }
            round.pass(SLOW_SLICE_MILLIS / 10);
        }
    }

    private static int length(Round round) {
        return round.random().nextInt(PAUSE_LEAST, PAUSE_MOST);
    }
}
