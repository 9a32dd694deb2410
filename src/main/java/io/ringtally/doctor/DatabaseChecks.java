package io.ringtally.doctor;

import io.ringtally.persist.DatabaseProbe;
import io.ringtally.persist.DatabaseSettings;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Judges what a Postgres has told.
 *
 * <p>Threading: stateless.
 */
final class DatabaseChecks {

    private static final String WHAT = "postgres";

    /** The pool, the queries, and one each for the keys and an audit. */
    private static final int MORE_CONNECTIONS = 2;
    private static final int OLDEST = 140_000;
    private static final int OLDEST_SHOWN = OLDEST / 10_000;
    private static final long SLOW_MICROS = 20_000;
    private static final long APART_MICROS = 1_000_000;

    private static final String WRONG_PASSWORD = "28P01";
    private static final String NOT_LET_IN = "28000";
    private static final String NO_SUCH_DATABASE = "3D000";
    private static final String TOO_MANY = "53300";

    private DatabaseChecks() {
    }

    /** It did not answer. */
    static Check unreachable(DatabaseSettings database, SQLException failed) {
        String state = String.valueOf(failed.getSQLState());
        String advice = switch (state) {
            case WRONG_PASSWORD, NOT_LET_IN -> "set db.user and db.password to a role it lets in"
                    + " (pg_hba.conf)";
            case NO_SUCH_DATABASE -> "create that database, or correct db.url";
            case TOO_MANY -> "raise max_connections, or find out who holds them";
            default -> "start it, or correct db.url; until then a service says starting and"
                    + " refuses events";
        };
        return Check.fail(WHAT, database.shownUrl() + " as " + database.user() + ": "
                + String.valueOf(failed.getMessage()).replaceAll("\\s+", " ") + " (SQLSTATE "
                + state + ")", advice);
    }

    /** It has answered; the service opens up to so many connections for flushes and queries. */
    static List<Check> all(String shownUrl, DatabaseProbe probe, int connections) {
        List<Check> checks = new ArrayList<>();
        checks.add(version(shownUrl, probe));
        checks.addAll(settings(probe.settings()));
        if (probe.standby()) {
            checks.add(Check.fail(WHAT, "it is a standby and takes no writes",
                    "point db.url at the primary"));
        }
        if (!probe.mayMigrate()) {
            checks.add(Check.fail(WHAT, "there is no schema ringtally, and this role may not make"
                    + " one", "grant create on database ... to the role of db.user"));
        }
        checks.add(connections(probe, connections + MORE_CONNECTIONS));
        checks.add(roundTrip(probe.roundTripMicros()));
        checks.add(clock(probe.aheadMicros()));
        return checks;
    }

    private static Check version(String url, DatabaseProbe probe) {
        String value = probe.version() + " at " + url;
        return probe.versionNumber() >= OLDEST ? Check.ok(WHAT, value)
                : Check.fail(WHAT, value, "upgrade it to " + OLDEST_SHOWN + " or later");
    }

    static List<Check> settings(Map<String, String> settings) {
        List<Check> checks = new ArrayList<>();
        for (String durable : new String[] {"fsync", "full_page_writes"}) {
            if (!"on".equals(settings.get(durable))) {
                checks.add(Check.fail(WHAT + " " + durable, settings.get(durable), "set " + durable
                        + " = on in postgresql.conf and reload: a loss of power can destroy the"
                        + " database"));
            }
        }
        if (!"UTF8".equals(settings.get("server_encoding"))) {
            checks.add(Check.fail(WHAT + " server_encoding", settings.get("server_encoding"),
                    "make a database with encoding 'UTF8' and name it in db.url"));
        }
        if (checks.isEmpty()) {
            checks.add(Check.ok(WHAT + " settings", "fsync, full_page_writes on;"
                    + " synchronous_commit " + settings.get("synchronous_commit")
                    + " (the service sets on)"));
        }
        return checks;
    }

    private static Check connections(DatabaseProbe probe, int wanted) {
        String what = WHAT + " connections";
        String value = "up to " + probe.connectionsMax() + ", " + probe.connectionsOfOthers()
                + " taken by others; this service opens up to " + wanted;
        String advice = "raise max_connections, or lower db.pool-size and query.connections";
        if (wanted > probe.connectionsMax()) {
            return Check.fail(what, value, advice);
        }
        return wanted <= probe.connectionsMax() - probe.connectionsOfOthers()
                ? Check.ok(what, value) : Check.warn(what, value, advice);
    }

    static Check roundTrip(long micros) {
        String value = String.format(Locale.ROOT, "%.2f ms", micros / 1e3);
        return micros <= SLOW_MICROS ? Check.ok(WHAT + " round trip", value)
                : Check.warn(WHAT + " round trip", value, "a flush takes some of them, and"
                        + " whoever asks for persisted waits as long: run it nearer");
    }

    static Check clock(long aheadMicros) {
        String value = String.format(Locale.ROOT, "%.3f s %s of ours",
                Math.abs(aheadMicros) / 1e6, aheadMicros < 0 ? "behind" : "ahead");
        return Math.abs(aheadMicros) <= APART_MICROS ? Check.ok(WHAT + " clock", value)
                : Check.warn(WHAT + " clock", value, "let NTP keep both: times of events are this"
                        + " machine's, those of dead letters and checkpoints Postgres's");
    }
}
