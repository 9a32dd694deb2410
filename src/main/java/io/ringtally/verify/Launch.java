package io.ringtally.verify;

import java.util.List;

/**
 * How a service is to be started.
 *
 * @param fault what its property {@code ringtally.fault} says; empty for none
 * @param wrapper the program that runs it, with its arguments; empty for none
 */
record Launch(String fault, List<String> wrapper) {

    /** Stands in a wrapper for the file it may write what it did to. */
    static final String PROTOCOL = "{protocol}";

    static final Launch PLAIN = new Launch("", List.of());

    static Launch armed(String fault) {
        return new Launch(fault, List.of());
    }
}
