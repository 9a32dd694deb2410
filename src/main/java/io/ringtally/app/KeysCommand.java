package io.ringtally.app;

import io.ringtally.auth.ApiKey;
import io.ringtally.auth.KeyToken;
import io.ringtally.auth.Scope;
import io.ringtally.config.Configuration;
import io.ringtally.config.ConfigurationException;
import io.ringtally.event.EventLimits;
import io.ringtally.persist.ApiKeyRow;
import io.ringtally.persist.ApiKeyTable;
import io.ringtally.persist.Database;
import io.ringtally.persist.DatabaseSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/**
 * {@code ringtally keys}: makes, shows and revokes API keys, in the database of the configuration.
 * A running service knows within {@code auth.refresh}.
 *
 * <p>Threading: the main thread.
 */
@Command(name = "keys", mixinStandardHelpOptions = true,
        description = "Makes, lists and revokes API keys (auth.mode = keys).")
final class KeysCommand implements Runnable {

    private static final int FAILED = 1;
    private static final int NAME_LENGTH_MAX = 100;
    private static final String ROW = "%-8s  %-24s  %-16s  %-20s  %-20s  %s%n";

    @ParentCommand
    private Main main;

    @Spec
    private CommandSpec spec;

    /** Something done to the keys. */
    private interface Change {

        int in(ApiKeyTable keys) throws SQLException;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(),
                "name what to do: create, list or revoke");
    }

    /** Makes a key; the secret is printed once and kept nowhere. */
    @Command(name = "create", mixinStandardHelpOptions = true,
            description = "Makes a key and prints it, once, to standard output.")
    int create(@Parameters(paramLabel = "NAME", description = "who or what it is for") String name,
            @Option(names = "--scope", paramLabel = "SCOPE", required = true, split = ",",
                    description = "write, read, admin: several with commas between; none of them"
                            + " includes another") List<String> words,
            @Option(names = "--app", paramLabel = "APP_ID", description = "limits it to this app"
                    + " id, which may be '' (that of increments); can be repeated; all app ids if"
                    + " not named") List<String> apps) {
        List<Scope> scopes;
        try {
            scopes = words.stream().map(Scope::of).toList();
            requireNamed(name);
            if (apps != null) {
                apps.forEach(KeysCommand::requireAppId);
            }
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(spec.commandLine(), wrong.getMessage(), wrong);
        }
        KeyToken token = KeyToken.make(new SecureRandom());
        ApiKey key = new ApiKey(token.id(), token.secretHash(), name, scopes, apps);
        return change(keys -> {
            keys.add(key);
            System.out.println(token.text());
            System.err.println("ringtally: this is shown once and kept nowhere. " + key + " may "
                    + words(key) + ", app ids: " + apps(key));
            return 0;
        });
    }

    private static void requireNamed(String name) {
        if (name.isBlank() || name.length() > NAME_LENGTH_MAX
                || name.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("the name \"" + visible(name)
                    + "\" is not 1 to " + NAME_LENGTH_MAX + " visible characters");
        }
    }

    private static void requireAppId(String app) {
        int length = app.getBytes(StandardCharsets.UTF_8).length;
        if (length > EventLimits.APP_BYTES_MAX || app.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("the app id \"" + visible(app) + "\" has " + length
                    + " bytes of UTF-8, the limit is " + EventLimits.APP_BYTES_MAX);
        }
    }

    /** Shows all keys there ever were. */
    @Command(name = "list", mixinStandardHelpOptions = true,
            description = "Lists all keys, revoked ones too; no secrets.")
    int list() {
        return change(keys -> {
            System.out.printf(ROW, "id", "name", "scopes", "created", "revoked", "app ids");
            for (ApiKeyRow row : keys.all()) {
                System.out.printf(ROW, row.key().id(), visible(row.key().name()), words(row.key()),
                        seconds(row.createdAt().toString()), row.revokedAt() == null ? "-"
                        : seconds(row.revokedAt().toString()), apps(row.key()));
            }
            return 0;
        });
    }

    /** Revokes a key, for ever. */
    @Command(name = "revoke", mixinStandardHelpOptions = true,
            description = "Revokes a key, for ever.")
    int revoke(@Parameters(paramLabel = "ID", description = "what stands between rt_ and the next _"
            + " of the key, as list shows it") String id) {
        return change(keys -> {
            if (keys.revoke(id)) {
                System.err.println("ringtally: key " + id + " is revoked; every service on this"
                        + " database refuses it within its auth.refresh");
                return 0;
            }
            System.err.println("ringtally: there is no key " + visible(id) + " in force; 'ringtally"
                    + " keys list' shows all");
            return FAILED;
        });
    }

    private int change(Change change) {
        try {
            DatabaseSettings database = RunningDatabase.of(
                    Configuration.load(main.file(), System.getenv()));
            try (Database migrating = new Database(database)) {
                migrating.migrate(); // it may be the first that looks at this database
            }
            try (ApiKeyTable keys = ApiKeyTable.connect(database)) {
                return change.in(keys);
            }
        } catch (ConfigurationException wrong) {
            System.err.println("ringtally: " + wrong.getMessage());
            return ExitCode.BAD_CONFIGURATION.code();
        } catch (IOException | SQLException | RuntimeException failed) {
            System.err.println("ringtally: the keys cannot be reached: " + failed.getMessage());
            return FAILED;
        }
    }

    private static String words(ApiKey key) {
        return key.scopes().stream().map(Scope::word).collect(Collectors.joining(","));
    }

    private static String apps(ApiKey key) {
        return key.apps() == null ? "all" : key.apps().stream()
                .map(app -> '"' + visible(app) + '"').collect(Collectors.joining(" "));
    }

    private static String seconds(String instant) {
        return instant.replaceAll("[.]\\d+", "");
    }

    private static String visible(String text) {
        return text.codePoints().mapToObj(c -> Character.isISOControl(c)
                ? String.format("\\u%04x", c) : Character.toString(c))
                .collect(Collectors.joining());
    }
}
