-- The ids of counted events, so that a repeat is known after a restart. Hashes, not the ids: app and
-- id, and the rest of the event as a fingerprint. Rows are only added, in the transaction that
-- counts their events; no index, no key: a start reads all of its log's, and whole parts are
-- dropped when their time has passed. Each log has a part of its own, divided by hours of accepted_us
-- (microseconds since the epoch), and makes and drops those itself.
create table ringtally.event_id (
    log         uuid not null,
    accepted_us bigint not null,
    hash_high   bigint not null,
    hash_low    bigint not null,
    fingerprint bigint not null,
    position    bigint not null
) partition by list (log);

comment on table ringtally.event_id is
    'per log: ids of events counted within dedupe.window; hashed with the seed of the log';
