// The heading: which layer, date and shift, how fresh it is, and from which run.
import { find } from "./dom.js";
import { announce } from "./status.js";
import { shortDate, utcMoment } from "./words.js";

/** @typedef {import("./catalog.js").Shift} Shift */

/**
 * @param {import("./sides.js").Side} side
 * @param {string} newest newest date of the layer
 * @param {string} gone the date that was wished and taken back; empty for none
 */
export function renderHeading({ title, when, place, shift }, newest, gone) {
  if (find("title").textContent !== title || find("subtitle").textContent !== when) {
    announce(`${title}, ${when.replaceAll("\n", ", ")}`);
  }
  find("title").textContent = title;
  find("subtitle").textContent = when;
  find("freshness").textContent = [
    gone && `${shortDate(gone)} was taken back; this is the nearest day.`,
    `As of ${utcMoment(shift.as_of)}.`,
    newest > place.date ? `There is a newer date: ${shortDate(newest)}.` : agedWords(shift),
    `Run ${shift.run_id}.`,
  ].filter(Boolean).join(" ");
  document.title = `${title}, ${place.date} ${place.shift} · Evenbeat`;
}

/** @param {Shift} shift the newest one: a map that stands still should say so */
function agedWords(shift) {
  const days = Math.floor((Date.now() - Date.parse(shift.end)) / 86_400_000);
  if (days < 1) return "";
  return `This newest date ended ${days.toLocaleString("en")} ${days === 1 ? "day" : "days"} ago.`;
}
