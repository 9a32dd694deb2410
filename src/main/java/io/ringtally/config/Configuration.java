package io.ringtally.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import io.ringtally.auth.AuthSettings;
import io.ringtally.dedupe.DedupeSettings;
import io.ringtally.event.Lifecycle;
import io.ringtally.event.Mapping;
import io.ringtally.http.AckSettings;
import io.ringtally.audit.AuditSettings;
import io.ringtally.http.AdminSettings;
import io.ringtally.http.BodySettings;
import io.ringtally.http.DashboardSettings;
import io.ringtally.http.GeneratorSettings;
import io.ringtally.http.HeadSettings;
import io.ringtally.http.HttpSettings;
import io.ringtally.http.SseSettings;
import io.ringtally.http.LimitSettings;
import io.ringtally.http.TlsSettings;
import io.ringtally.journal.JournalSettings;
import io.ringtally.persist.DatabaseSettings;
import io.ringtally.persist.PersistSettings;
import io.ringtally.persist.RetentionSettings;
import io.ringtally.query.QuerySettings;
import io.ringtally.ring.MockSettings;
import io.ringtally.ring.RingSettings;
import io.ringtally.tally.QuotaSettings;
import io.ringtally.tally.TallySettings;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * The effective values: the built-in defaults, overridden by a file, overridden by the environment.
 *
 * <p>Threading: immutable.
 */
public final class Configuration {

    private static final String DEFAULTS = "ringtally.conf";
    private static final String PREFIX = "RINGTALLY_";
    private static final String FILE_VARIABLE = "RINGTALLY_CONFIG";
    /** Not a setting: what commands show the service they call. */
    private static final String KEY_VARIABLE = "RINGTALLY_API_KEY";
    private static final String EMBEDDED = "embedded";
    private static final String OFF = "off";

    private final Config values;
    private final Set<String> keys;
    private final List<String> warnings;

    private Configuration(Config values, Set<String> keys, List<String> warnings) {
        this.values = values;
        this.keys = keys;
        this.warnings = warnings;
    }

    /**
     * Loads the configuration.
     *
     * @param file a file named on the command line, or null
     * @param environment the process's environment
     * @throws ConfigurationException if a file cannot be read or names a key that does not exist
     */
    public static Configuration load(Path file, Map<String, String> environment)
            throws ConfigurationException {
        Config defaults = defaults();
        Set<String> keys = new TreeSet<>();
        defaults.entrySet().forEach(entry -> keys.add(entry.getKey()));
        List<String> warnings = new ArrayList<>();
        Config values = fromEnvironment(environment, keys, warnings);
        Path chosen = file != null ? file : fileOf(environment);
        if (chosen != null) {
            values = values.withFallback(fromFile(chosen, keys));
        }
        return new Configuration(values.withFallback(defaults), keys, List.copyOf(warnings));
    }

