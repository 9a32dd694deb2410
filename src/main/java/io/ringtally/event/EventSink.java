package io.ringtally.event;

/**
 * Receives the events of a request one by one as they are read.
 *
 * <p>Threading: called by the thread that reads the request.
 */
public interface EventSink {

    /** Takes one event; the draft is reused afterwards, so what is kept must be copied. */
    void accept(EventDraft draft);

    /** Forgets everything accepted so far: the request is read again, or refused. */
    void reset();
}
