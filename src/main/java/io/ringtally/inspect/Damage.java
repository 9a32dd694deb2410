package io.ringtally.inspect;

/**
 * A place in the log that no crash explains.
 *
 * @param file the file's path
 * @param offset place in the file, bytes
 * @param what what is wrong there
 */
public record Damage(String file, long offset, String what) {

    @Override
    public String toString() {
        return file + " offset " + offset + ": " + what;
    }
}
