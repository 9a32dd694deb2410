package io.ringtally.verify;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The figures of one kind of fault.
 *
 * <p>Threading: the campaign's thread.
 */
final class Figures {

    private final List<Long> recoveryMillis = new ArrayList<>();
    private long rounds;
    private long again;
    private long notReached;
    private long acked;
    private long refused;
    private long unknown;
    private long lost;
    private long doubled;
    private long otherwiseWrong;

    /** What one round came to. */
    enum Worth {
        COUNTS,
        /** Too few requests before the fault to say much: it is run again. */
        QUIET,
        /** The fault did not come about: it is tried once more, earlier. */
        MISSED,
        /** Nor did it then. */
        NOT_REACHED;

        static Worth of(Fault.Aftermath aftermath, long acksBefore, boolean again) {
            if (acksBefore < Campaign.ACKS_MIN) {
                return QUIET;
            }
            if (aftermath != Fault.Aftermath.NOT_REACHED) {
                return COUNTS;
            }
            return again ? NOT_REACHED : MISSED;
        }
    }

    void add(Worth worth, List<Post> posts) {
        switch (worth) {
            case COUNTS -> rounds++;
            case QUIET, MISSED -> again++;
            case NOT_REACHED -> notReached++;
        }
        for (Post post : posts) {
            switch (post.outcome()) {
                case OK -> acked++;
                case REFUSED -> refused++;
                default -> unknown++;
            }
        }
    }

    void add(List<Finding> findings) {
        for (Finding finding : findings) {
            switch (finding.kind()) {
                case LOST -> lost += finding.events();
                case DOUBLED -> doubled += finding.events();
                default -> otherwiseWrong++;
            }
        }
    }

    void recovered(long millis) {
        recoveryMillis.add(millis);
    }

    void add(Figures more) {
        recoveryMillis.addAll(more.recoveryMillis);
        rounds += more.rounds;
        again += more.again;
        notReached += more.notReached;
        acked += more.acked;
        refused += more.refused;
        unknown += more.unknown;
        lost += more.lost;
        doubled += more.doubled;
        otherwiseWrong += more.otherwiseWrong;
    }

    long rounds() {
        return rounds;
    }

    boolean clean() {
        return lost == 0 && doubled == 0 && otherwiseWrong == 0;
    }

    static String head() {
        return "| fault | rounds | acked | refused | unknown | lost | doubled | otherwise wrong"
                + " | run again | not reached | recovered, ms, median | longest |\n"
                + "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|";
    }

    String row(String name) {
        List<Long> sorted = new ArrayList<>(recoveryMillis);
        Collections.sort(sorted);
        String median = sorted.isEmpty() ? "" : String.valueOf(sorted.get(sorted.size() / 2));
        String longest = sorted.isEmpty() ? "" : String.valueOf(sorted.get(sorted.size() - 1));
        return "| " + String.join(" | ", name, "" + rounds, "" + acked, "" + refused,
                "" + unknown, "" + lost, "" + doubled, "" + otherwiseWrong, "" + again,
                "" + notReached, median, longest) + " |";
    }

    String brief() {
        return String.format("%6d acked %5d refused %3d unknown, %s", acked, refused, unknown,
                clean() ? "" : lost + " lost, " + doubled + " doubled, " + otherwiseWrong
                + " otherwise wrong, ");
    }

    String summary() {
        return rounds + " rounds count, " + again + " were run again, " + notReached
                + " did not reach their fault; " + acked + " requests acknowledged, " + refused
                + " refused, " + unknown + " unknown; " + lost + " events lost, " + doubled
                + " doubled, " + otherwiseWrong + " otherwise wrong";
    }
}
