-- Dead letters that an operator decides about. One tried again with success leaves the table in the
-- transaction that counts it; one discarded stays, so that the ledger goes on balancing, and says
-- when and by whom. Times of the events that a letter holds, where they were known: a retry needs
-- them.
alter table ringtally.dead_letter
    add column first_us     bigint,
    add column last_us      bigint,
    add column discarded_at timestamptz,
    add column discarded_by text;

create or replace view ringtally.dead_letters as
select id, log, first_position, last_position,
       encode(app_id, 'escape') as app_id, encode(message_id, 'escape') as message_id,
       encode(event, 'escape') as event, delta, events, sqlstate, reason, created_at,
       discarded_at, discarded_by
from ringtally.dead_letter;
