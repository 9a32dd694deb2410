package io.ringtally.system;

import io.ringtally.auth.ApiKey;
import io.ringtally.auth.KeyToken;
import io.ringtally.auth.Scope;
import io.ringtally.persist.ApiKeyTable;
import io.ringtally.persist.DatabaseSettings;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;

/**
 * Makes and revokes keys in a database that a service has migrated, without starting a command.
 *
 * <p>Threading: any thread.
 */
final class TestKeys {

    private final DatabaseSettings database;

    TestKeys(String url) {
        database = new DatabaseSettings(url, "postgres", "", 2);
    }

    /** A new key's token; {@code apps} null for all. */
    String make(List<String> apps, String... scopes) throws SQLException {
        KeyToken token = KeyToken.make(new SecureRandom());
        try (ApiKeyTable keys = ApiKeyTable.connect(database)) {
            keys.add(new ApiKey(token.id(), token.secretHash(), "test",
                    Stream.of(scopes).map(Scope::of).toList(), apps));
        }
        return token.text();
    }

    void revoke(String token) throws SQLException {
        try (ApiKeyTable keys = ApiKeyTable.connect(database)) {
            if (!keys.revoke(KeyToken.parse(token).id())) {
                throw new AssertionError("not in force: " + token);
            }
        }
    }
}
