// What is on the map, as addresses of the service: one raster, two beside each other, or a change.
import { layerOf } from "./catalog.js";
import { describe } from "./timeline.js";
import { capital, longDate, shortDate } from "./words.js";
import { styleAddress } from "./look.js";

/** @typedef {import("./permalink.js").Place} Place */
/** @typedef {import("./permalink.js").Choice} Choice */
/** @typedef {import("./catalog.js").Shift} Shift */
/** @typedef {{place: Place, shift: Shift, title: string, when: string, folder: string,
 *   tiles: string, point: string}} Side - paths of its documents, its tiles and its values */

/**
 * @param {Choice} choice
 * @param {{place: Place, shift: Shift}} placed
 * @returns {Side}
 */
export function valuesOf(choice, { place, shift }) {
  const style = styleAddress(choice, place.layer);
  const dated = `/v1/tiles/${place.layer}/${place.date}/${place.shift}`;
  return {
    place, shift, title: layerOf(place.layer)?.title ?? place.layer,
    when: `${longDate(place.date)}\n${describe(shift)}`,
    folder: `${dated}/${style}`, point: `${dated}/point`,
    tiles: `/v1/tiles/${place.layer}/v/${shift.version}/${style}`,
  };
}

/**
 * @param {Choice} choice
 * @param {{place: Place, shift: Shift}} placed
 * @param {{date: string, shift: Shift}} other what is taken away
 * @returns {Side}
 */
export function changeOf(choice, { place, shift }, other) {
  const style = styleAddress(choice, place.layer);
  const dated = `/v1/tiles/${place.layer}/${place.date}/${place.shift}/minus/${other.date}`;
  return {
    place, shift, title: `${layerOf(place.layer)?.title ?? place.layer}: difference`,
    when: `${longDate(place.date)}\nless ${longDate(other.date)}\n${describe(shift)}`,
    folder: `${dated}/${style}`, point: `${dated}/point`,
    tiles: `/v1/tiles/${place.layer}/v/${shift.version}/minus/${other.shift.version}/${style}`,
  };
}

/** @param {Side} side @returns {string} two short lines */
export const nameOf = ({ title, place }) =>
  `${title}\n${shortDate(place.date)}, ${capital(place.shift)}`;
