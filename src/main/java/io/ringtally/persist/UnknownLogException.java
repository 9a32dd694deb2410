package io.ringtally.persist;

import java.io.IOException;
import java.util.UUID;

/**
 * The database has never heard of a log that is not new.
 *
 * <p>Threading: immutable.
 */
public final class UnknownLogException extends IOException {

    private static final long serialVersionUID = 1L;

    UnknownLogException(UUID log) {
        super("the log in data.dir (" + log + ") holds events, and this database does not know"
                + " it: it was counted into another one. Point db.url at that database, or restore"
                + " its backup; to begin anew here, give the service another data.dir");
    }
}
