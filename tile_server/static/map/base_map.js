// What lies below the tiles: districts and a grid of degrees, or the agency's own base map.
import { told } from "./service.js";

export const EMPTY = { type: "FeatureCollection", features: [] };

const THEMES = {
  light: { around: "#d8dfe5", lines: "#c6ced5", land: "#fbfbf8", outline: "#3d4852" },
  // Dark red is the highest class, so the land stays light enough to show it.
  dark: { around: "#1a2128", lines: "#28323b", land: "#cfd6db", outline: "#39444e" },
};
const dark = matchMedia("(prefers-color-scheme: dark)");
const theme = () => (dark.matches ? THEMES.dark : THEMES.light);

/**
 * @param {[number, number, number, number]} bounds
 * @param {any} districts
 * @returns {any} a MapLibre style
 */
export function baseStyle(bounds, districts) {
  const colours = theme();
  const own = told.base_map
    ? { base: { type: "raster", tiles: [told.base_map], tileSize: 256, maxzoom: 19 } } : {};
  return {
    version: 8,
    sources: {
      ...own,
      degrees: { type: "geojson", data: degrees(bounds) },
      districts: { type: "geojson", data: districts },
      cell: { type: "geojson", data: EMPTY },
    },
    layers: [
      { id: "around", type: "background", paint: { "background-color": colours.around } },
      told.base_map
        ? { id: "base", type: "raster", source: "base", paint: { "raster-saturation": -0.6 } }
        : { id: "degrees", type: "line", source: "degrees", paint: { "line-color": colours.lines } },
      { id: "districts", type: "fill", source: "districts", paint: {
        "fill-color": colours.land, "fill-opacity": told.base_map ? 0 : 1,
      } },
      { id: "outlines", type: "line", source: "districts", paint: {
        "line-color": colours.outline,
        "line-width": ["interpolate", ["linear"], ["zoom"], 9, 0.5, 14, 1.6],
        "line-opacity": ["interpolate", ["linear"], ["zoom"], 9, 0.55, 13, 0.85],
      } },
      { id: "cell-halo", type: "line", source: "cell", paint: { "line-color": "#ffffff", "line-width": 6 } },
      { id: "cell", type: "line", source: "cell", paint: { "line-color": "#0b4f8a", "line-width": 3 } },
    ],
  };
}

/**
 * Keep a map's colours with the reader's choice of light or dark.
 *
 * @param {any} map
 */
export function followTheme(map) {
  dark.addEventListener("change", () => {
    const colours = theme();
    map.setPaintProperty("around", "background-color", colours.around);
    map.setPaintProperty("districts", "fill-color", colours.land);
    map.setPaintProperty("outlines", "line-color", colours.outline);
    if (!told.base_map) map.setPaintProperty("degrees", "line-color", colours.lines);
  });
}

/** @param {[number, number, number, number]} bounds */
function degrees([west, south, east, north]) {
  const step = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1].find((size) => (north - south) / size <= 8) ?? 2;
  const margin = 10 * step;
  const lines = [];
  for (let i = Math.floor((west - margin) / step); i * step <= east + margin; i += 1) {
    lines.push([[i * step, south - margin], [i * step, north + margin]]);
  }
  for (let i = Math.floor((south - margin) / step); i * step <= north + margin; i += 1) {
    lines.push([[west - margin, i * step], [east + margin, i * step]]);
  }
  return { type: "Feature", properties: {}, geometry: { type: "MultiLineString", coordinates: lines } };
}
