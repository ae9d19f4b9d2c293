// What the right side of the divider shows: presets, or any layer, date and shift.
import { daysOf, isDosage, layerOf, layers, nearest, stylesFor } from "./catalog.js";
import { find, make } from "./dom.js";
import { capital, shiftDays, shortDate } from "./words.js";

/** @typedef {import("./permalink.js").Place} Place */
/** @typedef {import("./permalink.js").Choice} Choice */
/** @typedef {import("./catalog.js").Day} Day */
/** @typedef {Partial<Choice>} Part */
/** @typedef {{name: string, part: (choice: Choice) => Part | Promise<Part>}} Preset */

const CHANGE = "Difference";
const NOTHING = "No comparison";
/** @type {Preset[]} */
const PRESETS = [
  { name: "Dosage and risk", part: dosageAndRisk },
  { name: "Another day", part: ({ layer, date, shift }) =>
    ({ compare: { layer, date: shiftDays(date, -1), shift } }) },
  { name: "Another layer", part: anotherLayer },
  { name: CHANGE, part: ({ date }) => ({ compare: null, minus: shiftDays(date, -1) }) },
  { name: NOTHING, part: () => ({ compare: null }) },
];

/** @type {Choice} */
let choice;

/**
 * @param {(part: Part) => void} change
 * @param {(error: any) => void} complain
 */
export function openCompare(change, complain) {
  for (const { name, part } of PRESETS) {
    const button = make("button", { type: "button", "aria-pressed": "false" }, name);
    button.addEventListener("click", () => Promise.resolve(part(choice))
      .then((wanted) => change({ minus: "", ...wanted })).catch(complain));
    find("presets").append(button);
  }
  find("minus").addEventListener("change", () => change({ minus: find("minus").value }));
  for (const part of ["layer", "date", "shift"]) {
    find(`right-${part}`).addEventListener("change", () => change({ compare: {
      layer: find("right-layer").value, date: find("right-date").value,
      shift: find("right-shift").value,
    } }));
  }
}

/**
 * Show what is compared.
 *
 * @param {Choice} chosen
 * @param {Day[]} leftDays of the layer, newest first
 * @param {Day[]} days of the right layer
 */
export function renderCompare(chosen, leftDays, days) {
  choice = chosen;
  const { compare } = chosen;
  const pressed = nameOf(chosen);
  for (const button of find("presets").children) {
    button.setAttribute("aria-pressed", String(button.textContent === pressed));
  }
  hide(PRESETS[0].name, !layers.some(isDosage) || layers.every(isDosage));
  hide(CHANGE, stylesFor(chosen.layer, true).length === 0);
  find("change-side").hidden = !chosen.minus;
  options("minus", leftDays.map(({ date }) => [date, shortDate(date)]), chosen.minus);
  find("right-side").hidden = !compare;
  if (!compare) return;
  options("right-layer", layers.map(({ id, title }) => [id, title]), compare.layer);
  options("right-date", days.map(({ date }) => [date, shortDate(date)]), compare.date);
  const shifts = days.find(({ date }) => date === compare.date)?.shifts ?? [];
  options("right-shift", shifts.map(({ shift }) => [shift, capital(shift)]), compare.shift);
}

/** @param {string} name @param {boolean} hidden */
function hide(name, hidden) {
  const button = [...find("presets").children].find((one) => one.textContent === name);
  if (button) button.hidden = hidden;
}

/** @param {Choice} chosen */
function nameOf({ layer, compare, minus }) {
  if (minus) return CHANGE;
  if (!compare) return NOTHING;
  if (compare.layer === layer) return PRESETS[1].name;
  return PRESETS[isOfPatrol(layer) === isOfPatrol(compare.layer) ? 2 : 0].name;
}

/** @param {string} id */
function isOfPatrol(id) {
  const layer = layerOf(id);
  return layer !== undefined && isDosage(layer);
}

/**
 * Dosage is known of days gone by and risk of days to come: take the newest date that has both.
 *
 * @param {Choice} chosen
 * @returns {Promise<Part>}
 */
async function dosageAndRisk({ layer, date, shift }) {
  const other = layers.find((one) => isDosage(one) !== isOfPatrol(layer));
  if (!other) return {};
  const dates = new Set((await daysOf(other.id)).map((day) => day.date));
  const both = (await daysOf(layer)).map((day) => day.date).filter((one) => dates.has(one));
  const shared = both.find((one) => one <= date) ?? both[0] ?? date;
  return { date: shared, compare: { layer: other.id, date: shared, shift } };
}

/** @param {Choice} chosen @returns {Part} */
function anotherLayer({ layer, date, shift }) {
  const other = layers.find((one) => one.id !== layer && !isDosage(one)) ?? layers[0];
  return { compare: { layer: other.id, date, shift } };
}

/** @param {string} id @param {string[][]} choices @param {string} chosen */
function options(id, choices, chosen) {
  find(id).replaceChildren(...choices.map(([value, text]) =>
    make("option", { value, selected: value === chosen }, text)));
}

/**
 * Return the published place nearest to a wished one.
 *
 * @param {Place} wished
 */
export async function placeOf(wished) {
  const days = await daysOf(wished.layer);
  const found = nearest(days, wished.date, wished.shift);
  if (!found) throw new Error("Nothing is published of this layer.");
  return { days, shift: found.shift,
    place: { layer: wished.layer, date: found.day.date, shift: found.shift.shift } };
}
