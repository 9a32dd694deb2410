package io.ringtally.verify;

import java.io.IOException;
import java.util.SplittableRandom;

/** Something that goes wrong, once in a round, under load. */
interface Fault {

    /** What is left of the service. */
    enum Aftermath {
        /** It died; it must come back and have all. */
        DIED,
        /** It ended as asked; Postgres must have all right now. */
        ENDED,
        /** It goes on, and must do so as if nothing had been. */
        SURVIVED,
        /** The fault did not come about in time: the round says nothing. */
        NOT_REACHED
    }

    /** The name it is chosen by. */
    String name();

    /** The installation it needs. */
    default Site.Kind site() {
        return Site.Kind.PLAIN;
    }

    /** Whether it needs an installation that was never started. */
    default boolean fresh() {
        return false;
    }

    /** Why it cannot be here, for people; empty if it can. */
    default String impossible(Surroundings surroundings) throws IOException {
        return "";
    }

    /**
     * How the service has to be started for it.
     *
     * @param soon whether it did not come about last time: then as early as it may
     */
    default Launch launch(SplittableRandom random, boolean soon) {
        return Launch.PLAIN;
    }

    /** Lets it happen. Calls {@link Round#moment()} right before, or as soon as it is seen. */
    Fault.Aftermath strike(Round round) throws IOException, InterruptedException, Misbehaviour;
}
