package io.ringtally.verify;

import java.util.List;

/**
 * One request, what it asks for, and what its client knows of it.
 *
 * <p>Threading: the client's thread writes the outcome, others read it after that thread's end.
 */
final class Post {

    /** What a client knows. */
    enum Outcome {
        /** Sent, and no answer that decides: it may or may not count. */
        UNKNOWN,
        /** Answered 2xx: it must count. */
        OK,
        /** Answered that nothing was counted: it must not count. */
        REFUSED,
        /** Sent again, after it had counted: it must not count again. */
        REPEATED
    }

    /** One event of a request. The values of a run differ, so a sum names its parts. */
    record Item(CounterId counter, long value) {
    }

    private final String name;
    private final List<Item> items;
    private final byte[] request;
    private final boolean repeatable;
    private Outcome outcome = Outcome.UNKNOWN;
    private int status;

    /**
     * Makes a request that was not sent yet.
     *
     * @param repeatable whether it carries an id by which the service knows a repeat
     */
    Post(String name, List<Item> items, byte[] request, boolean repeatable) {
        this.name = name;
        this.items = List.copyOf(items);
        this.request = request;
        this.repeatable = repeatable;
    }

    /** The same request as something to be judged anew. */
    Post again(Outcome expected, int answered) {
        Post copy = new Post(name + ", sent again", items, request, repeatable);
        copy.outcome = expected;
        copy.status = answered;
        return copy;
    }

    /** Notes an HTTP status; only those that exclude that it counted are refusals. */
    void answered(int code) {
        status = code;
        if (code >= 200 && code < 300) {
            outcome = Outcome.OK;
        } else if (code >= 400 && code < 500 || code == 503 || code == 507) {
            outcome = Outcome.REFUSED;
        }
    }

    List<Item> items() {
        return items;
    }

    byte[] request() {
        return request;
    }

    boolean repeatable() {
        return repeatable;
    }

    /** HTTP status of its answer; 0 if it had none. */
    int status() {
        return status;
    }

    Outcome outcome() {
        return outcome;
    }

    @Override
    public String toString() {
        return name + (status == 0 ? ", not answered" : ", answered " + status);
    }
}
