// What to paste into other programs, with the agency's own address.

const KEY = "YOUR-KEY";

/**
 * @param {{base: string, path: string, title: string, keys: boolean, deepest: number}} wanted
 *   path of the tiles' folder, with a date or "latest", and their deepest zoom
 * @returns {{id: string, name: string, text: string, how: string}[]}
 */
export function snippetsOf({ base, path, title, keys, deepest }) {
  const query = keys ? `?key=${KEY}` : "";
  const tiles = `${base}${path}/{z}/{x}/{y}.png${query}`;
  const wmts = `${base}/v1/wmts/1.0.0/WMTSCapabilities.xml${query}`;
  const named = JSON.stringify(title);
  return [
    {
      id: "leaflet", name: "Leaflet",
      text: [
        `L.tileLayer(`, `  "${tiles}",`,
        `  { maxNativeZoom: ${deepest}, maxZoom: ${Math.max(deepest, 18)}, opacity: 0.8, attribution: ${named} },`,
        `).addTo(map);`,
      ].join("\n"),
      how: "Put it where your page has its map. Leaflet shows the tiles as they are.",
    },
    {
      id: "maplibre", name: "MapLibre",
      text: [
        `map.addSource("evenbeat", {`, `  type: "raster",`, `  tiles: ["${tiles}"],`,
        `  tileSize: 256,`, `  maxzoom: ${Math.min(deepest, 14)},`, `  attribution: ${named},`, `});`,
        `map.addLayer({`, `  id: "evenbeat",`, `  type: "raster",`, `  source: "evenbeat",`,
        `  paint: { "raster-resampling": "nearest" },`, `});`,
      ].join("\n"),
      how: "Put it in the load event of your map. With nearest, the edges of cells stay sharp.",
    },
    {
      id: "arcgis", name: "ArcGIS",
      text: [
        `const layer = new WebTileLayer({`,
        `  urlTemplate: "${tiles.replace("{z}/{x}/{y}", "{level}/{col}/{row}")}",`,
        `  title: ${named},`, `});`, `map.add(layer);`,
      ].join("\n"),
      how: "For the ArcGIS Maps SDK. In ArcGIS Online or Pro: add a layer from the web, of the type "
        + `WMTS, and paste ${wmts}`,
    },
    {
      id: "qgis-xyz", name: "QGIS (XYZ)", text: tiles,
      how: "In QGIS: Layer, Add Layer, Add XYZ Layer, New. Paste this as the URL; zoom levels 0 to "
        + `${deepest}.`,
    },
    {
      id: "qgis-wmts", name: "QGIS (WMTS)", text: wmts,
      how: "In QGIS: Layer, Add Layer, Add WMS/WMTS Layer, New. Paste this as the URL, connect, and "
        + "choose the layer and its time.",
    },
    {
      id: "xyz", name: "Other", text: tiles,
      how: "Any program that reads XYZ tiles in Web Mercator, 256 pixels.",
    },
  ];
}
