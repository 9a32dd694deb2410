// Line charts over the last quarter of an hour, drawn by uPlot.
import {el, text, setAttribute} from './dom.js';

const WIDE_S = 900;
/** How far back the newest value of a line with gaps may lie. */
const NEWEST_S = 10;
/** Soon after a start the little there is does not stand at the edge of an empty chart. */
const NARROW_S = 120;
const charts = new Set();
const probe = el('span', {hidden: true});
document.body.append(probe);

/** What a colour of the style sheet is in the present theme. */
function colour(name) {
  probe.style.color = `var(--${name})`;
  return getComputedStyle(probe).color;
}

/**
 * A chart with its caption, which names the lines and their newest values.
 *
 * @param lines [{name, colour, write}] in the order of the data
 * @param options write: how the axis writes a number; steps: between its numbers, if not decimal;
 *     top: least value at its top; log; tall;
 *     span: join points across what is missing between them
 */
export function chart(title, lines, options) {
  const values = lines.map(() => el('span'));
  const keys = lines.map((line, i) => el('span', {class: 'key c-' + line.colour}, line.name + ' ',
    values[i]));
  const plot = el('div', {class: 'plot' + (options.tall ? ' tall' : ''), role: 'img',
    'aria-label': title});
  const figure = el('figure', {class: 'card chart'},
    el('figcaption', {}, el('b', {}, title), ...keys), plot);
  let drawn = null;
  let data = [[], ...lines.map(() => [])];

  function draw() {
    drawn?.destroy();
    drawn = null;
    if (plot.clientWidth === 0) return;
    const quiet = colour('quiet');
    const grid = {stroke: colour('grid'), width: 1};
    const axis = {stroke: quiet, grid, ticks: {show: false}, font: '11px system-ui, sans-serif'};
    drawn = new uPlot({
      width: plot.clientWidth,
      height: plot.clientHeight,
      padding: [6, 26, 0, 0],
      legend: {show: false},
      cursor: {sync: {key: 'all'}, points: {size: 6}, drag: {x: false, y: false},
        y: false},
      scales: {
        x: {time: true, range: (self, least, most) => [
          Math.max((most ?? 0) - WIDE_S, Math.min(least ?? 0, (most ?? 0) - NARROW_S)), most ?? 0]},
        y: options.log
          ? {distr: 3, range: (self, least, most) => most === null ? [1e-2, 1e2]
            : [10 ** Math.floor(Math.log10(Math.max(1e-3, least))),
              10 ** Math.ceil(Math.log10(Math.max(1e-2, most * 1.0001)))]}
          : {range: (self, least, most) => [0, Math.max(options.top ?? 1, (most ?? 0) * 1.12)]},
      },
      axes: [
        {...axis, size: 26, gap: 9, space: 70, values: [
          [60, '{HH}:{mm}', null, null, null, null, null, null, 1],
          [1, '{HH}:{mm}:{ss}', null, null, null, null, null, null, 1]]},
        {...axis, size: 52, space: 32, ...options.steps && {incrs: options.steps}, values: (self, splits) => splits.map((value) =>
          value === null ? '' : options.write(value))},
      ],
      series: [{}, ...lines.map((line) => ({
        label: line.name, stroke: colour(line.colour), width: 1.5,
        fill: options.fill && lines.length === 1 ? faded(colour(line.colour)) : undefined,
        points: {show: false}, spanGaps: options.span === true}))],
      hooks: {setCursor: [show]},
    }, data, plot);
  }

  function faded(opaque) {
    return opaque.replace('rgb(', 'rgba(').replace(')', ', 0.12)');
  }

  /** The values under the cursor, or the newest ones. */
  function show() {
    const at = drawn?.cursor.idx;
    lines.forEach((line, i) => {
      const column = data[i + 1];
      const value = Number.isInteger(at) ? column[at] : options.span
        ? column.slice(-NEWEST_S).findLast((one) => one !== null) : column.at(-1);
      text(values[i], value === null || value === undefined ? '–' : line.write(value));
    });
  }

  charts.add(draw);
  new ResizeObserver(() => {
    if (drawn === null || drawn.width !== plot.clientWidth) draw();
  }).observe(plot);
  return {
    figure,
    /** Seconds, then a column for each line. */
    set(columns) {
      data = columns;
      drawn?.setData(data);
      show();
      setAttribute(plot, 'aria-label', title + ': '
        + lines.map((line, i) => line.name + ' ' + values[i].textContent).join(', '));
    },
  };
}

/** The theme has changed. */
export function redraw() {
  charts.forEach((draw) => draw());
}
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
