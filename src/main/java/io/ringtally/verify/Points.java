package io.ringtally.verify;

import io.ringtally.fault.FaultPoint;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** The places a fault can be injected at, by the part of the service's life they belong to. */
enum Points {

    /** Passed once per request. */
    ACCEPTING(200, 2_500, "INTAKE_", "EDGE_"),
    /** Passed where a sync finds nothing newer: seldom under load. */
    MARK(4, 12, "BODY_MARK_"),
    /** Passed once per block or sync. */
    BODY(8, 80, "BODY_"),
    /** Passed only where a log begins, or where it grows. */
    FIRST_START(1, 1, "START_IDENTITY_", "HEAD_MADE", "SEGMENT_MADE"),
    /** Passed now and then. */
    SEGMENT(1, 2, "SEGMENT_"),
    /** Passed only when a write or a sync has failed. */
    HEALING(1, 1, "HEAL_"),
    /** Passed once per batch: ten times a second, by each shard. */
    TALLY(6, 24, "TALLY_"),
    /** Passed once per flush. */
    FLUSH(6, 24, "FLUSH_"),
    /** Passed once per change of a counter, which the load never asks for. */
    CHANGING(1, 4, "CHANGE_"),
    /** Passed once per start. */
    STARTING(1, 1, "START_", "RECOVERY_", "HEAD_", "REPLAY_"),
    /** Passed once per stop. */
    STOPPING(1, 1, "STOP_");

    private final int least;
    private final int most;
    private final List<String> prefixes;

    Points(int least, int most, String... prefixes) {
        this.least = least;
        this.most = most;
        this.prefixes = List.of(prefixes);
    }

    /** The group of a point. */
    static Points of(FaultPoint point) {
        return Stream.of(values()).filter(group -> group.has(point)).findFirst()
                .orElseThrow(() -> new IllegalStateException(point + " belongs to no group"));
    }

    /** A group before another has what both could have. */
    private boolean has(FaultPoint point) {
        return prefixes.stream().anyMatch(point.name()::startsWith);
    }

    /** Its points. */
    List<FaultPoint> points() {
        return Stream.of(FaultPoint.values()).filter(point -> of(point) == this).toList();
    }

    /**
     * A pass at which a point is met in the first seconds under load.
     *
     * @param soon whether it was not met last time: then the first one that is worth it
     */
    int pass(SplittableRandom random, boolean soon) {
        int pass = random.nextInt(least, most + 1);
        return soon ? least : pass;
    }

    /** One of the points of some groups. */
    static FaultPoint any(SplittableRandom random, Points... groups) {
        List<FaultPoint> all = Stream.of(groups).flatMap(group -> group.points().stream())
                .toList();
        return all.get(random.nextInt(all.size()));
    }
}
