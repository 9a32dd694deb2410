package io.ringtally.auth;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;

/**
 * What a client sends to be recognised: {@code rt_<id>_<secret>}. The id is 8 letters and digits
 * and no secret; the secret is 256 random bits as 43 letters and digits (base 62).
 *
 * <p>The secret is as random as its hash is long, so one pass of SHA-256 is enough: there is no
 * guessing that a slow hash would hold up (docs/decisions/0010).
 *
 * <p>Threading: immutable.
 */
public final class KeyToken {

    private static final String PREFIX = "rt_";
    private static final int ID_LENGTH = 8;
    private static final int SECRET_BITS = 256;
    private static final int SECRET_LENGTH = 43;
    private static final int SECRET_AT = PREFIX.length() + ID_LENGTH + 1;
    private static final int LENGTH = SECRET_AT + SECRET_LENGTH;

    private static final String DIGITS =
            "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private final String text;

    private KeyToken(String text) {
        this.text = text;
    }

    /** A new one, by the machine's best random numbers. */
    public static KeyToken make(SecureRandom random) {
        StringBuilder text = new StringBuilder(PREFIX);
        for (int i = 0; i < ID_LENGTH; i++) {
            text.append(DIGITS.charAt(random.nextInt(DIGITS.length())));
        }
        text.append('_');
        BigInteger rest = new BigInteger(SECRET_BITS, random);
        BigInteger base = BigInteger.valueOf(DIGITS.length());
        for (int i = 0; i < SECRET_LENGTH; i++) {
            BigInteger[] digit = rest.divideAndRemainder(base);
            text.append(DIGITS.charAt(digit[1].intValue()));
            rest = digit[0];
        }
        return new KeyToken(text.toString());
    }

    /** The token of that text, or null if no token looks like it. */
    public static KeyToken parse(String text) {
        if (text.length() != LENGTH || !text.startsWith(PREFIX)
                || text.charAt(SECRET_AT - 1) != '_') {
            return null;
        }
        for (int i = PREFIX.length(); i < LENGTH; i++) {
            if (i != SECRET_AT - 1 && !isDigit(text.charAt(i))) {
                return null;
            }
        }
        return new KeyToken(text);
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z';
    }

    /** What names its key; no secret. */
    public String id() {
        return text.substring(PREFIX.length(), SECRET_AT - 1);
    }

    /** SHA-256 of the secret, which is what is kept of it. */
    public byte[] secretHash() {
        try {
            return MessageDigest.getInstance("SHA-256").digest(
                    text.substring(SECRET_AT).getBytes(StandardCharsets.US_ASCII));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }

    /** The whole of it: to be shown once, and never logged. */
    public String text() {
        return text;
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return PREFIX + id() + "_...";
    }
}
