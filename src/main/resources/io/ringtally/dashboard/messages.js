// Messages: one message's life as a timeline, and the messages that are stuck.
import {byId, count, counted, duration, el, moment, say, span, table} from './dom.js';
import {call, follow} from './feed.js';
import {whileSeen} from './seen.js';

const PAGE = 25;
const LOOK_MS = 10_000;
/** A list that took longer is not asked for again by itself: its cost is Postgres's. */
const CHEAP_MS = 250;
let lifecycles = {};
let watched = null;
/** What is listed as stuck, where it may be asked for again; null where nothing is. */
let listed = null;

/** Which apps have a lifecycle, and which events are expected of their messages. */
export function knowLifecycles(known) {
  if (JSON.stringify(known) === JSON.stringify(lifecycles)) return;
  lifecycles = known;
  const apps = Object.keys(known);
  byId('apps').replaceChildren(...apps.map((app) => el('option', {value: app})));
  byId('stuck-app').replaceChildren(...apps.map((app) => el('option', {value: app},
    app === '' ? '(no app)' : app)));
  byId('stuck-form').hidden = apps.length === 0;
  byId('stuck-view').replaceChildren(el('p', {class: 'quiet'}, apps.length === 0
    ? 'No app of this service has a lifecycle: apps.<app_id>.lifecycle in the configuration names the events that every message of an app is expected to have.'
    : 'Messages that lack an event some time after their first one, the oldest first; from Postgres.'));
  events();
}

function events() {
  const expected = lifecycles[byId('stuck-app').value] ?? [];
  byId('stuck-missing').replaceChildren(...expected.map((event) => el('option', {value: event}, event)));
  byId('stuck-missing').value = expected.at(-1) ?? '';
}

/** Puts the forms to work. */
export function beginMessages() {
  byId('message-form').addEventListener('submit', (submitted) => {
    submitted.preventDefault();
    look(byId('message-app').value, byId('search').value);
  });
  byId('stuck-app').addEventListener('change', events);
  byId('stuck-form').addEventListener('submit', (submitted) => {
    submitted.preventDefault();
    stuck({app_id: byId('stuck-app').value, missing: byId('stuck-missing').value,
      older_than: byId('stuck-age').value, limit: PAGE});
  });
  whileSeen('messages', LOOK_MS, () =>
    listed !== null && !byId('stuck-view').contains(document.activeElement)
      ? stuck(listed, null, [], true) : true);
  const asked = new URLSearchParams(location.search);
  if (asked.has('message')) {
    look(asked.get('app') ?? '', asked.get('message'));
  }
}

/** Follows a message. */
function look(app, message) {
  byId('message-app').value = app;
  byId('search').value = message;
  watched?.close();
  const query = new URLSearchParams({app, message});
  history.replaceState(null, '', '?' + query + location.hash);
  const view = byId('message-view');
  view.replaceChildren(el('p', {class: 'quiet'}, 'looking …'));
  let spoken = '';
  watched = follow('v1/messages/' + encodeURIComponent(message) + '/stream?app_id='
    + encodeURIComponent(app), {
    event(name, found) {
      const words = show(view, app, message, found);
      if (words !== spoken) {
        spoken = words;
        say(words);
      }
    },
    state(word, gone) {
      if (word === 'refused') {
        view.replaceChildren(el('p', {class: 'error'}, gone.message));
        if (gone.status === 503) once(view, app, message);
      }
    },
  });
}

/** While the service shows no streams: once. */
async function once(view, app, message) {
  try {
    show(view, app, message, await call('v1/messages/' + encodeURIComponent(message) + '?app_id='
      + encodeURIComponent(app)));
  } catch (gone) {
    if (gone.status === 404) show(view, app, message, null);
  }
}

