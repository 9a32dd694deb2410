package io.ringtally.persist;

import java.sql.SQLException;

/**
 * What is really wrong when Postgres cannot be used: pool and migration wrap it in what they were
 * doing.
 *
 * <p>Threading: stateless.
 */
public final class DatabaseTrouble {

    private DatabaseTrouble() {
    }

    /** What the innermost exception of SQL says, on one line, with its SQLSTATE. */
    public static String of(Throwable failed) {
        Throwable told = failed;
        int depth = 0;
        for (Throwable at = failed; at != null && depth < 20; at = at.getCause(), depth++) {
            if (at instanceof SQLException) {
                told = at;
            }
        }
        String message = String.valueOf(told.getMessage()).replaceAll("\\s+", " ").trim();
        return told instanceof SQLException sql && sql.getSQLState() != null
                ? message + " (SQLSTATE " + sql.getSQLState() + ")" : message;
    }
}
