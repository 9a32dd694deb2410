package io.ringtally.verify;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The installations of a campaign: one of each kind at a time, for some rounds, then a fresh one.
 *
 * <p>Threading: the campaign's thread; {@link #close()} once more by the hook that runs when the
 * campaign is broken off.
 */
final class Sites implements AutoCloseable {

    /** Data that grows and is recovered again and again is the better test; up to a point. */
    private static final int ROUNDS_EACH = 20;

    /** As many installations stay as evidence: what is wrong often goes wrong each time. */
    private static final int KEPT_MAX = 10;

    private final VerifySettings settings;
    private final Path directory;
    private final Program program;
    private final Postgres postgres;
    private final Map<Site.Kind, Site> sites = new EnumMap<>(Site.Kind.class);
    private final Map<Site.Kind, Integer> rounds = new EnumMap<>(Site.Kind.class);
    private int made;
    private int kept;
    private boolean closed;

    private Sites(VerifySettings settings, Path directory, Postgres postgres) {
        this.settings = settings;
        this.directory = directory;
        this.program = new Program(settings.jar(), directory.resolve("classes.jsa"));
        this.postgres = postgres;
    }

    static Sites open(VerifySettings settings) throws IOException {
        Path directory = settings.directory().toAbsolutePath()
                .resolve("verify-" + Long.toHexString(settings.seed()));
        if (Files.exists(directory)) {
            throw new IOException(directory + " is there already, perhaps as evidence: move it"
                    + " away, or choose another --seed or --dir");
        }
        Files.createDirectories(directory);
        return new Sites(settings, directory, settings.database() == null
                ? Postgres.start(directory.resolve("postgres")) : null);
    }

    /** Whether the campaign was broken off: then what goes wrong says nothing. */
    synchronized boolean closed() {
        return closed;
    }

    /** Where everything is. */
    Path directory() {
        return directory;
    }

    /** The campaign's own server, or null. */
    Postgres postgres() {
        return postgres;
    }

    /** The installation for the next round. */
    synchronized Site take(Site.Kind kind, boolean fresh) throws IOException, SQLException {
        if (closed) {
            throw new IOException("the campaign is being broken off");
        }
        if (rounds.merge(kind, 1, Integer::sum) > ROUNDS_EACH || fresh) {
            retire(kind);
            rounds.put(kind, 1);
        }
        Site site = sites.get(kind);
        if (site == null) {
            String prefix = "v" + Long.toHexString(settings.seed()) + "-" + ++made + "-";
            VerifySettings.LoadSettings load = settings.load();
            site = new Site(program, directory.resolve("site-" + made), kind,
                    database(kind), new PostMaker(prefix, load.keys(), load.uniquePercent(),
                    load.ack()));
            sites.put(kind, site);
        }
        return site;
    }

    private DatabaseAddress database(Site.Kind kind) throws SQLException {
        if (kind == Site.Kind.EMBEDDED) {
            return null;
        }
        return postgres == null ? settings.database() : postgres.newDatabase();
    }

    /**
     * Something is wrong here: it stays as it is, and the next round gets a fresh one.
     *
     * @param findings what is wrong, written beside it
     */
    synchronized void condemn(Site site, List<Finding> findings) throws IOException {
        if (kept++ < KEPT_MAX) {
            site.keep(findings);
        }
        for (Site.Kind kind : Site.Kind.values()) {
            if (sites.get(kind) == site) {
                retire(kind);
            }
        }
    }

    private void retire(Site.Kind kind) throws IOException {
        Site site = sites.remove(kind);
        if (site != null) {
            site.close();
        }
        rounds.remove(kind);
    }

    @Override
    public synchronized void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        for (Site.Kind kind : Site.Kind.values()) {
            retire(kind);
        }
        if (postgres != null) {
            postgres.close();
        }
        if (kept == 0) {
            Site.delete(directory);
        }
    }
}