    private static Config defaults() {
        try (Reader reader = new InputStreamReader(
                Configuration.class.getResourceAsStream(DEFAULTS), StandardCharsets.UTF_8)) {
            return ConfigFactory.parseReader(reader, ConfigParseOptions.defaults()
                    .setSyntax(ConfigSyntax.CONF).setOriginDescription("default")).resolve();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    private static Path fileOf(Map<String, String> environment) {
        String named = environment.get(FILE_VARIABLE);
        return named == null || named.isEmpty() ? null : Path.of(named);
    }

    private static Config fromFile(Path file, Set<String> keys) throws ConfigurationException {
        if (!Files.isReadable(file)) {
            throw new ConfigurationException("the configuration file "
                    + file.toAbsolutePath() + " cannot be read");
        }
        Config config;
        try {
            config = ConfigFactory.parseFile(file.toFile()).resolve();
        } catch (ConfigException malformed) {
            throw new ConfigurationException("the configuration file is malformed: "
                    + malformed.getMessage(), malformed);
        }
        for (Map.Entry<String, ConfigValue> entry : config.entrySet()) {
            String key = entry.getKey();
            if (AppSections.has(key)) {
                AppSections.check(key, entry.getValue());
            } else if (MappingSections.has(key)) {
                MappingSections.check(key, entry.getValue());
            } else if (!keys.contains(key)) {
                Set<String> all = new TreeSet<>(keys);
                all.add(AppSections.EXAMPLE);
                all.add(MappingSections.EXAMPLE);
                throw new ConfigurationException(entry.getValue().origin().description()
                        + ": there is no key " + key + "; the nearest one is "
                        + NearestName.of(key, all));
            }
        }
        return config;
    }

    private static Config fromEnvironment(Map<String, String> environment, Set<String> keys,
            List<String> warnings) {
        Config config = ConfigFactory.empty();
        Set<String> variables = new TreeSet<>();
        for (String key : keys) {
            String variable = variableOf(key);
            variables.add(variable);
            String value = environment.get(variable);
            if (value != null) {
                config = config.withValue(key,
                        ConfigValueFactory.fromAnyRef(value, "environment " + variable));
            }
        }
        for (String variable : environment.keySet()) {
            if (variable.startsWith(PREFIX) && !variables.contains(variable)
                    && !variable.equals(FILE_VARIABLE) && !variable.equals(KEY_VARIABLE)) {
                warnings.add("the environment variable " + variable + " means nothing to this"
                        + " version; the nearest one is "
                        + NearestName.of(variable, variables));
            }
        }
        return config;
    }

    /** The environment variable of a key. */
    static String variableOf(String key) {
        // what is the default of a thing is named like the thing: RINGTALLY_ACK
        String named = key.endsWith(".default")
                ? key.substring(0, key.length() - ".default".length()) : key;
        return PREFIX + named.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    /** Every key with its value and where it comes from, a line each. */
    public List<String> describe() {
        return new ValueLines(values, keys).all();
    }

    /** The same of those keys only whose values are not the defaults. */
    public List<String> differences() {
        return new ValueLines(values, keys).differing(defaults());
    }

    /** What is odd about where the values come from, and no reason not to start. */
    public List<String> warnings() {
        return warnings;
    }

    /** How the log is written. */
    public LogSettings log() throws ConfigurationException {
        return checked("log", () -> LogSettings.of(values.getString("log.format"),
                values.getString("log.level")));
    }

    public HttpSettings http() throws ConfigurationException {
        return checked("http", () -> new HttpSettings(values.getString("http.host"),
                values.getInt("http.port"), coresOr("http.io-threads"),
                new HeadSettings(bytes("http.max-header-bytes"),
                        values.getInt("http.max-headers"), bytes("http.max-uri-bytes")),
                new BodySettings(bytes("http.max-event-bytes"), bytes("http.max-bulk-bytes"),
                        values.getBytes("http.max-stream-bytes"),
                        values.getBytes("http.max-arriving-bytes")),
                values.getInt("http.max-connections"), duration("http.idle-timeout"),
                duration("http.request-timeout"), duration("http.read-timeout"),
                new SseSettings(values.getInt("http.sse.max"),
                        duration("http.sse.heartbeat"))));
    }

    /** The files behind HTTPS; null where http.port speaks plain HTTP. */
    public TlsSettings tls() throws ConfigurationException {
        return checked("http.tls", () -> TlsSettings.of(
                values.getString("http.tls.certificate"), values.getString("http.tls.key"),
                duration("http.tls.reload")));
    }

    public AdminSettings admin() throws ConfigurationException {
        return checked("admin", () -> AdminSettings.of(values.getString("admin.host"),
                values.getString("admin.port").equals(OFF)
                        ? AdminSettings.OFF : values.getInt("admin.port"),
                values.getString("admin.names"), dashboard()));
    }

    private DashboardSettings dashboard() {
        return DashboardSettings.of(values.getString("dashboard.frame-ancestors"),
                values.getInt("dashboard.clients-max"));
    }

    /** Who gets in; refused where anybody could. */
    public AuthSettings auth() throws ConfigurationException {
        return checked("auth", () -> {
            AuthSettings auth = AuthSettings.of(values.getString("auth.mode"),
                    duration("auth.refresh"),
                    values.getBoolean("auth.allow-anonymous-remote"));
            auth.requireSafe("http.host", values.getString("http.host"));
            if (!values.getString("admin.port").equals(OFF)) {
                auth.requireSafe("admin.host", values.getString("admin.host"));
            }
            return auth;
        });
    }

    public LimitSettings limits() throws ConfigurationException {
        return checked("limits", () -> LimitSections.limits(values));
    }

    /** How many messages each app may have. */
    public QuotaSettings quotas() throws ConfigurationException {
        return checked("apps", () -> LimitSections.quotas(values));
    }

    public AuditSettings audit() throws ConfigurationException {
        return checked("audit", () -> new AuditSettings(duration("audit.interval"),
                duration("audit.timeout")));
    }

    public Path dataDir() {
        return Path.of(values.getString("data.dir"));
    }

    /** Whether the service brings its own database. */
    public boolean embeddedDatabase() {
        return values.getString("db.url").equals(EMBEDDED);
    }

    /** The external database, or the same role and pool for a URL of the embedded one. */
    public DatabaseSettings database(String url) throws ConfigurationException {
        return checked("db", () -> new DatabaseSettings(url, values.getString("db.user"),
                values.getString("db.password"), values.getInt("db.pool-size")));
    }

    public String databaseUrl() {
        return values.getString("db.url");
    }

    public int embeddedPort() throws ConfigurationException {
        return checked("db.embedded.port", () -> values.getInt("db.embedded.port"));
    }

    public Duration embeddedStartLimit() throws ConfigurationException {
        return checked("db.embedded.start-limit", () -> duration("db.embedded.start-limit"));
    }

    public RingSettings ring() throws ConfigurationException {
        return checked("ring", () -> new RingSettings(values.getInt("ring.slots"),
                values.getInt("ring.slot-bytes"),
                (int) Math.min(Integer.MAX_VALUE, duration("ring.park").toNanos() / 1_000)));
    }

    public JournalSettings journal() throws ConfigurationException {
        return checked("journal", () -> new JournalSettings(bytes("journal.segment-bytes"),
                values.getBytes("journal.max-bytes"), duration("journal.sync-interval"),
                bytes("journal.max-unforced-bytes"), duration("journal.retain")));
    }

    /** Directory of the log's head, or null for the log's own. */
    public Path headDir() {
        String named = values.getString("head.dir");
        return named.isEmpty() ? null : Path.of(named);
    }

    public TallySettings tally() throws ConfigurationException {
        long headroom = ring().eventsMax();
        return checked("tally", () -> new TallySettings(coresOr("tally.shards"),
                values.getLong("store.max-counters"), headroom,
                values.getInt("store.average-key-bytes"),
                values.getLong("persist.max-pending-counters")));
    }

    /** The slow resource of exercises. */
    public MockSettings mock() throws ConfigurationException {
        return checked("mock", () -> new MockSettings(duration("mock.latency").toMillis(),
                values.getInt("mock.batch"), values.getInt("mock.concurrency")));
    }

    public PersistSettings persist() throws ConfigurationException {
        return checked("persist", () -> new PersistSettings(
                values.getLong("persist.max-updates"), duration("persist.max-delay"),
                duration("persist.min-interval")));
    }

    public QuerySettings query() throws ConfigurationException {
        return checked("query", () -> new QuerySettings(duration("query.timeout"),
                values.getInt("query.connections"), values.getInt("query.max-waiting")));
    }

    public AckSettings ack() throws ConfigurationException {
        return checked("ack", () -> AckSettings.of(values.getString("ack.default"),
                duration("ack.timeout"), values.getInt("ack.max-waiting")));
    }

    public DedupeSettings dedupe() throws ConfigurationException {
        return checked("dedupe", () -> new DedupeSettings(duration("dedupe.window"),
                values.getLong("dedupe.max-ids")));
    }

    /** What each app's messages are expected to go through, by app id; most apps have none. */
    public Map<String, Lifecycle> lifecycles() throws ConfigurationException {
        return checked("apps", () -> AppSections.lifecycles(values));
    }

    /** How foreign records become events, by the mapping's name. */
    public Map<String, Mapping> mappings() throws ConfigurationException {
        return checked("mappings", () -> MappingSections.mappings(values));
    }

    public RetentionSettings retention() throws ConfigurationException {
        return checked("retention", () -> new RetentionSettings(duration("retention.messages"),
                duration("retention.interval"), AppSections.retentions(values)));
    }

    public GeneratorSettings generator() throws ConfigurationException {
        return checked("generator", () -> new GeneratorSettings(
                values.getBoolean("generator.enabled"),
                values.getInt("generator.events-per-hit")));
    }

    /** How long a stop may take. */
    public Duration drainTimeout() throws ConfigurationException {
        return checked("shutdown.drain-timeout", () -> {
            Duration timeout = duration("shutdown.drain-timeout");
            if (timeout.toMillis() < 1_000 || timeout.toHours() >= 1) {
                throw new IllegalArgumentException("shutdown.drain-timeout = "
                        + timeout.toMillis() + " ms is out of range: 1 s to 1 h");
            }
            return timeout;
        });
    }

    private int coresOr(String key) {
        if (values.getString(key).equals("auto")) {
            return Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
        }
        return values.getInt(key);
    }

    private Duration duration(String key) {
        return values.getDuration(key);
    }

    private int bytes(String key) {
        return (int) Math.min(Integer.MAX_VALUE, values.getBytes(key));
    }

    private <T> T checked(String section, Supplier<T> made) throws ConfigurationException {
        try {
            return made.get();
        } catch (ConfigException wrongType) {
            throw new ConfigurationException("in section " + section + ": "
                    + wrongType.getMessage(), wrongType);
        } catch (IllegalArgumentException outOfRange) {
            throw new ConfigurationException(outOfRange.getMessage(), outOfRange);
        }
    }
}
