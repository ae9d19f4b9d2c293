/** MapLibre with the tiles as a source by address, by TileJSON, or with the service's own style. */
import { Map, setWorkerUrl } from "/vendor/maplibre-gl/maplibre-gl.mjs";
import { offer, painted, source, start, way } from "./asked.mjs";

setWorkerUrl("/vendor/maplibre-gl/maplibre-gl-worker.mjs");
const told = way === "tilejson" ? { url: source } : { tiles: [source], maxzoom: 18 };
const own = {
  version: 8,
  sources: { risk: { type: "raster", tileSize: 256, ...told } },
  layers: [
    { id: "white", type: "background", paint: { "background-color": "white" } },
    { id: "risk", type: "raster", source: "risk",
      paint: { "raster-resampling": "nearest", "raster-fade-duration": 0 } },
  ],
};
const map = new Map({
  container: "map", style: way === "style" ? source : own, center: start, zoom: 8,
  attributionControl: false, maxZoom: 17,
});
map.on("error", ({ error }) => console.error(`map error ${error.message}`));
await map.once("idle");

offer({
  start,
  async show(center, zoom) {
    const idle = map.once("idle");
    map.jumpTo({ center, zoom: zoom - 1 }); // its zooms count tiles of 512 pixels
    await idle;
    await painted();
  },
  async move(center, zoom) {
    const moved = map.once("moveend");
    map.easeTo({ center, zoom: zoom - 1, duration: 250 });
    await moved;
  },
});
