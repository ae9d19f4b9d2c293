// Approved boxes over the tiles, for keys that open them.
import { EMPTY } from "./base_map.js";
import { RefusedError, ask } from "./service.js";

const INK = "#0a3d62";

/**
 * Show the approved boxes of a date and shift; none where `wanted` is false.
 *
 * @param {any} map
 * @param {{date: string, shift: string}} when
 * @param {boolean} wanted
 * @returns {Promise<string>} what there is to say about it
 */
export async function showAssignments(map, { date, shift }, wanted) {
  addLayers(map);
  if (!wanted) {
    map.getSource("boxes").setData(EMPTY);
    return "";
  }
  let boxes = EMPTY;
  try {
    boxes = await ask(`/v1/assignments/${date}.geojson`);
  } catch (error) {
    map.getSource("boxes").setData(EMPTY);
    if (!(error instanceof RefusedError)) throw error;
    return error.status === 403
      ? "This key does not open assignments." : "No approved boxes for this date.";
  }
  const features = /** @type {any[]} */ (boxes.features).filter((one) => one.properties.shift === shift);
  map.getSource("boxes").setData({ type: "FeatureCollection", features });
  return features.length === 1 ? "1 approved box in this shift."
    : `${features.length || "No"} approved boxes in this shift.`;
}

/**
 * @param {any} map
 * @param {{x: number, y: number}} point of the map's picture
 * @returns {string} the box there in words, empty where there is none
 */
export function boxAt(map, point) {
  if (!map.getLayer("boxes")) return "";
  const found = map.queryRenderedFeatures(point, { layers: ["boxes"] })[0]?.properties;
  if (!found) return "";
  const type = String(found.dominant_type ?? "").replaceAll("_", " ");
  return `Approved box ${found.rank}: ${found.visits} visits of ${found.visit_minutes} minutes${
    type ? `, mostly for ${type}` : ""}.`;
}

/** @param {any} map */
function addLayers(map) {
  if (map.getSource("boxes")) return;
  map.addSource("boxes", { type: "geojson", data: EMPTY });
  const add = (/** @type {string} */ id, /** @type {string} */ type, /** @type {object} */ paint) =>
    map.addLayer({ id, type, source: "boxes", paint }, "cell-halo");
  add("boxes", "fill", { "fill-color": INK, "fill-opacity": 0.12 });
  add("boxes-halo", "line", { "line-color": "#ffffff", "line-width": 4.5 });
  add("boxes-edge", "line", { "line-color": INK, "line-width": 2, "line-dasharray": [2, 1] });
}
