// Now: what comes in, what gets to Postgres, and what waits in between.
import {byId, bytes, count, counted, duration, el, percent, setAttribute, short, text} from './dom.js';
import {chart} from './charts.js';

const MEAN_S = 10;
const tiles = new Map();
let soFar = '';

function tile(id, name, title) {
  const parts = {
    value: el('span', {class: 'value'}, '–'),
    more: el('span', {class: 'more'}),
    bar: el('i'),
  };
  parts.meter = el('div', {class: 'meter'}, parts.bar);
  parts.box = el('div', {class: 'tile', id: 'tile-' + id, title}, el('span', {class: 'name'}, name),
    parts.value, parts.meter, parts.more);
  tiles.set(id, parts);
  byId('tiles').append(parts.box);
}

tile('accepted', 'Accepted', 'Events the log has taken, per second');
tile('persisted', 'Persisted', 'Events that got into Postgres, per second, the mean of the last ten; flushes come in bursts');
tile('ring', 'Ring in use', 'Slots published that the slowest shard has not applied');
tile('oldest', 'Oldest unpersisted', 'Age of the oldest change that Postgres does not have');
tile('waiting', 'Waiting for Postgres', 'Events counted that Postgres does not have yet');
tile('journal', 'Log on disk', 'Segment files, spare ones included; they are used again, not given back');

const lags = el('div', {class: 'facts', id: 'lags'});
const accepted = chart('Events per second', [
  {name: 'persisted, mean of 10 s', colour: 'orange', write: count},
  {name: 'accepted', colour: 'blue', write: count}], {write: short, top: 5});
const waiting = chart('Waiting for Postgres', [
  {name: 'events', colour: 'violet', write: count}], {write: short, top: 5, fill: true});
const oldest = chart('Oldest unpersisted change', [
  {name: 'age', colour: 'orange', write: duration}], {write: duration, top: 1000, fill: true});
const backlog = chart('Ring backlog', [
  {name: 'slots', colour: 'blue', write: count}], {write: short, top: 10, fill: true});
const journal = chart('Log on disk', [
  {name: 'segment files', colour: 'green', write: bytes}],
{write: bytes, steps: Array.from({length: 50}, (of, power) => 2 ** power), top: 1 << 20, fill: true});
const processor = chart('Processor', [
  {name: 'of one core', colour: 'violet', write: (share) => count(share) + ' %'}],
{write: (share) => short(share) + ' %', top: 10, fill: true});
const heap = el('div', {class: 'facts'});
const files = el('div', {class: 'facts'});
byId('now-charts').append(accepted.figure, waiting.figure, oldest.figure, backlog.figure,
  journal.figure, processor.figure);
backlog.figure.append(lags);
journal.figure.append(files);
processor.figure.append(heap);

function put(id, value, unit, more, share = null, level = null) {
  const parts = tiles.get(id);
  text(parts.value, value);
  if (unit) parts.value.append(el('small', {}, unit));
  text(parts.more, more);
  setAttribute(parts.box, 'data-level', level ?? 'ok');
  setAttribute(parts.meter, 'data-level', level ?? 'ok');
  parts.meter.style.visibility = share === null ? 'hidden' : 'visible';
  parts.bar.style.width = Math.min(100, 100 * (share ?? 0)) + '%';
}

function level(share, warn, bad) {
  return share >= bad ? 'bad' : share >= warn ? 'warn' : null;
}

/** Shows a snapshot. */
export function showNow(now) {
  const persist = now.persist;
  put('accepted', count(now.accepted_per_s), '/s', count(now.accepted_events) + ' in this log'
    + (now.refused_requests > 0 ? '; refused ' + counted(now.refused_requests, 'requests') : ''));
  soFar = count(now.persisted_events) + ' since the start';
  const used = now.ring.backlog_slots / now.ring.slots;
  put('ring', percent(used), '', count(now.ring.backlog_slots) + ' of ' + count(now.ring.slots) + ' slots',
    used, level(used, 0.5, 0.9));
  const most = persist.max_delay_ms ?? 5000;
  put('oldest', duration(persist.oldest_ms), '', persist.paused ? 'flushes are paused'
    : 'within ' + duration(most), persist.oldest_ms / most, level(persist.oldest_ms / most, 1.2, 2));
  const full = persist.pending_counters / persist.pending_counters_max;
  put('waiting', count(persist.unpersisted_events), '', counted(persist.pending_counters, 'counters') + ' changed',
    full, level(full, 0.5, 0.9));
  const disk = now.journal.bytes / now.journal.bytes_max;
  put('journal', bytes(now.journal.bytes), '', now.journal.full ? 'full' : 'of '
    + bytes(now.journal.bytes_max) + ' at most', disk, now.journal.full ? 'bad' : level(disk, 0.7, 0.95));
  files.replaceChildren(el('span', {}, el('b', {}, counted(now.journal.segments, 'segments')), ' that may be needed'),
    el('span', {}, 'room made ahead ', el('b', {}, bytes(now.journal.free_bytes))));
  heap.replaceChildren(el('span', {}, 'heap ', el('b', {}, bytes(now.heap_bytes))));
  lags.replaceChildren(...now.shards.map((shard, i) => el('span', {}, 'tally ' + i + ' lags ',
    el('b', {}, count(shard.lag_slots)))));
}

/** Means of the ten seconds up to each: flushes come in bursts, and their rate alone says little. */
function means(perSecond) {
  let sum = 0;
  return perSecond.map((value, i) => {
    sum += value - (i < MEAN_S ? 0 : perSecond[i - MEAN_S]);
    return value === null ? null : sum / Math.min(i + 1, MEAN_S);
  });
}

/** Draws what was. */
export function drawNow(past) {
  const persisted = means(past.persisted_per_s);
  accepted.set([past.s, persisted, past.accepted_per_s]);
  put('persisted', count(Math.round(persisted.at(-1) ?? 0)), '/s', soFar);
  waiting.set([past.s, past.unpersisted_events]);
  oldest.set([past.s, past.oldest_ms]);
  backlog.set([past.s, past.backlog_slots]);
  journal.set([past.s, past.journal_bytes]);
  processor.set([past.s, past.cpu_percent]);
}
