package io.ringtally.admin;

import io.ringtally.ring.AdmissionGate;
import io.ringtally.ring.Ring;
import io.ringtally.tally.ShardGauges;
import java.util.Locale;
import java.util.Map;

/**
 * What is let in and what is not.
 *
 * <p>Threading: any thread; events are as old as each shard's last batch.
 */
final class IngestBean implements IngestMXBean {

    static final Map<String, String> DESCRIPTIONS = Map.of(
            DescribedBean.BEAN, "What is let in and what is not",
            "Admission", "What a request meets now: accepted, store_full, backlog_full, starting,"
                    + " draining, failed or fenced. A full ring is not seen here: each request"
                    + " finds it on its own",
            "AppliedEvents", "Events applied by the shards since the start, dead letters included."
                    + " Trails the answers by a batch; not the number in Postgres",
            "RefusedRequests", "Requests refused because of the service's state (503, 507, 413 for"
                    + " a batch too large for the ring) since the start; requests, not events, and"
                    + " each retry again",
            "InvalidRequests", "Requests answered 400 because of their events since the start."
                    + " Not in it: wrong types (415), bodies too large (413), wrong paths, reads");

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
        return ring.shardGauges().stream().mapToLong(ShardGauges::appliedEvents).sum();
    }

    @Override
    public long getRefusedRequests() {
        return service.refusedRequests();
    }

    @Override
    public long getInvalidRequests() {
        return service.invalidRequests();
    }
}
