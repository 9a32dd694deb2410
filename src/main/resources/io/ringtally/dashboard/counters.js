// Counters: the greatest ones, those whose id begins so, and one as it changes.
import {byId, count, duration, el, moment, say, table} from './dom.js';
import {call, follow} from './feed.js';
import {whileSeen} from './seen.js';

const MANY = 25;
const LOOK_MS = 10_000;
/** A list that took longer is not asked for again by itself: its cost is Postgres's. */
const CHEAP_MS = 250;

let watched = null;
let listed = {app: '', event: '', prefix: '', order: 'top'};
/** Whether what is shown may be asked for again: a first page, and cheap. */
let again = true;
let lookNow = null;

/** Puts the forms to work. */
export function beginCounters() {
  byId('counters-form').addEventListener('submit', (submitted) => {
    submitted.preventDefault();
    listed = {app: byId('counters-app').value, event: byId('counters-event').value,
      prefix: byId('counters-prefix').value, order: byId('counters-order').value};
    again = true;
    lookNow();
  });
  byId('counter-form').addEventListener('submit', (submitted) => {
    submitted.preventDefault();
    watch(byId('counter-app').value, byId('counter-id').value, byId('counter-event').value);
  });
  lookNow = whileSeen('counters', LOOK_MS, () =>
    again && !byId('counters-view').contains(document.activeElement) ? list() : true);
}

async function list(cursor = null, known = []) {
  const of = listed;
  const view = byId('counters-view');
  const query = new URLSearchParams({app_id: of.app});
  if (of.event !== '') query.set('event', of.event);
  if (of.prefix !== '') query.set('prefix', of.prefix);
  query.set(of.order === 'top' ? 'top' : 'limit', MANY);
  if (cursor !== null) query.set('cursor', cursor);
  const begun = performance.now();
  try {
    const page = await call('v1/counters?' + query);
    if (of !== listed) return;
    const took = performance.now() - begun;
    again = cursor === null && took < CHEAP_MS;
    show(view, known.concat(page.counters), page.next_cursor, took);
  } catch (gone) {
    if (of === listed) view.replaceChildren(el('p', {class: 'error', role: 'alert'}, gone.message));
  }
}

function show(view, rows, next, took) {
  if (rows.length === 0) {
    view.replaceChildren(el('p', {class: 'quiet'}, 'None in Postgres.'));
    return;
  }
  view.replaceChildren(
    table(['Message id', 'Event', '#Total', '#Events'], rows.map((row) => [
      el('button', {type: 'button', class: 'plain mono', onclick: () =>
        watch(row.app_id, row.message_id, row.event)}, row.message_id),
      row.event, count(row.total), count(row.events)])),
    el('p', {class: 'below quiet'}, 'From Postgres at ' + moment(new Date().toISOString()).slice(-12, -4)
      + ', in ' + duration(took) + (again ? '; again every 10 s' : ''),
    next ? el('button', {type: 'button', class: 'ghost', onclick: () => list(next, rows)}, 'More') : null));
}

/** Follows one counter. */
function watch(app, message, event) {
  byId('counter-app').value = app;
  byId('counter-id').value = message;
  byId('counter-event').value = event;
  watched?.close();
  const view = byId('counter-view');
  const query = new URLSearchParams({app_id: app});
  if (event !== '') query.set('event', event);
  view.replaceChildren(el('p', {class: 'quiet'}, 'looking …'));
  watched = follow('v1/counters/' + encodeURIComponent(message) + '/stream?' + query, {
    event(name, counter) {
      if (counter === null) {
        view.replaceChildren(el('p', {class: 'quiet'},
          'Nothing has been counted under that name. It is shown here as soon as something is.'));
        return;
      }
      view.replaceChildren(
        el('p', {}, el('b', {class: 'mono'}, message), app === '' ? '' : ' of ' + app, ' · ', counter.event),
        el('p', {class: 'big', id: 'counter-total'}, count(counter.total)),
        el('p', {class: 'facts'}, el('span', {}, el('b', {}, count(counter.events)), counter.events === 1 ? ' event' : ' events'),
          el('span', {}, 'first ', el('b', {}, moment(counter.first_at))),
          el('span', {}, 'last ', el('b', {}, moment(counter.last_at)))));
    },
    state(word, gone) {
      if (word === 'refused') {
        view.replaceChildren(el('p', {class: 'error', role: 'alert'}, gone.message));
      }
    },
  });
  say('watching ' + message);
}
