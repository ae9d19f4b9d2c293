// What the colours mean, in words.
import { isDosage, layerOf } from "./catalog.js";
import { find, make } from "./dom.js";
import { figure } from "./words.js";

/** @typedef {{label: string, words?: string, colour: string, opacity: number, share?: number | null,
 *   from_value?: number | null, cells?: number | null}} Entry */

const RANKS = "Colours rank the cells of this layer and shift. They are not a level of danger: the "
  + "highest 1 % exists on the quietest day too.";
const RANKS_PATROL = "Colours rank the cells by minutes of patrol in this shift.";
const CHANGE = "A change from one day to another is no effect of anything by itself.";

const RANKS_BOTH = "On each side the colours rank the cells of that layer and shift. They are not "
  + "a level of danger.";

/**
 * @param {{layer: string, units?: string, entries: Entry[]}} legend
 * @param {{title: string, change: boolean, both: boolean}} of both where two sides are compared
 */
export function renderLegend(legend, { title, change, both }) {
  const ranked = legend.entries.some(({ share }) => share);
  find("legend-title").textContent = both ? "both sides" : title;
  find("meaning").textContent = change ? CHANGE : ranked ? ranks(legend.layer, both) : "";
  find("entries").replaceChildren(...legend.entries.map((entry) => line(entry, legend.layer, ranked && both)));
  find("legend").hidden = false;
}

/** @param {string} layer @param {boolean} both */
function ranks(layer, both) {
  const shown = layerOf(layer);
  if (both) return RANKS_BOTH;
  return shown && isDosage(shown) ? RANKS_PATROL : RANKS;
}

/** @param {Entry} entry @param {string} layer @param {boolean} brief values differ by side */
function line(entry, layer, brief) {
  const colour = make("i");
  colour.style.background = entry.colour;
  colour.style.opacity = entry.opacity;
  const words = brief ? "" : detail(entry, layer);
  return make("li", {},
    make("span", { className: "swatch" }, colour),
    make("span", {}, entry.label, words ? make("small", {}, words) : null));
}

/** @param {Entry} entry @param {string} layer */
function detail(entry, layer) {
  // Styles by value say in the label what a colour is; the rest of their words is the unit's value.
  if (!entry.share) return entry.words?.startsWith(`${entry.label}: `)
    ? entry.words.slice(entry.label.length + 2) : "";
  const value = entry.from_value;
  if (!value || !(value > 0)) return "";
  const shown = layerOf(layer);
  if (shown?.units === "min") return `at least ${figure(value)} unit minutes`;
  if (!shown?.crime_type) return `priority of at least ${figure(value)}`;
  const shifts = 1 / value;
  if (shifts < 1.05) return `at least ${value.toFixed(1)} incidents a shift`;
  return `at least one incident in about ${figure(Number(shifts.toPrecision(2)))} such shifts`;
}
