// Flow: the pipeline as it is wired, each stage with its rate, what waits before it, and how busy it
// is, so that the one that holds the others up is seen.
import {byId, count, counted, duration, percent, setAttribute, short, svg, text} from './dom.js';

const BOX = {width: 196, height: 96};
const GAP = {across: 56, down: 16};
const NARROW = 760;
/** Shards drawn one by one; of more, the busiest. */
const SHARDS_MAX = 4;
const BUSY = 0.5;

let inView = true;
new IntersectionObserver((entries) => {
  inView = entries.at(-1).isIntersecting;
}).observe(byId('flow'));

/** Draws a snapshot. */
export function showFlow(now) {
  if (!inView || byId('sections').hidden) return;
  const stages = stagesOf(now);
  const all = [stages.http, stages.ring, ...stages.shards, stages.journal, stages.sync,
    stages.flusher, stages.postgres];
  const busiest = all.filter((stage) => stage.busy !== undefined)
    .reduce((most, stage) => most === null || stage.busy > most.busy ? stage : most, null);
  const choked = all.find((stage) => stage.choked);
  if (choked === undefined && busiest !== null && busiest.busy >= BUSY) busiest.mark = 'busiest';
  const view = byId('flow-view');
  view.replaceChildren(view.clientWidth < NARROW ? tall(stages, view.clientWidth) : wide(stages));
  text(byId('flow-words'), words(choked, busiest, now.mock));
}

function words(choked, busiest, mock) {
  if (choked !== undefined) return choked.name + ' holds the others up: ' + choked.choked + '.';
  if (busiest === null) return 'How busy the stages are is known after a second.';
  if (busiest.waits) {
    return busiest.name + ' waits for the slow resource ' + percent(busiest.busy) + ' of the time'
      + (mock === undefined ? '.' : ': ' + count(mock.in_use) + ' of the ' + count(mock.concurrency)
        + ' calls it takes at a time ' + (mock.in_use === 1 ? 'is' : 'are') + ' under way'
        + (mock.waiting === 0 ? '.' : ', ' + count(mock.waiting)
          + (mock.waiting === 1 ? ' shard waits' : ' shards wait') + ' for one to end.'));
  }
  return busiest.busy >= BUSY
    ? busiest.name + ' is the busiest stage, ' + percent(busiest.busy) + ' of the time: with more events it is the first to hold the others up.'
    : 'No stage is near its limit; the busiest is ' + busiest.name + ', ' + percent(busiest.busy) + ' of the time.';
}

function stagesOf(now) {
  const persist = now.persist;
  const used = now.ring.backlog_slots / now.ring.slots;
  const shards = now.shards.map((shard, i) => ({name: 'Tally ' + i, rate: shard.applied_per_s,
    note: counted(shard.lag_slots, 'slots') + ' behind', lag: shard.lag_slots, busy: shard.busy,
    waits: shard.waits >= BUSY}));
  if (used >= 0.5 && shards.length > 0) {
    const last = shards.reduce((most, shard) => shard.lag > most.lag ? shard : most);
    last.choked = 'the ring is ' + percent(used) + ' full';
  }
  const busy = now.http.busy;
  const failing = persist.failed_attempts > 0;
  const full = persist.pending_counters >= 0.9 * persist.pending_counters_max;
  return {
    http: {name: 'HTTP', rate: now.accepted_per_s, busy: busy.length === 0 ? undefined : Math.max(...busy),
      note: busy.length > 1 ? 'the busiest of ' + busy.length + ' threads' : 'read, check, answer'},
    ring: {name: 'Ring', rate: now.accepted_per_s, fill: used, note: count(now.ring.backlog_slots) + ' of '
      + short(now.ring.slots) + ' slots wait'},
    shards: shards.length <= SHARDS_MAX ? shards : [...shards].sort((one, other) =>
      Number(other.choked !== undefined) - Number(one.choked !== undefined)
      || (other.busy ?? 0) - (one.busy ?? 0)).slice(0, SHARDS_MAX),
    more: Math.max(0, shards.length - SHARDS_MAX),
    journal: {name: 'Journal', rate: now.journal.written_per_s, unit: 'slots', busy: now.journal.busy,
      note: 'appends to the log', choked: now.journal.full ? 'the log is full' : undefined},
    sync: {name: 'Sync', rate: now.journal.syncs_per_s, unit: 'syncs', busy: now.journal.sync_busy,
      note: counted(now.journal.unsynced_slots, 'slots') + ' not synced'},
    flusher: {name: 'Flusher', rate: persist.persisted_per_s ?? now.persisted_per_s, busy: persist.flush_busy,
      note: short(persist.pending_counters) + (persist.pending_counters === 1 ? ' counter waits' : ' counters wait'),
      choked: persist.paused ? 'flushes are paused' : full && !failing
        ? 'changed counters have reached their limit' : undefined},
    postgres: {name: 'PostgreSQL', rate: persist.flushes_per_s, unit: 'flushes',
      note: persist.last_flush_ms === undefined ? 'not asked yet' : 'the last flush took ' + duration(persist.last_flush_ms),
      choked: failing ? 'it has not taken the last ' + persist.failed_attempts + ' attempts' : undefined},
  };
}

