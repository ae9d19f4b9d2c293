/** Leaflet with one layer of tiles, as its quick start shows. */
import { offer, painted, source, start } from "./asked.mjs";

await new Promise((done, failed) => {
  const script = document.createElement("script");
  Object.assign(script, { src: "/npm/leaflet/dist/leaflet.js", onload: done, onerror: failed });
  document.head.append(script);
});

const map = L.map("map", { zoomControl: false, attributionControl: false });
const tiles = L.tileLayer(source, { maxZoom: 18 });
tiles.on("tileerror", ({ tile }) => console.error(`tile error ${tile.src}`));
map.setView([start[1], start[0]], 9);
tiles.addTo(map);

const opaque = () =>
  [...document.querySelectorAll(".leaflet-tile")].every((tile) => tile.style.opacity === "1");

async function drawn() {
  do {
    await painted();
  } while (tiles.isLoading() || !opaque());
  await painted();
}

await drawn();
offer({
  start,
  async show(center, zoom) {
    map.setView([center[1], center[0]], zoom, { animate: false });
    await drawn();
  },
  async move(center, zoom) {
    const moved = new Promise((done) => map.once("moveend", done));
    map.flyTo([center[1], center[0]], zoom, { duration: 0.25 });
    await moved;
  },
});
