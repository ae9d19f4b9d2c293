// How the tiles look: colours, the share of the area that is shown, opacity.
import { stylesFor } from "./catalog.js";
import { find, make } from "./dom.js";

/** @typedef {import("./permalink.js").Choice} Choice */

const SHARES = ["5", "2", "1", "0.5"];

/** @param {(part: Partial<Choice>) => void} change */
export function openLook(change) {
  find("style").addEventListener("change", () => change({ style: find("style").value }));
  find("top").addEventListener("change", () => change({ top: find("top").value }));
  find("opacity").addEventListener("input", () => {
    change({ opacity: Number(find("opacity").value) });
  });
}

/** Make a choice one that there is. @param {Choice} choice */
export function settleLook(choice) {
  choice.style = fitting(choice, choice.layer);
  if (!SHARES.includes(choice.top)) choice.top = "";
}

/** @param {Choice} choice */
export function renderLook(choice) {
  const styles = stylesFor(choice.layer, choice.minus !== "");
  find("style").replaceChildren(...styles.map(({ id, title }) =>
    make("option", { value: id, selected: id === choice.style }, title)));
  find("top").value = choice.top;
  for (const id of ["top", "top-label"]) find(id).hidden = choice.minus !== "";
  find("opacity").value = String(choice.opacity);
  find("opacity").setAttribute("aria-valuetext", `${choice.opacity} %`);
}

/**
 * Return the style of a layer as addresses have it: the chosen one where it is for that layer.
 *
 * @param {Choice} choice
 * @param {string} layer
 */
export function styleAddress(choice, layer) {
  const style = fitting(choice, layer);
  return choice.top && !choice.minus ? `${style}~top${choice.top}` : style;
}

/** @param {Choice} choice @param {string} layer */
function fitting({ style, minus }, layer) {
  const known = stylesFor(layer, minus !== "").map(({ id }) => id);
  return known.includes(style) ? style : known[0];
}
