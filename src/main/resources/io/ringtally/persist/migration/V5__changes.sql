-- When Postgres last counted an event of the counter, by its own clock: what retention goes by. Never
-- before the event was accepted, and as much after it as the flush took. No index, so that updates
-- stay on their page. Rows that are there have their time from now.
alter table ringtally.counter add column touched_at timestamptz not null default now();

-- Everything that was asked of counters besides events, and what became of it: who asked, what was
-- there, what is now, and the difference, which is booked out of the ledger. A row is written in the
-- flush that decided; the key says that a record of a log is decided once.
create table ringtally.change (
    id            bigint generated always as identity primary key,
    log           uuid not null,
    position      bigint not null,
    place         int not null,
    kind          text not null,
    outcome       text not null,
    who           text not null,
    asked_at      timestamptz not null,
    decided_at    timestamptz not null default now(),
    app_id        text not null,
    message_id    text,
    event         text,
    counters      bigint not null,
    total_before  numeric(39) not null,
    events_before numeric(39) not null,
    total_after   bigint not null,
    events_after  bigint not null,
    unique (log, position, place)
);

create view ringtally.changes as
select id, decided_at, who, kind, outcome, app_id, message_id, event, counters,
       total_before, events_before, total_after, events_after,
       total_before - total_after as booked_out_sum,
       events_before - events_after as booked_out_events,
       asked_at, log, position
from ringtally.change;

comment on view ringtally.changes is
    'counters set and removed, by whom, and messages that retention took; differences are booked out';

drop view ringtally.ledger;

-- The one query that proves the sums: everything folded in by every log is counted, dead or booked
-- out.
create view ringtally.ledger as
select accepted_events, accepted_sum, counted_events, counted_sum,
       dead_letter_events, dead_letter_sum, booked_out_events, booked_out_sum,
       accepted_events = counted_events + dead_letter_events + booked_out_events
           and accepted_sum = counted_sum + dead_letter_sum + booked_out_sum as balanced
from (select coalesce(sum(events), 0) as accepted_events,
             coalesce(sum(sum), 0) as accepted_sum
      from ringtally.checkpoint) as accepted,
     (select coalesce(sum(events), 0) as counted_events,
             coalesce(sum(total), 0) as counted_sum
      from ringtally.counter) as counted,
     (select coalesce(sum(events), 0) as dead_letter_events,
             coalesce(sum(delta), 0) as dead_letter_sum
      from ringtally.dead_letter) as dead,
     (select coalesce(sum(events_before - events_after), 0) as booked_out_events,
             coalesce(sum(total_before - total_after), 0) as booked_out_sum
      from ringtally.change) as booked_out;

comment on view ringtally.ledger is
    'accepted = counted + dead letters + booked out, over all logs, in one snapshot';
