package io.ringtally.verify;

import java.util.ArrayList;
import java.util.List;

/**
 * All that a round's clients know of one counter.
 *
 * <p>Threading: one thread.
 */
final class Evidence {

    /** One event of a post. */
    record Claim(Post post, Post.Item item) {

        long value() {
            return item.value();
        }

        @Override
        public String toString() {
            return "the event of value " + item.value() + " for " + item.counter() + ", " + post;
        }
    }

    /** Acknowledged: they must count. */
    final List<Claim> ok = new ArrayList<>();
    /** They may count. */
    final List<Claim> open = new ArrayList<>();
    /** They must not count. */
    final List<Claim> refused = new ArrayList<>();
    /** They must not count again. */
    final List<Claim> repeated = new ArrayList<>();

    void add(Claim claim) {
        switch (claim.post().outcome()) {
            case OK -> ok.add(claim);
            case UNKNOWN -> open.add(claim);
            case REFUSED -> refused.add(claim);
            case REPEATED -> repeated.add(claim);
        }
    }

    static Total total(List<Claim> claims) {
        long sum = 0;
        for (Claim claim : claims) {
            sum = Math.addExact(sum, claim.value());
        }
        return new Total(sum, claims.size());
    }
}
