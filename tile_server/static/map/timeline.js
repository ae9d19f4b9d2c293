// The shift slider, steps to the shift before and after, and play.
import { find, make } from "./dom.js";
import { capital, clock, hour } from "./words.js";

const PLAY_MS = 1200;

/** @typedef {import("./catalog.js").Day} Day */
/** @typedef {{date: string, shift: string}} When */

/** @type {Day[]} newest first */
let days = [];
/** @type {When} */
let now = { date: "", shift: "" };
/** @type {(when: When) => Promise<void>} */
let choose = async () => {};
let playing = false;

/** @param {(when: When) => Promise<void>} onChoice fulfilled once it is shown */
export function openTimeline(onChoice) {
  choose = onChoice;
  find("shift").addEventListener("input", () => {
    stop();
    choose({ date: now.date, shift: shiftsOf(now.date)[Number(find("shift").value)].shift });
  });
  find("earlier").addEventListener("click", () => { stop(); step(-1); });
  find("later").addEventListener("click", () => { stop(); step(1); });
  find("play").addEventListener("click", () => { if (playing) stop(); else play(); });
}

/**
 * @param {Day[]} known
 * @param {When} when
 */
export function renderTimeline(known, when) {
  days = known;
  now = when;
  const shifts = shiftsOf(when.date);
  const index = shifts.findIndex((one) => one.shift === when.shift);
  const slider = find("shift");
  slider.max = String(Math.max(0, shifts.length - 1));
  slider.value = String(index);
  slider.disabled = shifts.length < 2;
  slider.setAttribute("aria-valuetext", describe(shifts[index]));
  find("ticks").replaceChildren(...shifts.map((one) =>
    make("li", { className: one.shift === when.shift ? "now" : "" },
      make("b", {}, capital(one.shift)), `${hour(one.start)}–${hour(one.end)} h`)));
  find("timeline").style.setProperty("--shifts", String(shifts.length));
  const place = order().findIndex(same);
  find("earlier").disabled = place <= 0;
  find("later").disabled = place >= order().length - 1;
  find("play").disabled = order().length < 2;
}

/** @param {import("./catalog.js").Shift} shift */
export const describe = (shift) =>
  `${capital(shift.shift)} shift, ${clock(shift.start)} to ${clock(shift.end)}`;

/** @param {string} date */
const shiftsOf = (date) => days.find((day) => day.date === date)?.shifts ?? [];

/** @returns {When[]} every shift, oldest first */
const order = () => [...days].reverse().flatMap(({ date, shifts }) =>
  shifts.map(({ shift }) => ({ date, shift })));

/** @param {When} when */
const same = (when) => when.date === now.date && when.shift === now.shift;

/** @param {number} steps */
async function step(steps, { around = false } = {}) {
  const all = order();
  const place = all.findIndex(same) + steps;
  const wanted = around ? all[(place + all.length) % all.length] : all[place];
  if (wanted) await choose(wanted);
}

async function play() {
  playing = true;
  renderPlay();
  while (playing) {
    const begun = performance.now();
    await step(1, { around: true });
    const rest = Math.max(200, PLAY_MS - (performance.now() - begun));
    await new Promise((resolve) => setTimeout(resolve, rest));
  }
}

/** Stop playing. */
export function stop() {
  playing = false;
  renderPlay();
}

function renderPlay() {
  find("play").textContent = playing ? "Pause" : "Play";
  find("play").classList.toggle("playing", playing);
}
