// The choice of what is shown, in the address after #, so that it can be kept and sent.

/** @typedef {{layer: string, date: string, shift: string}} Place */
/** @typedef {Place & {style: string, top: string, opacity: number, view: string,
 *   compare: Place | null, split: number,
 *   minus: string}} Choice - minus is the other date of a difference, empty for none */

/** @returns {Choice} */
export function readPermalink() {
  const found = new URLSearchParams(location.hash.slice(1));
  const text = (/** @type {string} */ name) => found.get(name) ?? "";
  const number = (/** @type {string} */ name, /** @type {number} */ otherwise) => {
    const value = Number(found.get(name) ?? otherwise);
    return Number.isFinite(value) ? Math.min(100, Math.max(0, value)) : otherwise;
  };
  const [layer = "", date = "", shift = ""] = text("compare").split("/");
  return {
    layer: text("layer"), date: text("date"), shift: text("shift"), style: text("style"),
    top: text("top"), opacity: number("opacity", 100), view: text("view"),
    compare: layer ? { layer, date, shift } : null, split: number("split", 50),
    minus: layer ? "" : text("minus"),
  };
}

/** @param {Choice} choice */
export function writePermalink(choice) {
  const { compare } = choice;
  const parts = {
    layer: choice.layer, date: choice.date, shift: choice.shift, style: choice.style,
    top: choice.top, opacity: choice.opacity === 100 ? "" : String(choice.opacity),
    compare: compare ? `${compare.layer}/${compare.date}/${compare.shift}` : "",
    split: compare && choice.split !== 50 ? String(Math.round(choice.split)) : "",
    minus: choice.minus, view: choice.view,
  };
  const told = Object.entries(parts).filter(([, value]) => value);
  // Slashes are plain in a fragment, and read better so.
  const hash = new URLSearchParams(told).toString().replaceAll("%2F", "/");
  history.replaceState(null, "", `#${hash}`);
}

/**
 * @param {string} view as zoom/latitude/longitude
 * @returns {{zoom: number, center: [number, number]} | null}
 */
export function parseView(view) {
  const [zoom, latitude, longitude] = view.split("/").map(Number);
  const whole = [zoom, latitude, longitude].every(Number.isFinite) && view !== "";
  if (!whole || Math.abs(latitude) > 85 || Math.abs(longitude) > 180) return null;
  return { zoom, center: [longitude, latitude] };
}
