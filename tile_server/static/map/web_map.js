// The map itself: one that people move, and on demand a second one that follows it.
import { baseStyle, followTheme } from "./base_map.js";
import { find } from "./dom.js";
import { signRequest } from "./signatures.js";

const DEEPEST = 17;
const loading = import("../vendor/maplibre-gl/maplibre-gl.mjs");

/** @param {string} container @param {any} more */
async function makeMap(container, more) {
  const { Map: WebMap } = await loading;
  const map = /** @type {any} */ (new WebMap({
    container, attributionControl: false, dragRotate: false, pitchWithRotate: false, maxPitch: 0,
    maxZoom: DEEPEST, minZoom: 5, renderWorldCopies: false, transformRequest: signRequest,
    fadeDuration: 0, ...more,
  }));
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  followTheme(map);
  await new Promise((resolve) => map.once("style.load", resolve)); // tiles need not wait for more
  return map;
}

/**
 * Open the map that people move.
 *
 * @param {[number, number, number, number]} bounds
 * @param {any} districts
 * @param {{zoom: number, center: [number, number]} | null} view
 * @param {{read: (place: {lng: number, lat: number}) => void, moved: (view: string) => void,
 *   failed: (status: number | undefined) => void}} on
 */
export async function openMap(bounds, districts, view, on) {
  const { NavigationControl, ScaleControl } = await loading;
  const start = view ?? { bounds, fitBoundsOptions: { padding: 24 } };
  const map = await makeMap("map", { style: baseStyle(bounds, districts), ...start });
  map.addControl(new NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new ScaleControl({ unit: "metric" }), "bottom-left");
  map.addControl(new ScaleControl({ unit: "imperial" }), "bottom-left");
  const canvas = map.getCanvas();
  canvas.setAttribute("aria-label",
    "Map. Arrow keys move, plus and minus zoom, Enter reads the cell in the centre.");
  canvas.setAttribute("aria-roledescription", "map");
  canvas.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "Enter") on.read(map.getCenter());
  });
  map.on("click", (/** @type {any} */ event) => on.read(event.lngLat));
  map.on("moveend", () => on.moved(viewOf(map)));
  watchErrors(map, on.failed);
  return map;
}

/**
 * Open a map that lies over another one, shows the same view, and takes no pointer or key.
 *
 * @param {any} leader
 * @param {[number, number, number, number]} bounds
 * @param {any} districts
 * @param {(status: number | undefined) => void} failed
 */
export async function openFollower(leader, bounds, districts, failed) {
  const map = await makeMap("map-right", {
    style: baseStyle(bounds, districts), interactive: false,
    center: leader.getCenter(), zoom: leader.getZoom(),
  });
  map.getCanvas().setAttribute("aria-hidden", "true");
  map.getCanvas().removeAttribute("tabindex");
  const follow = () => map.jumpTo({ center: leader.getCenter(), zoom: leader.getZoom() });
  leader.on("move", follow);
  leader.on("resize", follow);
  follow();
  watchErrors(map, failed);
  return map;
}

/** @param {any} map @param {(status: number | undefined) => void} failed */
function watchErrors(map, failed) {
  map.on("error", (/** @type {any} */ event) => failed(event.error?.status));
}

/** @param {any} map */
function viewOf(map) {
  const { lng, lat } = map.getCenter();
  return `${map.getZoom().toFixed(2)}/${lat.toFixed(5)}/${lng.toFixed(5)}`;
}

/** Show whom the base map is by; nothing without one. @param {string} text */
export function attribute(text) {
  find("attribution").textContent = text;
  find("attribution").hidden = !text;
}
