// Elements, figures and times as this page writes them.

/** Makes an element: el('td', {class: 'n'}, 'text', another). */
export function el(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  fill(made, attributes, children);
  return made;
}

/** The same for what is drawn. */
export function svg(name, attributes = {}, ...children) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name);
  fill(made, attributes, children);
  return made;
}

function fill(made, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith('on')) {
      made.addEventListener(key.slice(2), value);
    } else if (value === true) {
      made.setAttribute(key, '');
    } else if (value !== false && value !== null && value !== undefined) {
      made.setAttribute(key, value);
    }
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
}

export function byId(id) {
  return document.getElementById(id);
}

/** Sets a text only where it differs, so that nothing is laid out again for nothing. */
export function text(node, words) {
  if (node.textContent !== words) {
    node.textContent = words;
  }
}

export function setAttribute(node, name, value) {
  if (node.getAttribute(name) !== value) {
    node.setAttribute(name, value);
  }
}

/** Says something to whoever does not look at the screen. */
export function say(words) {
  const said = byId('said');
  said.append(el('span', {}, words + ' '));
  // the last few: a later one must not take another away before it is read out
  while (said.childElementCount > 3) said.firstElementChild.remove();
}

const WHOLE = new Intl.NumberFormat('en-US', {maximumFractionDigits: 0});
const ONE = new Intl.NumberFormat('en-US', {minimumFractionDigits: 1, maximumFractionDigits: 1});

/** A whole number with its thousands apart. Numbers beyond 2^53 come as text and stay exact. */
export function count(number) {
  return typeof number === 'number' ? WHOLE.format(number)
    : String(number).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** A whole number of things, which are named by their plural. */
export function counted(number, things) {
  return count(number) + ' ' + (number === 1 ? things.replace(/(?<=sh)es$|s$/, '') : things);
}

/** A number for an axis, where room is scarce. */
export function short(number) {
  const size = Math.abs(number);
  if (size >= 1e9) return trim(number / 1e9) + 'G';
  if (size >= 1e6) return trim(number / 1e6) + 'M';
  if (size >= 1e3) return trim(number / 1e3) + 'k';
  return trim(number);
}

function trim(number) {
  return String(Number(number.toPrecision(3)));
}

export function bytes(number) {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let unit = 0;
  let left = number;
  while (left >= 1024 && unit < units.length - 1) {
    left /= 1024;
    unit++;
  }
  return (unit === 0 || left >= 100 ? WHOLE.format(left) : ONE.format(left)) + ' ' + units[unit];
}

export function percent(share) {
  const hundredths = share * 100;
  return (hundredths >= 0.05 && hundredths < 9.95 ? ONE.format(hundredths) : WHOLE.format(hundredths)) + ' %';
}

/** A duration in milliseconds. */
export function duration(ms) {
  if (ms < 1) return ms === 0 ? '0 ms' : WHOLE.format(ms * 1000) + ' µs';
  if (ms < 10) return ONE.format(ms) + ' ms';
  if (ms < 1000) return WHOLE.format(ms) + ' ms';
  if (ms < 60_000) return ONE.format(ms / 1000) + ' s';
  return span(ms);
}

/** A long duration in its two largest units. */
export function span(ms) {
  const seconds = Math.floor(ms / 1000);
  const parts = [[Math.floor(seconds / 86400), 'd'], [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'], [seconds % 60, 's']];
  const first = parts.findIndex(([many]) => many > 0);
  if (first < 0) return '0 s';
  return parts.slice(first, first + 2).filter(([many], i) => i === 0 || many > 0)
    .map(([many, unit]) => many + ' ' + unit).join(' ');
}

const CLOCK = new Intl.DateTimeFormat(undefined, {hour: '2-digit', minute: '2-digit',
  second: '2-digit', fractionalSecondDigits: 3, hourCycle: 'h23'});
const DAY = new Intl.DateTimeFormat('sv-SE', {year: 'numeric', month: '2-digit', day: '2-digit'});

/** A point in time, of today without its day. */
export function moment(iso) {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  const day = DAY.format(at);
  return (day === DAY.format(new Date()) ? '' : day + ' ') + CLOCK.format(at);
}

/** A table with a head; cells are texts or elements, columns beginning with # are numbers. */
export function table(columns, rows) {
  return el('div', {class: 'scroll'}, el('table', {},
    el('thead', {}, el('tr', {}, ...columns.map((name) => name.startsWith('#')
      ? el('th', {class: 'n', scope: 'col'}, name.slice(1))
      : el('th', {scope: 'col'}, name)))),
    el('tbody', {}, ...rows.map((row) => el('tr', {}, ...row.map((cell, i) =>
      el('td', {class: columns[i].startsWith('#') ? 'n' : i === 0 ? 'id' : null,
        'data-name': columns[i].replace('#', '')}, cell)))))));
}

/** A section that this service has nothing for is not there, nor is its link. */
export function absent(id, is) {
  byId(id).hidden = is;
  document.querySelector(`.top nav a[href="#${id}"]`).hidden = is;
}

/** Asks before something is done; answers whether to. */
export function ask(title, words, verb) {
  const dialog = byId('ask');
  text(byId('ask-title'), title);
  text(byId('ask-text'), words);
  text(byId('ask-yes'), verb);
  dialog.returnValue = 'no';
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), {once: true});
    dialog.showModal();
  });
}
