package io.ringtally.doctor;

/**
 * Something that was checked.
 *
 * @param verdict how it is
 * @param what what was looked at, a word or two
 * @param value what was found
 * @param advice what to do; empty where all is well
 */
public record Check(Verdict verdict, String what, String value, String advice) {

    static Check ok(String what, String value) {
        return new Check(Verdict.OK, what, value, "");
    }

    static Check warn(String what, String value, String advice) {
        return new Check(Verdict.WARN, what, value, advice);
    }

    static Check fail(String what, String value, String advice) {
        return new Check(Verdict.FAIL, what, value, advice);
    }

    static String mebibytes(long bytes) {
        return (bytes + (1 << 20) - 1 >> 20) + " MiB";
    }
}
