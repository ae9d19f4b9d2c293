/** The ArcGIS Maps SDK with a WebTileLayer or a WMTSLayer, its assets from this server alone. */
import config from "@arcgis/core/config.js";
import Map from "@arcgis/core/Map.js";
import MapView from "@arcgis/core/views/MapView.js";
import WebTileLayer from "@arcgis/core/layers/WebTileLayer.js";
import WMTSLayer from "@arcgis/core/layers/WMTSLayer.js";
import { whenOnce } from "@arcgis/core/core/reactiveUtils.js";
import { names, offer, painted, source, start, way } from "./asked.mjs";

config.assetsPath = new URL("/npm/@arcgis/core/assets", location.href).href;
/** Its zooms count the levels of each layer in another way; its scale on a screen of 96 dpi holds. */
const scaleOf = (zoom) => 591657527.591555 / 2 ** zoom;
const address = new URL(source);
const layer = way === "wmts"
  ? new WMTSLayer({ // it drops the query of an address, so the key has a place of its own
      url: address.origin + address.pathname,
      customParameters: Object.fromEntries(address.searchParams),
      activeLayer: { id: names.layer, styleId: names.style },
    })
  : new WebTileLayer({ urlTemplate: source });
const view = new MapView({
  map: new Map({ layers: [layer] }), center: start, scale: scaleOf(9), background: { color: "white" },
});
view.ui.components = []; // before there is a container: no button is made
view.container = "map";
await view.when();
const layerView = await view.whenLayerView(layer);
const drawn = async () => {
  await painted();
  await whenOnce(() => !view.updating && !layerView.updating);
  await painted();
};
await drawn();

offer({
  start,
  async show(center, zoom) {
    await view.goTo({ center, scale: scaleOf(zoom) }, { animate: false });
    await drawn();
  },
  move: (center, zoom) => view.goTo({ center, scale: scaleOf(zoom) }, { duration: 250 }),
});
