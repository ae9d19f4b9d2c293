// Two rasters side by side: a divider that pointer and keyboard move.
import { find } from "./dom.js";

const STEPS = /** @type {Record<string, (at: number) => number>} */ ({
  ArrowLeft: (at) => at - 2, ArrowDown: (at) => at - 2, PageDown: (at) => at - 10, Home: () => 0,
  ArrowRight: (at) => at + 2, ArrowUp: (at) => at + 2, PageUp: (at) => at + 10, End: () => 100,
});

let at = 50;
/** @type {(split: number) => void} */
let tell = () => {};

/** @param {(split: number) => void} onMove told the share of the map that is left, in percent */
export function openSwipe(onMove) {
  tell = onMove;
  const divider = find("divider");
  divider.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    moveTo(step(at));
  });
  divider.addEventListener("pointerdown", (/** @type {PointerEvent} */ event) => {
    event.preventDefault();
    divider.focus();
    divider.setPointerCapture(event.pointerId);
  });
  divider.addEventListener("pointermove", (/** @type {PointerEvent} */ event) => {
    if (!divider.hasPointerCapture(event.pointerId)) return;
    const { left, width } = find("stage").getBoundingClientRect();
    moveTo((100 * (event.clientX - left)) / width);
  });
}

/**
 * @param {{left: string, right: string} | null} names of the sides; null for no divider
 * @param {number} split
 */
export function renderSwipe(names, split) {
  for (const id of ["divider", "left-name", "right-name", "map-right"]) find(id).hidden = !names;
  find("stage").classList.toggle("compared", names !== null);
  if (!names) return;
  find("left-name").textContent = names.left;
  find("right-name").textContent = names.right;
  find("divider").setAttribute("aria-label", `Divider: left ${names.left}, right ${names.right}`);
  place(split);
}

/** @param {number} split */
function moveTo(split) {
  place(split);
  tell(at);
}

/** @param {number} split */
function place(split) {
  at = Math.min(100, Math.max(0, split));
  find("stage").style.setProperty("--split", `${at}%`);
  const divider = find("divider");
  divider.setAttribute("aria-valuenow", String(Math.round(at)));
  divider.setAttribute("aria-valuetext", `${Math.round(at)} % of the map is the left side`);
}
