// The cell that was clicked: its value in words, and its history.
import { EMPTY } from "./base_map.js";
import { find, make } from "./dom.js";
import { historyOf } from "./history.js";
import { RefusedError, ask } from "./service.js";
import { announce } from "./status.js";
import { capital, shiftDays, shortDate } from "./words.js";

/** @typedef {import("./sides.js").Side} Side */

const DAYS = 59;
let question = 0;

/**
 * Read a place on what the map shows, one side after the other.
 *
 * @param {any} map
 * @param {{lng: number, lat: number}} place
 * @param {Side[]} sides one, or the left and the right one
 * @param {string} box the approved box there in words; empty for none
 */
export async function readCell(map, { lng, lat }, sides, box) {
  const asked = ++question;
  const where = new URLSearchParams({ lon: lng.toFixed(6), lat: lat.toFixed(6) });
  const answers = await Promise.all(sides.map(async (side) => {
    const { layer, date, shift } = side.place;
    const point = ask(`${side.point}?${where}`);
    const period = `shift=${shift}&from=${shiftDays(date, -DAYS)}`;
    const series = ask(`/v1/tiles/${layer}/series?${where}&${period}`).catch(noSeries);
    return { side, point: await point, series: await series };
  }));
  if (!map.isSourceLoaded("districts")) await new Promise((resolve) => map.once("idle", resolve));
  if (asked !== question) return; // a later question, or another layer, came between
  const [{ point }] = answers;
  const found = map.queryRenderedFeatures(map.project([lng, lat]), { layers: ["districts"] })[0];
  const district = point.inside ? found?.properties.name ?? found?.properties.district_id : undefined;
  find("place").textContent = district ?? (point.inside ? "Value of a cell" : "Outside the area");
  find("words").replaceChildren(
    ...(box ? [make("p", { className: "box" }, box)] : []),
    ...answers.flatMap((one) => told(one, sides.length > 1)));
  announce(`${district ? `${district}. ` : ""}${answers.map((one) => one.point.words).join(" ")}`);
  find("cell").hidden = false;
  map.getSource("cell").setData(
    point.inside ? { type: "Feature", properties: {}, geometry: point.cell } : EMPTY);
}

/** Close the card. @param {any} map */
export function forgetCell(map) {
  question += 1;
  find("cell").hidden = true;
  map.getSource("cell").setData(EMPTY);
}

/** @param {any} error */
function noSeries(error) {
  // A long publication has more shifts than a series may have; the value is told all the same.
  if (error instanceof RefusedError) return null;
  throw error;
}

/** @param {{side: Side, point: any, series: any}} answer @param {boolean} named */
function told({ side, point, series }, named) {
  const name = `${point.title}: ${shortDate(point.date)}, ${capital(point.shift)}`;
  const heading = named ? [make("h3", { className: "side-heading" }, name)] : [];
  const text = [...heading, make("p", {}, point.words)];
  return point.inside && series ? [...text, ...historyOf(series, side.place)] : text;
}
