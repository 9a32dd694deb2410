package io.ringtally.verify;

import io.ringtally.fault.FaultPoint;
import java.io.IOException;
import java.util.SplittableRandom;

/**
 * The service ends within one instruction at a named place in its code.
 *
 * <p>Threading: immutable.
 */
final class HaltFault implements Fault {

    static final String GROUP = "halt";

    private static final long REACHED_MILLIS = 4_000;
    /** A segment is filled in some seconds. */
    private static final long SEGMENT_MILLIS = 10_000;

    private static final long STOP_MILLIS = 40_000;
    /** Each takes a position at least, and a replay looks up at every 1024th. */
    private static final int REPLAYED_REQUESTS = 1_500;
    /** Long enough for the second that is looked at to be one under load. */
    private static final long LOADED_MILLIS = 1_200;
    /** Enough for the last pass of the group. */
    private static final int CHANGES = 10;
    private static final int SYNC_LEAST = 10;
    private static final int SYNC_MOST = 40;

    private final FaultPoint point;
    private final Points group;

    HaltFault(FaultPoint point) {
        this.point = point;
        this.group = Points.of(point);
    }

    @Override
    public String name() {
        return GROUP + ":" + point.label();
    }

    @Override
    public boolean fresh() {
        return group == Points.FIRST_START;
    }

    @Override
    public String impossible(Surroundings surroundings) {
        if (point == FaultPoint.REPLAY_HALFWAY && !surroundings.ownPostgres()) {
            return "a long log needs a server of the campaign's own that can be halted: leave"
                    + " --db-url away";
        }
        return group == Points.HEALING && !surroundings.strace()
                ? "a failing sync needs strace, which does not run here" : "";
    }

    @Override
    public Launch launch(SplittableRandom random, boolean soon) {
        return switch (group) {
            case STARTING -> Launch.PLAIN;
            case HEALING -> new Launch(point.label(), Strace.failAt("fdatasync", "EIO",
                    random.nextInt(SYNC_LEAST, soon ? SYNC_LEAST + 1 : SYNC_MOST)));
            default -> Launch.armed(point.label() + ":" + group.pass(random, soon));
        };
    }

    @Override
    public Aftermath strike(Round round)
            throws IOException, InterruptedException, Misbehaviour {
        switch (group) {
            case FIRST_START:
                // it was met on the way up, or never is; what it left behind is crashed once more
                boolean met = round.site().firstStartFailed();
                round.moment();
                round.service().kill();
                return met ? Aftermath.DIED : Aftermath.NOT_REACHED;
            case STARTING:
                round.moment();
                if (point == FaultPoint.REPLAY_HALFWAY) {
                    round.killBehind(REPLAYED_REQUESTS);
                } else {
                    round.service().kill();
                }
                return round.diesStarting(point) ? Aftermath.DIED
                        : Aftermath.NOT_REACHED;
            case CHANGING:
                round.pass(LOADED_MILLIS);
                round.moment();
                for (int change = 0; change < CHANGES && round.service().isAlive(); change++) {
                    round.service().removeNothing();
                }
                round.awaitFall(REACHED_MILLIS);
                return halted(round);
            case STOPPING:
                round.moment();
                round.service().terminate();
                round.service().awaitExit(STOP_MILLIS);
                return halted(round);
            default:
                round.awaitFall(group == Points.SEGMENT ? SEGMENT_MILLIS : REACHED_MILLIS);
                return halted(round);
        }
    }

    private Aftermath halted(Round round) throws IOException {
        return round.service().logHas(FaultPoint.notice(point)) ? Aftermath.DIED
                : Aftermath.NOT_REACHED;
    }
}
