package io.ringtally.http;

/**
 * The characters of names in HTTP: of methods, fields, options (RFC 9110, section 5.6.2).
 *
 * <p>Threading: stateless.
 */
final class HttpToken {

    private static final String MARKS = "!#$%&'*+-.^_`|~";

    private HttpToken() {
    }

    static boolean isCharacter(byte octet) {
        return octet >= '0' && octet <= '9' || octet >= 'A' && octet <= 'Z'
                || octet >= 'a' && octet <= 'z' || octet > ' ' && MARKS.indexOf(octet) >= 0;
    }
}
