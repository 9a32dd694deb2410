-- One row per log: how far its fold is in the counters, and the ledger's side of it.
create table ringtally.checkpoint (
    log        uuid primary key,
    epoch      bigint not null,
    position   bigint not null,
    events     numeric(39) not null default 0,
    sum        numeric(39) not null default 0,
    updated_at timestamptz not null default now()
) with (fillfactor = 50);

comment on table ringtally.checkpoint is
    'per log: epoch of its owner, position up to which it is folded in, events and sum up to there';

-- One row per counter, sum over all logs. Times are microseconds since the epoch; the view below
-- is what people query. Byte order, so that every instance locks rows in the same order; no index
-- on a column that changes, and room in each page, so that updates stay on their page (HOT).
create table ringtally.counter (
    app_id     text collate "C" not null,
    message_id text collate "C" not null,
    event      text collate "C" not null,
    total      bigint not null,
    events     bigint not null,
    first_us   bigint not null,
    last_us    bigint not null,
    primary key (app_id, message_id, event)
) with (fillfactor = 70);

create view ringtally.counters as
select app_id, message_id, event, total, events,
       timestamptz 'epoch' + (first_us / 1000000) * interval '1 second'
           + (first_us % 1000000) * interval '1 microsecond' as first_at,
       timestamptz 'epoch' + (last_us / 1000000) * interval '1 second'
           + (last_us % 1000000) * interval '1 microsecond' as last_at
from ringtally.counter;

comment on view ringtally.counters is 'exact totals per app, message and event name';

-- What was accepted and could not be counted. Bytes, because what is here may be what no text
-- column takes.
create table ringtally.dead_letter (
    id             bigint generated always as identity primary key,
    log            uuid not null,
    cut_position   bigint not null,
    first_position bigint not null,
    last_position  bigint not null,
    app_id         bytea not null,
    message_id     bytea not null,
    event          bytea not null,
    delta          numeric(39) not null,
    events         bigint not null,
    sqlstate       text,
    reason         text not null,
    created_at     timestamptz not null default now()
);

create index dead_letter_cut on ringtally.dead_letter (log, cut_position);

create view ringtally.dead_letters as
select id, log, first_position, last_position,
       encode(app_id, 'escape') as app_id, encode(message_id, 'escape') as message_id,
       encode(event, 'escape') as event, delta, events, sqlstate, reason, created_at
from ringtally.dead_letter;

comment on view ringtally.dead_letters is 'accepted events that could not be counted, and why';

-- The one query that proves the sums: everything folded in by every log is counted or booked out.
create view ringtally.ledger as
select accepted_events, accepted_sum, counted_events, counted_sum,
       dead_letter_events, dead_letter_sum,
       accepted_events = counted_events + dead_letter_events
           and accepted_sum = counted_sum + dead_letter_sum as balanced
from (select coalesce(sum(events), 0) as accepted_events,
             coalesce(sum(sum), 0) as accepted_sum
      from ringtally.checkpoint) as accepted,
     (select coalesce(sum(events), 0) as counted_events,
             coalesce(sum(total), 0) as counted_sum
      from ringtally.counter) as counted,
     (select coalesce(sum(events), 0) as dead_letter_events,
             coalesce(sum(delta), 0) as dead_letter_sum
      from ringtally.dead_letter) as dead;

comment on view ringtally.ledger is
    'accepted = counted + dead letters, over all logs, in one snapshot';
