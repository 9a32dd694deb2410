package io.ringtally.verify;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Requests with an id that are sent again: those that nobody answered, until they are, and some of
 * the others. Each must count exactly once in the end.
 *
 * <p>Threading: the campaign's thread.
 */
final class Repeats {

    private static final int ANSWERED_MAX = 100;
    private static final int TRIES = 50;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final int ANSWER_MILLIS = 20_000;

    private Repeats() {
    }

    /** Sends them; what comes back is to be judged like any other post. */
    static List<Post> send(int port, List<Post> posts, Oracle.Judgement judgement) {
        List<Post> repeats = new ArrayList<>();
        int answered = 0;
        try (Connection connection = new Connection(port, ANSWER_MILLIS)) {
            for (Post post : posts) {
                if (!post.repeatable() || judgement.unsettled().contains(post)
                        || post.outcome() == Post.Outcome.REFUSED
                        || post.outcome() == Post.Outcome.OK && answered++ >= ANSWERED_MAX) {
                    continue;
                }
                boolean counts = post.outcome() == Post.Outcome.OK
                        || judgement.counted().contains(post);
                repeats.add(post.again(counts ? Post.Outcome.REPEATED : Post.Outcome.OK,
                        untilAnswered(connection, post)));
            }
        }
        return repeats;
    }

    /** Busy, or still deciding about the first one: both are answers to come back after. */
    private static int untilAnswered(Connection connection, Post post) {
        int status = 0;
        for (int i = 0; i < TRIES; i++) {
            status = connection.send(post.request());
            if (status > 0 && status != 409 && status < 500) {
                return status;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        return status;
    }

    /** A repeat is answered like the first one would have been. */
    static List<Finding> misanswered(List<Post> repeats) {
        return repeats.stream().filter(post -> post.status() < 200 || post.status() >= 300)
                .map(post -> new Finding(Finding.Kind.MISBEHAVED, 0, "a repeat of what was"
                        + " accepted must be answered 2xx: " + post)).toList();
    }
}
