package io.ringtally.verify;

import io.ringtally.fault.FaultPoint;
import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * A stage of the service that stands still for five seconds, or for ever, or throws.
 *
 * <p>Threading: used by one campaign; remembers the point of the round going on.
 */
final class StageFault implements Fault {

    private static final long REACHED_MILLIS = 4_000;
    private static final long STALLED_MILLIS = 5_500;
    private static final long LAST_MILLIS = 1_500;

    private final String action;
    private final FaultPoint always;
    private FaultPoint point;

    /** At a point chosen anew each time. */
    StageFault(String action) {
        this(action, null);
    }

    private StageFault(String action, FaultPoint always) {
        this.action = action;
        this.always = always;
    }

    /** The same at one point, for every one where it makes sense. */
    static List<Fault> atEachPoint(String action) {
        return Stream.of(Points.BODY, Points.TALLY, Points.FLUSH)
                .flatMap(group -> group.points().stream())
                .<Fault>map(point -> new StageFault(action, point)).toList();
    }

    @Override
    public String name() {
        return always == null ? action : action + ":" + always.label();
    }

    @Override
    public Launch launch(SplittableRandom random, boolean soon) {
        // a request's thread that throws must answer; one that stands still says nothing new
        Points group = switch (random.nextInt(action.equals("throw") ? 4 : 3)) {
            case 0 -> Points.BODY;
            case 1 -> Points.TALLY;
            case 2 -> Points.FLUSH;
            default -> Points.ACCEPTING;
        };
        point = always != null ? always : Points.any(random, group);
        return Launch.armed(point.label() + ":" + Points.of(point).pass(random, soon) + ":"
                + action);
    }

    @Override
    public Aftermath strike(Round round) throws IOException, InterruptedException {
        String notice = FaultPoint.notice(point);
        Service service = round.service();
        boolean reached = Service.await(REACHED_MILLIS, () -> has(service, notice));
        round.moment();
        if (!reached) {
            return service.isAlive() ? Aftermath.NOT_REACHED : Aftermath.DIED;
        }
        if (action.equals("hang")) {
            round.pass(LAST_MILLIS);
            service.kill();
            return Aftermath.DIED;
        }
        boolean died = service.awaitExit(action.equals("stall") ? STALLED_MILLIS : LAST_MILLIS);
        return died ? Aftermath.DIED : Aftermath.SURVIVED;
    }

    private static boolean has(Service service, String notice) {
        try {
            return service.logHas(notice);
        } catch (IOException unreadable) {
            return false;
        }
    }
}
