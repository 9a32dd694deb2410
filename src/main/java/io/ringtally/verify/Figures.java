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
    private long quiet;
    private long notReached;
    private long acked;
    private long refused;
    private long unknown;
    private long lost;
    private long doubled;
    private long otherwiseWrong;

    /** What one round came to. */
    enum Worth {
        COUNTS, QUIET, NOT_REACHED
    }

    void add(Worth worth, List<Post> posts) {
        switch (worth) {
            case COUNTS -> rounds++;
            case QUIET -> quiet++;
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
        quiet += more.quiet;
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
                + " | quiet | not reached | recovered, ms, median | longest |\n"
                + "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|";
    }

    String row(String name) {
        List<Long> sorted = new ArrayList<>(recoveryMillis);
        Collections.sort(sorted);
        String median = sorted.isEmpty() ? "" : String.valueOf(sorted.get(sorted.size() / 2));
        String longest = sorted.isEmpty() ? "" : String.valueOf(sorted.get(sorted.size() - 1));
        return "| " + String.join(" | ", name, "" + rounds, "" + acked, "" + refused,
                "" + unknown, "" + lost, "" + doubled, "" + otherwiseWrong, "" + quiet,
                "" + notReached, median, longest) + " |";
    }

    String brief() {
        return String.format("%6d acked %5d refused %3d unknown, %s", acked, refused, unknown,
                clean() ? "" : lost + " lost, " + doubled + " doubled, " + otherwiseWrong
                + " otherwise wrong, ");
    }

    String summary() {
        return rounds + " rounds count, " + quiet + " were quiet, " + notReached
                + " did not reach their fault; " + acked + " requests acknowledged, " + refused
                + " refused, " + unknown + " unknown; " + lost + " events lost, " + doubled
                + " doubled, " + otherwiseWrong + " otherwise wrong";
    }
}