function show(view, app, message, found) {
  const expected = found?.lifecycle ?? lifecycles[app] ?? [];
  const seen = new Map((found?.counters ?? []).map((counter) => [counter.event, counter]));
  const missing = expected.filter((event) => !seen.has(event));
  const first = found === null ? null : Math.min(...found.counters.map((counter) =>
    Date.parse(counter.first_at)));
  const steps = inOrder([...seen.keys()].sort((one, other) =>
    Date.parse(seen.get(one).first_at) - Date.parse(seen.get(other).first_at)), expected)
    .map((event) => seen.has(event)
      ? step(seen.get(event), first, expected.length === 0 || expected.includes(event) ? '' : 'also')
      : el('li', {class: 'missing'}, el('span', {class: 'what'}, event), ' ',
        el('span', {class: 'tag'}, 'missing'),
        el('span', {class: 'when'}, 'expected, not seen')));
  const words = found === null ? 'No event of this message has been counted.'
    : expected.length === 0 ? counted(found.counters.length, 'kinds') + ' of events; nothing is expected of this app\'s messages'
      : missing.length === 0 ? 'complete' : missing.length + ' missing: ' + missing.join(', ');
  view.replaceChildren(
    el('p', {}, el('b', {class: 'mono'}, message), app === '' ? '' : ' of ' + app, ' ',
      found === null ? null : expected.length === 0 ? null
        : el('span', {class: missing.length === 0 ? 'tag ok' : 'tag', id: 'message-verdict'}, words)),
    el('p', {class: 'quiet'}, found === null ? words + ' It is shown here as soon as one is.'
      : expected.length === 0 ? words : ''),
    el('ol', {class: 'timeline'}, ...(found === null ? [] : steps)));
  return message + ': ' + words;
}

/** What was seen as it came, and each of what is missing behind the one it is expected after. */
function inOrder(seen, expected) {
  const all = [...seen];
  expected.forEach((event, place) => {
    if (!all.includes(event)) all.splice(all.indexOf(expected[place - 1]) + 1, 0, event);
  });
  return all;
}

function step(counter, first, kind) {
  const at = Date.parse(counter.first_at);
  const later = at - first;
  const more = [];
  if (Number(counter.events) !== 1) {
    more.push(count(counter.events) + ' times, last ' + moment(counter.last_at));
  }
  if (String(counter.total) !== String(counter.events)) more.push('total ' + count(counter.total));
  return el('li', {class: kind}, el('span', {class: 'what'}, counter.event), ' ',
    kind === 'also' ? el('span', {class: 'tag also'}, 'not expected') : null,
    el('span', {class: 'when'}, moment(counter.first_at), later > 0 ? '  +' + duration(later) : '',
      more.length > 0 ? ' · ' + more.join(' · ') : ''));
}

async function stuck(asked, cursor = null, known = [], quietly = false) {
  const app = asked.app_id;
  const view = byId('stuck-view');
  const query = new URLSearchParams(asked);
  if (cursor !== null) query.set('cursor', cursor);
  const begun = performance.now();
  try {
    const before = listed;
    const page = await call('v1/messages?' + query);
    if (quietly && listed !== before) return;
    listed = cursor === null && performance.now() - begun < CHEAP_MS ? asked : null;
    const rows = known.concat(page.messages);
    if (rows.length === 0) {
      view.replaceChildren(el('p', {class: 'quiet'}, 'None: no message older than '
        + asked.older_than + ' lacks ' + asked.missing + '.'));
      if (!quietly) say('no stuck message');
      return;
    }
    view.replaceChildren(
      table(['Message', '#Age', 'Missing'], rows.map((row) => [
        el('button', {type: 'button', class: 'plain mono', onclick: () => look(app, row.message_id)},
          row.message_id),
        el('span', {title: row.opened_at}, span(Math.max(0, Date.now() - Date.parse(row.opened_at)))),
        row.missing.join(', ')])),
      el('p', {class: 'below quiet'}, rows.length + (page.next_cursor ? ' so far' : ' in all'),
        page.next_cursor ? el('button', {type: 'button', class: 'ghost',
          onclick: () => stuck(asked, page.next_cursor, rows)}, 'More') : null));
    if (!quietly) say(counted(rows.length, 'stuck messages'));
  } catch (gone) {
    view.replaceChildren(el('p', {class: 'error', role: 'alert'}, gone.message));
  }
}
