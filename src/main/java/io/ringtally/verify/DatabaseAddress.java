package io.ringtally.verify;

/**
 * Where a PostgreSQL is.
 *
 * @param url JDBC URL, {@code jdbc:postgresql://host:port/database}
 * @param user role that may create the schema {@code ringtally}
 * @param password its password; may be empty
 */
public record DatabaseAddress(String url, String user, String password) {

    public DatabaseAddress {
        if (!url.startsWith("jdbc:postgresql:")) {
            throw new IllegalArgumentException("--db-url = " + url
                    + " must begin with jdbc:postgresql:, as in"
                    + " jdbc:postgresql://127.0.0.1:5432/ringtally_verify");
        }
    }

    @Override
    public String toString() {
        return url + " as " + user;
    }
}
