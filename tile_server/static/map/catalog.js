// What is published: layers in groups, their dates and shifts, and styles.
import { ask } from "./service.js";

/** @typedef {{id: string, title: string, units: string, crime_type: string | null,
 *   newest_date: string}} Layer */
/** @typedef {{shift: string, start: string, end: string, version: string, run_id: string,
 *   as_of: string, bounds: [number, number, number, number]}} Shift */
/** @typedef {{date: string, shifts: Shift[], retracted?: object[]}} Day */
/** @typedef {{id: string, title: string, kind?: string, units?: string | null}} Style */

/** @type {Layer[]} */
export let layers = [];
/** @type {Style[]} */
export let styles = [];
/** @type {Map<string, Day[]>} newest first */
const days = new Map();

/** Read the lists anew. */
export async function readCatalog() {
  days.clear();
  [layers, styles] = await Promise.all([ask("/v1/layers"), ask("/v1/styles")]);
}

/**
 * Return the dates of a layer of which something is published, newest first.
 *
 * @param {string} layer
 * @param {{anew?: boolean}} [how]
 * @returns {Promise<Day[]>}
 */
export async function daysOf(layer, { anew = false } = {}) {
  if (anew || !days.has(layer)) days.set(layer, await ask(`/v1/layers/${layer}/dates`));
  return (days.get(layer) ?? []).filter((day) => day.shifts.length > 0);
}

/**
 * Return the dates of a layer that were taken back altogether.
 *
 * @param {string} layer
 */
export const takenBack = (layer) =>
  (days.get(layer) ?? []).filter((day) => day.shifts.length === 0).map((day) => day.date);

/** @param {string} id @returns {Layer | undefined} */
export const layerOf = (id) => layers.find((layer) => layer.id === id);

/**
 * Return the styles for the values of a layer, or for differences of two days.
 *
 * @param {string} layer
 * @param {boolean} difference
 */
export function stylesFor(layer, difference) {
  const units = layerOf(layer)?.units;
  return styles.filter((style) => (style.kind === "difference") === difference
    && (!style.units || style.units === units));
}

/** @param {Layer} layer */
export const isDosage = (layer) => layer.units === "min";

/** @returns {{title: string, layers: Layer[]}[]} the groups that have a layer */
export function groupedLayers() {
  const groups = [
    { title: "All crime types", layers: layers.filter((one) => !one.crime_type && !isDosage(one)) },
    { title: "Risk of one crime type", layers: layers.filter((one) => one.crime_type) },
    { title: "Patrol on days gone by", layers: layers.filter(isDosage) },
  ];
  return groups.filter((group) => group.layers.length > 0);
}

/**
 * Return the date and shift of a layer nearest to what is wished.
 *
 * @param {Day[]} known newest first
 * @param {string} date empty for the newest
 * @param {string} shift empty for the present one
 */
export function nearest(known, date, shift) {
  if (known.length === 0) return null;
  const day = known.find((one) => one.date === date)
    ?? (date ? known.find((one) => one.date < date) : undefined) ?? known[0];
  const now = Date.now();
  const found = day.shifts.find((one) => one.shift === shift)
    ?? day.shifts.find((one) => Date.parse(one.start) <= now && now < Date.parse(one.end))
    ?? day.shifts[0];
  return { day, shift: found };
}
