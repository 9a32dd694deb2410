// How the page talks to the service: requests, and streams that come back by themselves.

const KEY = 'ringtally.key';
// three of the service's signs of life
const QUIET_MS = 45_000;
let key = null;
try {
  key = sessionStorage.getItem(KEY);
} catch {
  // no storage in this frame: the key is asked for again after a reload
}

export function hasKey() {
  return key !== null;
}

export function setKey(given) {
  key = given;
  try {
    if (given === null) sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, given);
  } catch {
    // it holds until the page is reloaded
  }
}

function headers(more = {}) {
  return key === null ? more : {...more, Authorization: 'Bearer ' + key};
}

/** An answer that is none of those hoped for: status, problem code, and a sentence. */
export class Refused extends Error {
  constructor(status, code, detail) {
    super(detail);
    this.status = status;
    this.code = code;
  }
}

async function refusal(answer) {
  let problem = {};
  try {
    problem = await answer.json();
  } catch {
    // a proxy's page
  }
  const fields = (problem.errors ?? []).map((error) => error.reason).join('; ');
  return new Refused(answer.status, String(problem.type ?? '').split(':').pop(),
    fields || problem.detail || 'the answer is ' + answer.status);
}

// JSON whose whole numbers beyond 2^53 stay exact, as texts
function parsed(json) {
  return JSON.parse(json, (name, value, context) =>
    typeof value === 'number' && !Number.isSafeInteger(value) && context
      && /^-?\d+$/.test(context.source) ? context.source : value);
}

/** Asks, and gives the JSON of a 2xx; null where there is none. */
export async function call(path, {method = 'GET', body} = {}) {
  const answer = await fetch(path, {method, cache: 'no-store', redirect: 'error',
    headers: headers(body === undefined ? {} : {'Content-Type': 'application/json'}),
    body: body === undefined ? undefined : JSON.stringify(body)});
  if (!answer.ok) {
    throw await refusal(answer);
  }
  const json = await answer.text();
  return json === '' ? null : parsed(json);
}

/**
 * Follows server-sent events until it is closed, and comes back after whatever ends them: a restart,
 * a proxy, a full house. Nothing is followed while the page is out of sight: a browser has six
 * connections to a host, and a tab nobody sees shall not hold one.
 *
 * @param on event(name, data), state('live' | 'lost' | 'refused', error)
 * @param quietMs silence after which the connection counts as lost
 */
export function follow(path, on, quietMs = QUIET_MS) {
  let control = null;
  let timer = null;
  let closed = false;
  let failures = 0;

  async function run() {
    timer = null;
    control = new AbortController();
    const mine = control;
    let watch = null;
    const alive = () => {
      clearTimeout(watch);
      watch = setTimeout(() => mine.abort(), quietMs);
    };
    try {
      alive();
      const answer = await fetch(path, {cache: 'no-store', redirect: 'error', headers: headers(),
        signal: mine.signal});
      if (!answer.ok) {
        throw await refusal(answer);
      }
      await read(answer.body, () => {
        alive();
        if (failures !== -1) {
          failures = -1;
          on.state('live');
        }
      });
      again(mine, null);
    } catch (gone) {
      again(mine, gone);
    } finally {
      clearTimeout(watch);
    }
  }

  async function read(stream, arrived) {
    const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
    let rest = '';
    for (;;) {
      const {done, value} = await reader.read();
      if (done) return;
      rest += value;
      arrived();
      let end;
      while ((end = rest.indexOf('\n\n')) >= 0) {
        const lines = rest.slice(0, end).split('\n');
        rest = rest.slice(end + 2);
        const name = lines.find((line) => line.startsWith('event: '))?.slice(7) ?? 'message';
        const data = lines.filter((line) => line.startsWith('data: ')).map((line) =>
          line.slice(6)).join('\n');
        if (data !== '' && !closed) {
          try {
            on.event(name, parsed(data));
          } catch (defect) {
            reportError(defect); // of the page: the connection is well
          }
        }
      }
    }
  }

  function again(ended, gone) {
    if (closed || ended !== control || document.hidden) return;
    failures = Math.max(0, failures) + 1;
    const refused = gone instanceof Refused;
    on.state(refused ? 'refused' : 'lost', gone);
    if (closed || refused && gone.status >= 400 && gone.status < 500 && gone.status !== 429) return;
    const longest = Math.min(5_000, 250 * 2 ** failures);
    timer = setTimeout(run, longest / 2 + Math.random() * longest / 2);
  }

  function seen() {
    clearTimeout(timer);
    timer = null;
    if (document.hidden) {
      control?.abort();
    } else if (!closed) {
      failures = 0;
      control?.abort();
      run();
    }
  }

  document.addEventListener('visibilitychange', seen);
  if (!document.hidden) run();
  return {
    close() {
      closed = true;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', seen);
      control?.abort();
    },
  };
}