function rate(stage) {
  return counted(stage.rate, stage.unit ?? 'events') + '/s';
}

function box(stage, x, y, width = BOX.width) {
  const share = stage.busy ?? stage.fill;
  const inner = width - 24;
  const group = svg('g', {class: 'stage' + (stage.choked ? ' choked' : stage.mark ? ' busiest' : ''),
    transform: `translate(${x} ${y})`},
  svg('rect', {class: 'box', width, height: BOX.height, rx: 8}),
  svg('text', {class: 'name', x: 12, y: 24}, stage.name),
  stage.choked || stage.mark ? svg('text', {class: 'mark', x: width - 12, y: 24, 'text-anchor': 'end'},
    stage.choked ? 'held up here' : 'busiest') : null,
  svg('text', {x: 12, y: 44}, stage.rate === undefined ? '' : rate(stage)),
  svg('text', {class: 'note', x: 12, y: 62}, stage.note));
  if (share !== undefined) {
    group.append(svg('rect', {class: 'track', x: 12, y: 77, width: inner - 74, height: 5, rx: 2.5}),
      svg('rect', {class: 'fill', x: 12, y: 77, width: Math.max(0, (inner - 74) * Math.min(1, share)), height: 5, rx: 2.5}),
      svg('text', {class: 'note', x: width - 12, y: 83, 'text-anchor': 'end'},
        percent(share) + (stage.fill === undefined ? ' busy' : ' full')));
  }
  return group;
}

function wire(from, to) {
  const middle = (from[0] + to[0]) / 2;
  return svg('g', {}, svg('path', {class: 'wire',
    d: `M${from[0]} ${from[1]}C${middle} ${from[1]} ${middle} ${to[1]} ${to[0] - 6} ${to[1]}`}),
  svg('path', {class: 'wire-tip', d: `M${to[0]} ${to[1]}l-8 -4v8z`}));
}

function wide(stages) {
  const rows = stages.shards.length + (stages.more > 0 ? 0.3 : 0);
  const step = BOX.height + GAP.down;
  const column = (i) => i * (BOX.width + GAP.across);
  const width = column(4) + BOX.width;
  const journalY = rows * step + 8;
  const middleY = (rows - 1) * step / 2;
  const height = journalY + BOX.height + 2;
  const half = BOX.height / 2;
  const drawn = svg('svg', {viewBox: `-1 -1 ${width + 2} ${height + 2}`, role: 'img'});
  const right = (i) => column(i) + BOX.width;
  drawn.append(wire([right(0), middleY + half], [column(1), middleY + half]),
    ...stages.shards.flatMap((stage, i) => [
      wire([right(1), middleY + half], [column(2), i * step + half]),
      wire([right(2), i * step + half], [column(3), middleY + half])]),
    wire([right(1), middleY + half], [column(2), journalY + half]),
    wire([right(2), journalY + half], [column(3), journalY + half]),
    svg('path', {class: 'wire', d: `M${column(3) + BOX.width / 2} ${journalY}V${middleY + BOX.height + 6}`}),
    svg('path', {class: 'wire-tip', d: `M${column(3) + BOX.width / 2} ${middleY + BOX.height}l-4 8h8z`}),
    wire([right(3), middleY + half], [column(4), middleY + half]),
    box(stages.http, 0, middleY), box(stages.ring, column(1), middleY),
    ...stages.shards.map((stage, i) => box(stage, column(2), i * step)),
    box(stages.journal, column(2), journalY), box(stages.sync, column(3), journalY),
    box(stages.flusher, column(3), middleY), box(stages.postgres, column(4), middleY));
  if (stages.more > 0) {
    drawn.append(svg('g', {class: 'stage'}, svg('text', {class: 'note', x: column(2) + 12,
      y: stages.shards.length * step + 8}, 'and ' + stages.more + ' more, less busy')));
  }
  return named(drawn, stages);
}

function tall(stages, width) {
  const inner = Math.max(260, width - 2);
  const order = [stages.http, stages.ring, ...stages.shards, stages.journal, stages.sync,
    stages.flusher, stages.postgres];
  const step = BOX.height + 18;
  const drawn = svg('svg', {viewBox: `-1 -1 ${inner + 2} ${order.length * step - 14}`, role: 'img'});
  order.forEach((stage, i) => {
    if (i > 0) {
      drawn.append(svg('path', {class: 'wire', d: `M${inner / 2} ${i * step - 18}v12`}),
        svg('path', {class: 'wire-tip', d: `M${inner / 2} ${i * step - 1}l-4 -8h8z`}));
    }
    drawn.append(box(stage, 0, i * step, inner));
  });
  return named(drawn, stages);
}

function named(drawn, stages) {
  const told = [stages.http, stages.ring, ...stages.shards, stages.journal, stages.sync,
    stages.flusher, stages.postgres].map((stage) => stage.name + (stage.rate === undefined ? ''
    : ' ' + rate(stage)) + ', ' + stage.note
    + (stage.busy === undefined ? '' : ', ' + percent(stage.busy) + ' busy')).join('; ');
  setAttribute(drawn, 'aria-label', told);
  return drawn;
}
