package io.ringtally.persist;

/**
 * Where Postgres is.
 *
 * @param url JDBC URL, {@code jdbc:postgresql://...}
 * @param user role to connect as; it must be able to create the schema {@code ringtally} once
 * @param password its password; may be empty
 * @param poolSize most connections open at once, 2 to 100
 */
public record DatabaseSettings(String url, String user, String password, int poolSize) {

    public DatabaseSettings {
        if (!url.startsWith("jdbc:postgresql:")) {
            throw new IllegalArgumentException("db.url = " + url
                    + " must begin with jdbc:postgresql: (or be the word embedded)");
        }
        if (poolSize < 2 || poolSize > 100) {
            throw new IllegalArgumentException(
                    "db.pool-size = " + poolSize + " is out of range: 2 to 100");
        }
    }

    /** The URL without its parameters, among which may be a password. */
    public String shownUrl() {
        int parameters = url.indexOf('?');
        return parameters < 0 ? url : url.substring(0, parameters);
    }

    @Override
    public String toString() {
        return "DatabaseSettings[url=" + url + ", user=" + user + "]";
    }
}
