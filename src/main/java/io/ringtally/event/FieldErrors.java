package io.ringtally.event;

import java.util.List;

/**
 * What is wrong with one request: lists the first errors and counts the others, so that a large
 * body of bad events does not make a larger answer.
 *
 * <p>Threading: one I/O thread's.
 */
final class FieldErrors {

    static final int LISTED_MAX = 20;

    private List<FieldError> listed;
    private int found;

    /** Starts anew; errors go into {@code target}, which is emptied. */
    void open(List<FieldError> target) {
        target.clear();
        listed = target;
        found = 0;
    }

    void add(String field, String reason) {
        if (found < LISTED_MAX) {
            listed.add(new FieldError(field, reason));
        }
        found++;
    }

    /** Errors found so far, listed or not. */
    int count() {
        return found;
    }

    boolean isEmpty() {
        return found == 0;
    }

    /** Says how many errors were not listed, if any, and lets go of the list. */
    void close() {
        int more = found - LISTED_MAX;
        if (more > 0) {
            listed.add(new FieldError("", "the body has " + found + " errors, " + more
                    + " more than are listed here: correct these and send it again"));
        }
        listed = null;
    }
}
