// Messages: one message's life as a timeline, and the messages that are stuck.
import {byId, count, duration, el, moment, say, span, table} from './dom.js';
import {call, follow} from './feed.js';

const PAGE = 25;
let lifecycles = {};
let watched = null;

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
    stuck();
  });
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
  const others = (found?.counters ?? []).filter((counter) => !expected.includes(counter.event));
  const steps = [
    ...expected.map((event) => seen.has(event) ? step(seen.get(event), first, '')
      : el('li', {class: 'missing'}, el('span', {class: 'what'}, event), ' ',
        el('span', {class: 'tag'}, 'missing'),
        el('span', {class: 'when'}, 'expected, not seen'))),
    ...others.map((counter) => step(counter, first, expected.length === 0 ? '' : 'also')),
  ];
  const words = found === null ? 'No event of this message has been counted.'
    : expected.length === 0 ? found.counters.length + ' kinds of events; nothing is expected of this app\'s messages'
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

async function stuck(cursor = null, known = []) {
  const app = byId('stuck-app').value;
  const view = byId('stuck-view');
  const query = new URLSearchParams({app_id: app, missing: byId('stuck-missing').value,
    older_than: byId('stuck-age').value, limit: PAGE});
  if (cursor !== null) query.set('cursor', cursor);
  try {
    const page = await call('v1/messages?' + query);
    const rows = known.concat(page.messages);
    if (rows.length === 0) {
      view.replaceChildren(el('p', {class: 'quiet'}, 'None: no message older than '
        + byId('stuck-age').value + ' lacks ' + byId('stuck-missing').value + '.'));
      say('no stuck message');
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
          onclick: () => stuck(page.next_cursor, rows)}, 'More') : null));
    say(rows.length + ' stuck messages');
  } catch (gone) {
    view.replaceChildren(el('p', {class: 'error', role: 'alert'}, gone.message));
  }
}
