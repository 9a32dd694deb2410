// Jobs: the work there is besides counting and answering. Whatever the service names is shown; what
// is known here of one adds a sentence, and what can be done about it.
import {byId, count, counted, duration, el, moment, percent, setAttribute, span, text} from './dom.js';
import {act, mayAct} from './hands.js';

const ABOUT = {
  'filling in lifecycles': 'At a start, where the lifecycle of an app is new: its messages get their rows.',
  'reading counters back': 'At a start, from Postgres into memory, before anything is accepted.',
  'replaying the log': 'At a start: what the log holds and Postgres does not is counted again.',
  'flushing': 'Brings what has changed into Postgres, one transaction at a time.',
  'draining': 'Refuses events, and brings everything accepted into Postgres; also at the end.',
  'changing the tally shards': 'Counts up to a cut, then goes on with another number of threads.',
  'auditing': 'Holds the books of this service against those in Postgres.',
  'removing idle messages': 'Messages that nobody has counted for as long as configured go.',
};

const FLUSH = ['flush', 'Flush now', () => true];
const PAUSE = ['pause', 'Pause', (now) => now.persist.paused === false];
const RESUME = ['resume', 'Resume', (now) => now.persist.paused === true];
const DRAIN = ['drain', 'Drain …', (now) => now.status === 'up' || now.status === 'degraded'];
const LET_IN = ['resume', 'Let events in', (now) => now.status === 'draining'];
const VERBS = {flushing: [FLUSH, PAUSE, RESUME], draining: [DRAIN, LET_IN]};

const rows = new Map();

/** A row stays the same element, so that what has the focus keeps it. */
function row(job) {
  if (!rows.has(job)) {
    const made = {
      state: el('span', {class: 'pill'}),
      bar: el('i'),
      words: el('p', {class: 'job-now'}),
      last: el('p', {class: 'quiet'}),
      error: el('p'),
      verbs: (VERBS[job] ?? []).map(([verb, name, fits]) => ({fits, button: el('button',
        {type: 'button', class: 'ghost', onclick: () => act(verb)}, name)})),
    };
    made.meter = el('div', {class: 'meter'}, made.bar);
    made.actions = el('div', {class: 'actions'}, ...made.verbs.map((verb) => verb.button),
      job === 'changing the tally shards' ? el('a', {href: '#shards-form'}, 'Change …') : null);
    made.box = el('li', {class: 'job', 'data-job': job},
      el('div', {}, el('h3', {}, job[0].toUpperCase() + job.slice(1)),
        el('p', {class: 'quiet'}, ABOUT[job] ?? '')),
      el('div', {class: 'job-state'}, made.state, made.words, made.meter),
      el('div', {}, made.last, made.error), made.actions);
    rows.set(job, made);
  }
  return rows.get(job);
}

function under(job) {
  const now = job.now;
  const share = now.expected > 0 && now.done <= now.expected ? now.done / now.expected : null;
  return {share, words: (share === null ? counted(now.done, job.unit)
    : count(now.done) + ' of ' + counted(now.expected, job.unit)) + (share === null ? '' : ', ' + percent(share))
    + ', for ' + duration(now.elapsed_ms)
    + (now.left_ms === undefined ? '' : ', about ' + span(now.left_ms + 999) + ' left')};
}

function lately(job) {
  const last = job.last;
  const next = job.next_at === undefined ? '' : ', the next at ' + clock(job.next_at);
  if (last === undefined) return 'Not since the start' + next + '.';
  return counted(last.done, job.unit) + ' in ' + duration(last.took_ms) + ', at '
    + clock(last.begun_at) + (job.runs > 1 ? '; ' + count(job.runs) + ' times since the start' : '')
    + next + '.';
}

function clock(millis) {
  return moment(new Date(millis).toISOString()).replace(/\.\d+$/, '');
}

function stateOf(job, now) {
  if (job.now !== undefined) return job.now.troubled ? ['held up', 'degraded'] : ['running', 'running'];
  if (job.job === 'flushing' && now.persist.paused) return ['paused', 'degraded'];
  if (job.last === undefined) return ['not run', 'none'];
  return job.last.failed ? ['failed', 'failed'] : ['done', 'up'];
}

/** Shows a snapshot's jobs, in the service's order. */
export function showJobs(now) {
  const shown = now.jobs.map((job) => {
    const made = row(job.job);
    const [word, colour] = stateOf(job, now);
    text(made.state, word);
    setAttribute(made.state, 'data-state', colour);
    const work = job.now === undefined ? null : under(job);
    text(made.words, work?.words ?? '');
    // it keeps its place: what stands below does not jump with every flush
    made.meter.style.visibility = work === null || work.share === null ? 'hidden' : 'visible';
    made.bar.style.width = 100 * (work?.share ?? 0) + '%';
    text(made.last, lately(job));
    text(made.error, job.error === undefined ? '' : 'Last error at ' + clock(job.error.at) + ': '
      + job.error.message);
    setAttribute(made.error, 'class', ['failed', 'degraded'].includes(colour) ? 'error' : 'quiet');
    made.verbs.forEach((verb) => {
      verb.button.hidden = !verb.fits(now);
    });
    made.actions.hidden = !mayAct();
    return made.box;
  });
  const list = byId('jobs-list');
  if (shown.length !== list.childElementCount || shown.some((box, i) => list.children[i] !== box)) {
    list.replaceChildren(...shown);
  }
}
