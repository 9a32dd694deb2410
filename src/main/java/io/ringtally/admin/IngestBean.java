package io.ringtally.admin;

import io.ringtally.ring.AdmissionGate;
import io.ringtally.ring.Ring;
import java.util.Locale;
import java.util.Map;

/**
 * What is let in and what is not.
 *
 * <p>Threading: any thread; events are as old as each shard's last batch.
 */
final class IngestBean implements IngestMXBean {

    static final Map<String, String> DESCRIPTIONS = Map.ofEntries(
            Map.entry("RequestP50Micros", "Microseconds that half of the accepted requests took"
                    + ", or less, in the last ten seconds; 0 if none did. Slow clients' bodies"
                    + " and the wait for ?ack= are in it"),
            Map.entry("RequestP99Micros", "Microseconds that 99 of 100 accepted requests took"
                    + ", or less, in the last ten seconds; 0 if none did"),
            Map.entry("RequestP999Micros", "Microseconds that 999 of 1000 accepted requests took"
                    + ", or less, in the last ten seconds; 0 if none did"),
            Map.entry("RequestMaxMicros", "Microseconds that all accepted requests took"
                    + ", or less, in the last ten seconds; 0 if none did"),
            Map.entry("TalliedP50Micros", "Microseconds that half of the events waited for"
                    + " their shard"
                    + ", or less, in the last ten seconds; 0 if none did. Replayed ones are not"
                    + " in it"),
            Map.entry("TalliedP99Micros", "Microseconds that 99 of 100 events waited for their"
                    + " shard"
                    + ", or less, in the last ten seconds; 0 if none did"),
            Map.entry("TalliedP999Micros", "Microseconds that 999 of 1000 events waited for"
                    + " their shard"
                    + ", or less, in the last ten seconds; 0 if none did"),
            Map.entry("TalliedMaxMicros", "Microseconds that all events waited for their shard"
                    + ", or less, in the last ten seconds; 0 if none did"),
            Map.entry(DescribedBean.BEAN, "What is let in and what is not"),
            Map.entry("Admission",
                    "What a request meets now: accepted, store_full, backlog_full, starting,"
                    + " draining, failed or fenced. A full ring is not seen here: each request"
                    + " finds it on its own"),
            Map.entry("AppliedEvents",
                    "Events applied by the shards since the start, dead letters included."
                    + " Trails the answers by a batch; not the number in Postgres"),
            Map.entry("RefusedRequests",
                    "Requests refused because of the service's state (503, 507, 413 for"
                    + " a batch too large for the ring) since the start; requests, not events, and"
                    + " each retry again"),
            Map.entry("InvalidRequests",
                    "Requests answered 400 because of their events since the start."
                    + " Not in it: wrong types (415), bodies too large (413), wrong paths, reads"));

    private final ServiceControl service;
    private final AdmissionGate gate;
    private final Ring ring;

    IngestBean(ServiceControl service, AdmissionGate gate, Ring ring) {
        this.service = service;
        this.gate = gate;
        this.ring = ring;
    }

    @Override
    public String getAdmission() {
        return gate.now().name().toLowerCase(Locale.ROOT);
    }

    @Override
    public long getAppliedEvents() {
        return ring.appliedEvents();
    }

    @Override
    public long getRefusedRequests() {
        return service.refusedRequests();
    }

    @Override
    public long getInvalidRequests() {
        return service.invalidRequests();
    }

    @Override
    public long getRequestP50Micros() {
        return micros(service.latencies().request().lastTenSeconds().p50Nanos());
    }

    @Override
    public long getRequestP99Micros() {
        return micros(service.latencies().request().lastTenSeconds().p99Nanos());
    }

    @Override
    public long getRequestP999Micros() {
        return micros(service.latencies().request().lastTenSeconds().p999Nanos());
    }

    @Override
    public long getRequestMaxMicros() {
        return micros(service.latencies().request().lastTenSeconds().maxNanos());
    }

    @Override
    public long getTalliedP50Micros() {
        return micros(service.latencies().tallied().lastTenSeconds().p50Nanos());
    }

    @Override
    public long getTalliedP99Micros() {
        return micros(service.latencies().tallied().lastTenSeconds().p99Nanos());
    }

    @Override
    public long getTalliedP999Micros() {
        return micros(service.latencies().tallied().lastTenSeconds().p999Nanos());
    }

    @Override
    public long getTalliedMaxMicros() {
        return micros(service.latencies().tallied().lastTenSeconds().maxNanos());
    }

    private static long micros(long nanos) {
        return nanos / 1_000;
    }
}
