package io.ringtally.verify;

/** Which counter. */
record CounterId(String app, String message, String event) {

    @Override
    public String toString() {
        return "'" + app + "'/" + message + "/" + event;
    }
}
