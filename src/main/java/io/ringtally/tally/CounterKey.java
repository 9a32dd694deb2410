package io.ringtally.tally;

import io.ringtally.event.EventCursor;
import io.ringtally.event.EventHash;
import io.ringtally.event.EventLimits;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The identity of a counter, {@code app 0 message 0 event}, as bytes of UTF-8. No field can hold
 * the byte 0, so the three parts are told apart without lengths.
 *
 * <p>To the off-heap store it looks like text, one char per byte: that form allocates nothing
 * there.
 *
 * <p>Threading: none; each shard and each reading thread has its own.
 */
public final class CounterKey implements CharSequence {

    static final int LENGTH_MAX = EventLimits.APP_BYTES_MAX + EventLimits.MESSAGE_BYTES_MAX
            + EventLimits.EVENT_BYTES_MAX + 2;

    final byte[] bytes = new byte[LENGTH_MAX];
    private final byte[] packed = new byte[LENGTH_MAX];
    int length;
    int appLength;
    int messageLength;

    /** Takes over the key of an event. */
    public CounterKey of(EventCursor event) {
        appLength = event.appLength();
        messageLength = event.messageLength();
        int total = event.copyKey(packed);
        System.arraycopy(packed, 0, bytes, 0, appLength);
        bytes[appLength] = 0;
        System.arraycopy(packed, appLength, bytes, appLength + 1, messageLength);
        bytes[appLength + 1 + messageLength] = 0;
        int nameAt = appLength + messageLength;
        System.arraycopy(packed, nameAt, bytes, nameAt + 2, total - nameAt);
        length = total + 2;
        return this;
    }

    /** Takes over a key given as UTF-8 fields, each within its limit. */
    public CounterKey of(byte[] app, byte[] message, byte[] event) {
        appLength = app.length;
        messageLength = message.length;
        System.arraycopy(app, 0, bytes, 0, app.length);
        bytes[app.length] = 0;
        System.arraycopy(message, 0, bytes, app.length + 1, message.length);
        int nameAt = app.length + message.length + 2;
        bytes[nameAt - 1] = 0;
        System.arraycopy(event, 0, bytes, nameAt, event.length);
        length = nameAt + event.length;
        return this;
    }

    /** Takes over a key that lies elsewhere in this form. */
    CounterKey of(byte[] from, int at, int bytesLength, int ofApp, int ofMessage) {
        System.arraycopy(from, at, bytes, 0, bytesLength);
        length = bytesLength;
        appLength = ofApp;
        messageLength = ofMessage;
        return this;
    }

    /** Takes over a key in the form that the store keeps, one char per byte. */
    CounterKey of(CharSequence stored) {
        int fields = 0;
        length = stored.length();
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) stored.charAt(i);
            if (bytes[i] == 0) {
                if (fields++ == 0) {
                    appLength = i;
                } else {
                    messageLength = i - appLength - 1;
                }
            }
        }
        return this;
    }

    /** The slice hash of the counter's message, as its events carry it. */
    long slice(long hashSeed) {
        return EventHash.sliceOf(Arrays.copyOf(bytes, appLength),
                Arrays.copyOfRange(bytes, appLength + 1, appLength + 1 + messageLength), hashSeed);
    }

    int eventOffset() {
        return appLength + messageLength + 2;
    }

    String app() {
        return new String(bytes, 0, appLength, StandardCharsets.UTF_8);
    }

    String message() {
        return new String(bytes, appLength + 1, messageLength, StandardCharsets.UTF_8);
    }

    String event() {
        return new String(bytes, eventOffset(), length - eventOffset(), StandardCharsets.UTF_8);
    }

    @Override
    public int length() {
        return length;
    }

    @Override
    public char charAt(int index) {
        return (char) (bytes[index] & 0xff);
    }

    @Override
    public CharSequence subSequence(int start, int end) {
        return toString().substring(start, end);
    }

    /** One char per byte: equal strings mean equal keys, but it is not for people's eyes. */
    @Override
    public String toString() {
        return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
    }
}
