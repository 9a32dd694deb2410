package io.ringtally.verify;

/** What a counter holds: the sum of values, and how many there were. */
record Total(long sum, long events) {

    static final Total NONE = new Total(0, 0);

    Total plus(Total more) {
        return new Total(Math.addExact(sum, more.sum), events + more.events);
    }

    Total minus(Total less) {
        return new Total(Math.subtractExact(sum, less.sum), events - less.events);
    }

    @Override
    public String toString() {
        return sum + " of " + events + " events";
    }
}
