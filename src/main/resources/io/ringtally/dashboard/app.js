// The page: one feed, handed on to its sections.
import {byId, say, setAttribute, span, text} from './dom.js';
import {follow, hasKey, setKey} from './feed.js';
import {redraw} from './charts.js';
import {drawNow, showNow} from './now.js';
import {drawLatency, showLatency} from './latency.js';
import {showFlow} from './flow.js';
import {showJobs} from './jobs.js';
import {beginMessages, knowLifecycles} from './messages.js';
import {beginCounters} from './counters.js';
import {beginTrouble, troubleSeen} from './trouble.js';
import {beginHands, showHands} from './hands.js';

const ROWS_MAX = 900;
let past = null;
let begun = false;
let lastWord = '';

/** What is new after what is known, with a gap between them where there was one. */
function joined(known, fresh) {
  if (known === null || fresh.at.length === 0) return known === null ? fresh : known;
  const first = fresh.at[0];
  const kept = known.at.findLastIndex((at) => at < first) + 1;
  if (kept === 0) return fresh;
  const all = {};
  for (const column of Object.keys(fresh)) {
    const old = (known[column] ?? known.at.map(() => null)).slice(0, kept);
    if (first - known.at[kept - 1] > 2500) {
      old.push(column === 'at' ? known.at[kept - 1] + 1000 : null);
    }
    all[column] = old.concat(fresh[column]).slice(-ROWS_MAX);
  }
  return all;
}

function add(now) {
  const row = {at: now.at, accepted_per_s: now.accepted_per_s, persisted_per_s: now.persisted_per_s,
    backlog_slots: now.ring.backlog_slots, unpersisted_events: now.persist.unpersisted_events,
    oldest_ms: now.persist.oldest_ms, journal_bytes: now.journal.bytes,
    cpu_percent: Math.round(100 * now.cpu_cores), ...latencyRow(now)};
  for (const column of Object.keys(past)) {
    if (column !== 's') {
      past[column].push(row[column] ?? null);
      if (past[column].length > ROWS_MAX) past[column].shift();
    }
  }
}

function latencyRow(now) {
  const row = {};
  for (const [name, figures] of Object.entries(now.latency ?? {})) {
    for (const [figure, value] of Object.entries(figures.second ?? {})) {
      row[name + '_' + figure] = value;
    }
  }
  return row;
}

function draw() {
  past.s = past.at.map((at) => at / 1000);
  drawNow(past);
  drawLatency(past);
}

function show(now) {
  const bad = ['failed', 'fenced'].includes(now.status);
  text(byId('state'), now.status);
  setAttribute(byId('state'), 'data-state', now.status);
  text(byId('reason'), now.reason);
  setAttribute(byId('reason'), 'data-state', bad ? 'bad' : 'warn');
  byId('reason').hidden = now.reason === '';
  text(byId('uptime'), 'for ' + span(now.uptime_ms));
  if (now.status !== lastWord) {
    lastWord = now.status;
    say('The service is ' + now.status + (now.reason ? ': ' + now.reason : ''));
    troubleSeen();
  }
  document.title = (now.status === 'up' ? '' : now.status + ' · ') + 'Ringtally';
  showNow(now);
  showLatency(now);
  showFlow(now);
  showJobs(now);
  showHands(now);
}

function connection(state, words) {
  setAttribute(byId('connection'), 'data-state', state);
  if (byId('connection').textContent !== words) {
    text(byId('connection'), words);
    say(words);
  }
  document.body.classList.toggle('stale', state === 'lost');
}

function lock(words) {
  byId('locked').hidden = false;
  byId('sections').hidden = true;
  byId('forget').hidden = !hasKey();
  text(byId('unlock-error'), words);
  connection('locked', 'waits for a key');
  byId('key').focus();
}

function unlocked() {
  byId('locked').hidden = true;
  byId('sections').hidden = false;
  byId('forget').hidden = !hasKey();
  if (!begun) {
    begun = true;
    beginMessages();
    beginCounters();
    beginTrouble();
    beginHands();
  }
}

function event(name, data) {
  if (name === 'history') {
    unlocked();
    text(byId('version'), 'Ringtally ' + data.version);
    text(byId('log'), 'log ' + data.log);
    knowLifecycles(data.lifecycles);
    delete past?.s;
    past = joined(past, data.past);
    draw();
  } else if (past !== null) {
    add(data);
    show(data);
    draw();
  }
}

function state(word, gone) {
  if (word === 'live') {
    connection('live', 'live');
  } else if (word === 'refused' && gone.status === 401) {
    lock(hasKey() ? gone.message : '');
  } else if (word === 'refused' && gone.status === 403) {
    lock(gone.message);
  } else if (word === 'refused') {
    connection('lost', 'refused: ' + gone.message);
  } else {
    connection('lost', 'connection lost, trying again');
    setAttribute(byId('state'), 'data-state', 'lost');
    text(byId('state'), 'unknown');
    lastWord = '';
  }
}

let feed = null;

function connect() {
  feed?.close();
  // a snapshot comes every second: five without are a lost connection
  feed = follow('v1/feed', {event, state}, 6_000);
}

byId('unlock').addEventListener('submit', (submitted) => {
  submitted.preventDefault();
  setKey(byId('key').value.trim());
  byId('key').value = '';
  connect();
});

byId('forget').addEventListener('click', () => {
  setKey(null);
  location.reload();
});

function dark() {
  return getComputedStyle(document.documentElement).getPropertyValue('color-scheme') === 'dark'
    || document.documentElement.dataset.theme !== 'light'
      && matchMedia('(prefers-color-scheme: dark)').matches;
}

function nameTheme() {
  text(byId('theme'), dark() ? 'Light' : 'Dark');
  setAttribute(byId('theme'), 'aria-label', 'Switch to the ' + (dark() ? 'light' : 'dark') + ' theme');
}

byId('theme').addEventListener('click', () => {
  const chosen = dark() ? 'light' : 'dark';
  document.documentElement.dataset.theme = chosen;
  try {
    localStorage.setItem('ringtally.theme', chosen);
  } catch {
    // it holds until the page is reloaded
  }
  nameTheme();
  redraw();
});
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', nameTheme);
nameTheme();

document.addEventListener('keydown', (pressed) => {
  const typing = pressed.target.closest?.('input, select, textarea, dialog');
  if (pressed.key === '/' && !typing && !pressed.ctrlKey && !pressed.metaKey && !pressed.altKey
      && !byId('sections').hidden) {
    pressed.preventDefault();
    byId('search').focus();
    byId('search').select();
  }
});

const links = new Map([...document.querySelectorAll('.top nav a')].map((link) =>
  [link.getAttribute('href').slice(1), link]));
const inView = new Set();
const watcher = new IntersectionObserver((entries) => {
  entries.forEach((entry) => inView[entry.isIntersecting ? 'add' : 'delete'](entry.target.id));
  const first = [...links.keys()].find((id) => inView.has(id));
  links.forEach((link, id) => {
    if (id === first) link.setAttribute('aria-current', 'true');
    else link.removeAttribute('aria-current');
  });
}, {rootMargin: '-110px 0px -55% 0px'});
document.querySelectorAll('#sections > section').forEach((section) => watcher.observe(section));

connect();
