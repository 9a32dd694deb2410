// Trouble: what could not be counted, what went wrong lately, and how the state has changed.
import {absent, ask, byId, count, el, moment, say, table} from './dom.js';
import {call} from './feed.js';
import {whileSeen} from './seen.js';

const LOOK_MS = 5_000;
const PAGE = 20;

const letters = el('div', {class: 'view', id: 'dead-letters'});
const errors = el('div', {class: 'view', id: 'errors'});
const states = el('div', {class: 'view', id: 'states'});
const wrong = el('p', {class: 'error', role: 'alert'});
let lookNow = null;

/** Begins to look, while somebody does. */
export function beginTrouble() {
  byId('trouble-body').replaceChildren(wrong,
    el('div', {class: 'card'}, el('h3', {}, 'Dead letters'), letters),
    el('div', {class: 'pair below-gap'},
      el('div', {class: 'card'}, el('h3', {}, 'Last errors by cause'), errors),
      el('div', {class: 'card'}, el('h3', {}, 'Changes of the state'), states)));
  lookNow = whileSeen('trouble', LOOK_MS, look);
  lookNow();
}

/** The state has changed: there is something new to see. */
export function troubleSeen() {
  lookNow?.();
}

/** Looks; false when there is nothing here for whoever looks. */
async function look() {
  try {
    const [troubles, page] = await Promise.all([call('v1/admin/troubles'), list(null)]);
    wrong.textContent = '';
    showErrors(troubles.errors);
    showStates(troubles.states);
    if (!letters.contains(document.activeElement)) showLetters(page.dead_letters, page.next);
  } catch (gone) {
    if (gone.status === 404) {
      absent('trouble', true);
      return false;
    }
    wrong.textContent = gone.status === 403 ? 'This needs a key with the scope admin: ' + gone.message
      : gone.status === undefined ? '' : gone.message;
    if (gone.status === 401 || gone.status === 403) return false;
  }
  return true;
}

function list(after) {
  return call('v1/admin/dead-letters?limit=' + PAGE + (after === null ? '' : '&after=' + after));
}

function none(words) {
  return el('p', {class: 'quiet'}, words);
}

function showErrors(all) {
  errors.replaceChildren(all.length === 0 ? none('None since the start.')
    : table(['Cause', '#Times', 'Last'], all.map((error) => [
      el('span', {}, el('b', {}, error.cause), el('span', {class: 'when quiet'}, error.message)),
      count(error.count), el('span', {class: 'nowrap'}, moment(error.last_at))])));
}

function showStates(all) {
  states.replaceChildren(all.length === 0 ? none('None since the start.')
    : table(['Since', 'State', 'Reason'], all.map((change) => [
      el('span', {class: 'nowrap'}, moment(change.at)),
      el('span', {class: 'pill', 'data-state': change.status}, change.status), change.reason])));
}

function showLetters(all, next) {
  if (all.length === 0) {
    letters.replaceChildren(none('None: everything accepted could be counted.'));
    return;
  }
  letters.replaceChildren(table(['Message', 'Event', '#Value', 'Why', 'When', ''], all.map((letter) => [
    el('span', {class: 'mono'}, letter.message_id, letter.app_id === '' ? '' : ' of ' + letter.app_id),
    letter.event, count(letter.delta), letter.reason, el('span', {class: 'nowrap'}, moment(letter.created_at)),
    el('span', {class: 'actions'},
      letter.retryable ? el('button', {type: 'button', class: 'ghost', onclick: (clicked) => retry(clicked.target, letter)}, 'Retry') : null,
      el('button', {type: 'button', class: 'ghost', onclick: (clicked) => discard(clicked.target, letter)}, 'Discard'))])),
  next === undefined ? '' : el('p', {class: 'below'}, el('button', {type: 'button', class: 'ghost',
    onclick: async () => {
      const page = await list(next);
      showLetters(all.concat(page.dead_letters), page.next);
    }}, 'More')));
}

async function retry(button, letter) {
  await act(button, letter, 'POST', '/retry', 'counted');
}

async function discard(button, letter) {
  if (await ask('Discard this event for good?', 'Its value ' + count(letter.delta) + ' is booked out: it is in no counter, and cannot be brought back.', 'Discard')) {
    await act(button, letter, 'DELETE', '', 'discarded');
  }
}

async function act(button, letter, method, suffix, done) {
  button.disabled = true;
  try {
    await call('v1/admin/dead-letters/' + letter.id + suffix, {method});
    say('Dead letter ' + letter.id + ' ' + done);
    button.blur();
  } catch (gone) {
    say(gone.message);
    button.disabled = false;
    button.blur();
    wrong.textContent = gone.message;
    return;
  }
  await lookNow();
}
