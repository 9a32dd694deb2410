package io.ringtally.verify;

/** The service did not do what it must, so that a round cannot go on. */
final class Misbehaviour extends Exception {

    private static final long serialVersionUID = 1L;

    Misbehaviour(String message) {
        super(message);
    }
}
