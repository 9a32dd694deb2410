-- Apps that have, or had, a lifecycle, with every event name that was ever in it: the n-th name is
-- bit n - 1 of message.seen, for good. The first so many names are filled in for messages that were
-- there before the name. Every flush holds this table in row share mode from before its counters to
-- its commit; whoever adds names holds it exclusively: so a flush either knows a name, or is over
-- before the filling-in begins.
create table ringtally.lifecycle (
    app_id text collate "C" primary key,
    events text[] collate "C" not null,
    filled int not null default 0
);

-- One row per message of such an app: which of those events it has had, and when Postgres saw it
-- first, by its own clock. Written after the counters, in the same transaction, in byte order.
create table ringtally.message (
    app_id     text collate "C" not null,
    message_id text collate "C" not null,
    seen       bigint not null,
    opened_at  timestamptz not null default now(),
    primary key (app_id, message_id)
) with (autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);

-- Stuck messages are ranges of this: for each value of seen that lacks the event, the oldest first.
create index message_stuck on ringtally.message (app_id, seen, opened_at, message_id);

create view ringtally.messages as
select m.app_id, m.message_id, m.opened_at,
       array(select event from unnest(l.events) with ordinality as e (event, n)
             where m.seen & (1::bigint << (n - 1)::int) <> 0 order by n) as seen
from ringtally.message m join ringtally.lifecycle l using (app_id);

comment on view ringtally.messages is
    'messages of apps with a lifecycle: events of it that were seen, and when the first of any came';

-- The query that proves it: messages whose bits are not what the counters say. Never a row, except
-- while a start fills a new name in.
create view ringtally.message_mismatch as
select app_id, message_id, m.seen, c.seen as counted
from ringtally.message m full join (
    select app_id, message_id, coalesce(
        bit_or(1::bigint << (array_position(l.events, c.event) - 1)), 0) as seen
    from ringtally.lifecycle l join ringtally.counter c using (app_id)
    group by app_id, message_id) c using (app_id, message_id)
where m.seen is distinct from c.seen;

comment on view ringtally.message_mismatch is
    'messages whose row disagrees with their counters; to be empty';
