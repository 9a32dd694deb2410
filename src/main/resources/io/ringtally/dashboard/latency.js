// Latency: how long a request took, and how long until its events were counted and in Postgres.
import {absent, byId, count, duration, el, text} from './dom.js';
import {chart} from './charts.js';

const KINDS = [
  ['request', 'Request', 'from its head to its answer'],
  ['tallied', 'Tallied', 'from acceptance until counted'],
  ['persisted', 'Persisted', 'from acceptance until committed in Postgres'],
];
const FIGURES = [['p50', 'p50', 'green'], ['p99', 'p99', 'blue'], ['p999', 'p99.9', 'violet'],
  ['max', 'max', 'red']];
const WINDOWS = [['ten_seconds', '10 s ago'], ['start', 'the start']];

const cells = new Map();
const charts = new Map();

const rows = KINDS.flatMap(([kind, name, meaning]) => WINDOWS.map(([window, span], i) => el('tr', {},
  i === 0 ? el('th', {scope: 'rowgroup', rowspan: WINDOWS.length, class: 'kind'}, el('b', {}, name),
    el('span', {class: 'wide'}, meaning)) : null,
  el('td', {class: 'quiet nowrap'}, span),
  ...[...FIGURES.map(([figure]) => figure), 'count'].map((figure) => {
    const cell = el('td', {class: 'n'}, '–');
    cells.set(kind + window + figure, cell);
    return cell;
  }))));
byId('latency-body').append(
  el('div', {class: 'card', id: 'latency-table'}, el('div', {class: 'scroll'}, el('table', {},
    el('thead', {}, el('tr', {}, el('th', {scope: 'col'}), el('th', {scope: 'col'}, 'since'),
      ...FIGURES.map(([, name]) => el('th', {class: 'n', scope: 'col'}, name)),
      el('th', {class: 'n', scope: 'col'}, 'recorded'))),
    el('tbody', {}, ...rows)))),
  el('div', {class: 'trio', id: 'latency-charts'}, ...KINDS.map(([kind, name, meaning]) => {
    const made = chart(name, FIGURES.map(([, figure, colour]) => ({name: figure, colour,
      write: (us) => duration(us / 1000)})), {write: (us) => duration(us / 1000), log: true, tall: true,
      span: true});
    made.figure.title = meaning + '; each point is one second, the scale is logarithmic';
    charts.set(kind, made);
    return made.figure;
  })));

/** Shows a snapshot. */
export function showLatency(now) {
  absent('latency', now.latency === undefined);
  for (const [kind, windows] of Object.entries(now.latency ?? {})) {
    for (const [window] of WINDOWS) {
      for (const [figure] of FIGURES) {
        const us = windows[window][figure];
        text(cells.get(kind + window + figure), windows[window].count === 0 ? '–' : duration(us / 1000));
      }
      text(cells.get(kind + window + 'count'), count(windows[window].count));
    }
  }
}

/** Draws what was; a second without any has no point. */
export function drawLatency(past) {
  for (const [kind, made] of charts) {
    made.set([past.s, ...FIGURES.map(([figure]) => (past[kind + '_' + figure] ?? []).map((us) => us || null))]);
  }
}
