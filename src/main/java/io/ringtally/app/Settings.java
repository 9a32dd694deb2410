package io.ringtally.app;

import io.ringtally.config.Configuration;
import io.ringtally.config.ConfigurationException;
import io.ringtally.auth.AuthSettings;
import io.ringtally.dedupe.DedupeSettings;
import io.ringtally.event.Lifecycle;
import io.ringtally.event.Mapping;
import io.ringtally.http.AckSettings;
import io.ringtally.audit.AuditSettings;
import io.ringtally.http.AdminSettings;
import io.ringtally.http.GeneratorSettings;
import io.ringtally.http.HttpSettings;
import io.ringtally.http.LimitSettings;
import io.ringtally.http.TlsSettings;
import io.ringtally.journal.JournalSettings;
import io.ringtally.persist.PersistSettings;
import io.ringtally.persist.RetentionSettings;
import io.ringtally.query.QuerySettings;
import io.ringtally.ring.MockSettings;
import io.ringtally.ring.RingSettings;
import io.ringtally.tally.QuotaSettings;
import io.ringtally.tally.TallySettings;
import java.time.Duration;
import java.util.Map;

/**
 * The settings of all parts, checked before anything is touched.
 *
 * <p>Threading: immutable.
 */
record Settings(HttpSettings http, TlsSettings tls, AdminSettings admin, AuthSettings auth,
        LimitSettings limits, QuotaSettings quotas, AuditSettings audit, AckSettings ack,
        RingSettings ring, JournalSettings journal, TallySettings tally, MockSettings mock,
        PersistSettings persist, QuerySettings query, DedupeSettings dedupe,
        RetentionSettings retention, GeneratorSettings generator, Duration drainTimeout,
        Map<String, Lifecycle> lifecycles,
        Map<String, Mapping> mappings) {

    /** Whether operators are answered over HTTPS: where more than this machine gets there. */
    boolean adminTls() {
        return tls != null && !AuthSettings.isLoopback(admin.host());
    }

    static Settings of(Configuration configuration) throws ConfigurationException {
        return new Settings(configuration.http(), configuration.tls(), configuration.admin(),
                configuration.auth(), configuration.limits(), configuration.quotas(),
                configuration.audit(), configuration.ack(), configuration.ring(),
                configuration.journal(), configuration.tally(), configuration.mock(),
                configuration.persist(), configuration.query(),
                configuration.dedupe(), configuration.retention(), configuration.generator(),
                configuration.drainTimeout(), configuration.lifecycles(),
                configuration.mappings());
    }
}
