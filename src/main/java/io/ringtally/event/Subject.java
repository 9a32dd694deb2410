package io.ringtally.event;

/**
 * What a text of JSON is to its reader, so that a sentence about it can name it.
 *
 * @param field its place in the list of errors; empty for the body as a whole
 * @param name as a sentence begins with it
 * @param line whether it is one line of a body
 */
record Subject(String field, String name, boolean line) {

    static final Subject BODY = new Subject("", "the body", false);

    /** Item {@code index}, from 0, which is line {@code number}, from 1, of a body. */
    static Subject line(int index, int number) {
        return new Subject("[" + index + "]", "line " + number, true);
    }

    /** Adds an error about the whole of it; the reason goes on where its name ends. */
    void fault(FieldErrors errors, String reason) {
        errors.add(field, name + reason);
    }
}
