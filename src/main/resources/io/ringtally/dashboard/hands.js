// Hands: what an operator does to the service.
import {absent, ask, byId, count, duration, el, say, setAttribute, text} from './dom.js';
import {call} from './feed.js';
import {whileSeen} from './seen.js';

const LOOK_MS = 10_000;

const VERBS = [
  ['flush', 'Flush now', 'Brings everything counted into Postgres, now.'],
  ['pause', 'Pause flushes', 'Counting goes on; Postgres falls behind until flushes are resumed.'],
  ['resume', 'Resume', 'Takes a pause or a drain back.'],
  ['drain', 'Drain …', 'Refuses events, and brings everything accepted into Postgres.'],
];

const buttons = new Map();
const said = el('p', {class: 'said', id: 'hands-said', role: 'status'});
const settings = el('div', {class: 'view', id: 'settings'});
const shards = el('form', {class: 'row', id: 'shards-form'},
  el('label', {class: 'short'}, 'Counting threads ', el('input', {id: 'shards', type: 'number', min: 1, max: 64, required: true})),
  el('button', {}, 'Change'));
const shardsSaid = el('p', {class: 'quiet said', id: 'shards-said', role: 'status'});
let present = true;
let before = '';

/** Shows what can be done here, if anything can. */
export function beginHands() {
  VERBS.forEach(([verb, name, title]) => buttons.set(verb, el('button', {type: 'button', id: 'do-' + verb,
    class: verb === 'drain' ? 'danger' : verb === 'flush' ? '' : 'ghost', title,
    onclick: () => act(verb)}, name)));
  byId('hands-body').replaceChildren(el('div', {class: 'pair'},
    el('div', {class: 'card'}, el('h3', {}, 'Flushes and admission'),
      el('div', {class: 'actions'}, ...buttons.values()), said,
      el('h3', {id: 'shards-title'}, 'Tally shards'), shards, shardsSaid),
    el('div', {class: 'card'}, el('h3', {}, 'Settings, until the process ends'), settings)));
  shards.addEventListener('submit', change);
  whileSeen('hands', LOOK_MS, look)();
}

/** Looks what is set, unless somebody is about to set it; false when it is not theirs to see. */
async function look() {
  if (isEdited()) return true;
  try {
    const now = (await call('v1/admin/settings')).settings;
    if (!isEdited()) show(now);
  } catch (gone) {
    if (gone.status === 404) {
      present = false;
      absent('hands', true);
    } else if (gone.status === 401 || gone.status === 403) {
      present = false;
      byId('hands-body').replaceChildren(el('p', {class: 'quiet'},
        'To act takes a key with the scope admin: ' + gone.message));
    } else {
      settings.replaceChildren(el('p', {class: 'error'}, gone.message));
    }
  }
  return present;
}

function isEdited() {
  return settings.contains(document.activeElement)
    || [...settings.querySelectorAll('input')].some((input) => input.value !== input.defaultValue);
}

function show(all) {
  const fields = all.map((setting) => {
    const input = el('input', {type: 'number', min: setting.least, max: setting.most, step: 1,
      value: setting.value, required: true, name: setting.key, id: 'set-' + setting.key});
    return el('tr', {}, el('td', {class: 'id'}, el('label', {for: 'set-' + setting.key, class: 'plain-label'}, setting.key)),
      el('td', {class: 'setting'}, input), el('td', {class: 'quiet nowrap'}, setting.unit),
      el('td', {class: 'quiet n', title: 'as configured'}, setting.value === setting.configured ? ''
        : 'was ' + count(setting.configured)));
  });
  const wrong = el('p', {class: 'error', role: 'alert'});
  const form = el('form', {id: 'settings-form'}, el('table', {}, el('tbody', {}, ...fields)),
    el('div', {class: 'below'}, el('button', {}, 'Set'), wrong));
  form.addEventListener('submit', async (submitted) => {
    submitted.preventDefault();
    const changed = all.filter((setting) => String(setting.value) !== form.elements[setting.key].value);
    if (changed.length === 0) {
      wrong.textContent = 'Nothing is changed.';
      return;
    }
    try {
      const answer = await call('v1/admin/settings', {method: 'PATCH', body: Object.fromEntries(
        changed.map((setting) => [setting.key, Number(form.elements[setting.key].value)]))});
      show(answer.settings);
      say(changed.map((setting) => setting.key).join(', ') + ' set');
    } catch (gone) {
      wrong.textContent = gone.message;
    }
  });
  settings.replaceChildren(form);
}

/** Whether whoever looks may act, as far as is known. */
export function mayAct() {
  return present && buttons.size > 0;
}

/** Does one of the verbs, and says what came of it. */
export async function act(verb) {
  if (verb === 'drain' && !await ask('Drain the service?',
    'Events are refused with 503 until somebody resumes. Everything accepted gets into Postgres.', 'Drain')) {
    return;
  }
  const button = buttons.get(verb);
  button.disabled = true;
  tell(verb + ' …');
  const begun = performance.now();
  try {
    const answer = await call('v1/admin/' + verb, {method: 'POST'});
    tell(words(verb, answer) + ', after ' + duration(performance.now() - begun));
  } catch (gone) {
    if (gone.status === 404) button.hidden = true;
    tell(gone.message);
  }
  button.disabled = false;
}

/** Here, and where the jobs are: from either place it may have been asked for. */
function tell(what) {
  text(said, what);
  text(byId('jobs-said'), what);
  byId('jobs-said').hidden = false;
}

function words(verb, answer) {
  switch (verb) {
    case 'flush': return 'Postgres has everything counted, up to position ' + count(answer?.position ?? 0);
    case 'pause': return 'Flushes are paused';
    case 'drain': return 'Drained: everything accepted is in Postgres';
    default: return 'Flushes go on, events are let in';
  }
}

async function change(submitted) {
  submitted.preventDefault();
  const wanted = Number(byId('shards').value);
  const button = shards.querySelector('button');
  button.disabled = true;
  text(shardsSaid, 'changing …');
  const begun = performance.now();
  try {
    await call('v1/admin/shards', {method: 'POST', body: {shards: wanted}});
    text(shardsSaid, wanted + (wanted === 1 ? ' thread counts' : ' threads count') + ' now, after '
      + duration(performance.now() - begun));
  } catch (gone) {
    text(shardsSaid, gone.message);
  }
  button.disabled = false;
}

/** What can be done depends on the state. */
export function showHands(now) {
  if (!present || buttons.size === 0) return;
  const paused = now.persist.paused === true;
  const draining = now.status === 'draining';
  buttons.get('pause').hidden = paused;
  setAttribute(buttons.get('resume'), 'class', paused || draining ? '' : 'ghost');
  const known = String(now.shards.length);
  if (known !== before) {
    before = known;
    byId('shards').value = known;
  }
}
