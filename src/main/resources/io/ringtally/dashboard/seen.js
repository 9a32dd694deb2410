// What is asked for again and again, but only while somebody can see it.
import {byId} from './dom.js';

/** Coming back is no reason to ask twice within this time. */
const LEAST_MS = 1_000;

/**
 * Has a section look now and then: every so many milliseconds while it is in view, and when it comes
 * into view again. A look that fails is followed by the next one all the same; one that returns
 * false is the last. What is returned has it look at once, seen or not.
 */
export function whileSeen(section, everyMs, look) {
  let inView = false;
  let over = false;
  let round = 0;
  let timer = null;
  let last = -Infinity;

  async function turn() {
    clearTimeout(timer);
    if (over) return;
    last = performance.now();
    const mine = ++round;
    const goesOn = await Promise.resolve().then(look).catch(() => true);
    if (mine === round) {
      over = goesOn === false;
      again(everyMs);
    }
  }

  function again(ms) {
    clearTimeout(timer);
    if (!over && inView && !document.hidden) timer = setTimeout(turn, ms);
  }

  function seen() {
    again(Math.max(0, LEAST_MS - (performance.now() - last)));
  }

  new IntersectionObserver((entries) => {
    const is = entries.at(-1).isIntersecting;
    if (is === inView) return;
    inView = is;
    seen();
  }).observe(byId(section));
  document.addEventListener('visibilitychange', seen);
  return turn;
}
