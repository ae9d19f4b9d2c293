// The map page: layer, date and shift, legend, and the value of a cell.
import {
  Map as WebMap, NavigationControl, ScaleControl,
} from "/static/vendor/maplibre-gl/maplibre-gl.mjs";

const find = (id) => document.getElementById(id);
const EMPTY = { type: "FeatureCollection", features: [] };
const LAND = "#fbfbf8";

const state = { layers: [], dates: [], styles: [], layer: "", date: "", shift: "", style: "" };
let map;
let asked = 0;

async function ask(address) {
  const response = await fetch(address);
  if (!response.ok) {
    const problem = await response.json().catch(() => ({}));
    throw new Error(problem.detail ?? `The service answered ${response.status}.`);
  }
  return response.json();
}

function complain(error) {
  find("problem").textContent = error.message;
  find("problem").hidden = false;
}

function written(date, length) {
  return new Date(`${date}T12:00:00Z`).toLocaleDateString("en-GB", {
    weekday: length, day: "numeric", month: length, year: "numeric", timeZone: "UTC",
  });
}

const clock = (moment) => moment.slice(11, 16);
const brief = (moment) => clock(moment).replace(/:00$/, "");
const shiftsNow = () => state.dates.find((entry) => entry.date === state.date)?.shifts ?? [];
const shiftNow = () => shiftsNow().find((entry) => entry.shift === state.shift);
const layerNow = () => state.layers.find((entry) => entry.id === state.layer);

function fill(select, choices, chosen) {
  select.replaceChildren(...choices.map(([value, text]) => new Option(text, value)));
  select.value = chosen;
}

// The chosen value where it still exists, else what fits best.
function settle(value, known, fallback) {
  return known.includes(value) ? value : fallback;
}

function readAddress() {
  const wanted = new URLSearchParams(location.hash.slice(1));
  for (const name of ["layer", "date", "shift", "style"]) state[name] = wanted.get(name) ?? "";
}

function writeAddress() {
  const chosen = new URLSearchParams();
  for (const name of ["layer", "date", "shift", "style"]) chosen.set(name, state[name]);
  history.replaceState(null, "", `#${chosen}`);
}

function presentShift(shifts) {
  const now = Date.now();
  const present = shifts.find((entry) => Date.parse(entry.start) <= now && now < Date.parse(entry.end));
  return (present ?? shifts[0])?.shift ?? "";
}

async function chooseLayer() {
  state.dates = await ask(`/v1/layers/${state.layer}/dates`);
  const dates = state.dates.map((entry) => entry.date);
  state.date = settle(state.date, dates, dates[0]);
  fill(find("date"), dates.map((date) => [date, written(date, "short")]), state.date);
  chooseDate();
}

function chooseDate() {
  const shifts = shiftsNow();
  state.shift = settle(state.shift, shifts.map((entry) => entry.shift), presentShift(shifts));
  find("shifts").replaceChildren(...shifts.map(shiftButton));
  show().catch(complain);
}

function shiftButton(entry) {
  const label = document.createElement("label");
  const input = Object.assign(document.createElement("input"), {
    type: "radio", name: "shift", value: entry.shift, checked: entry.shift === state.shift,
  });
  const hours = document.createElement("small");
  hours.textContent = `${brief(entry.start)}–${brief(entry.end)} h`;
  label.append(input, entry.shift, hours);
  input.addEventListener("change", () => {
    state.shift = entry.shift;
    show().catch(complain);
  });
  return label;
}

async function show() {
  const shift = shiftNow();
  writeAddress();
  find("title").textContent = layerNow().title;
  find("subtitle").textContent =
    `${written(state.date, "long")}\n${state.shift} shift, ${clock(shift.start)} to ${clock(shift.end)}`;
  document.title = `${layerNow().title}, ${state.date} ${state.shift} · Evenbeat`;
  const folder = `/v1/tiles/${state.layer}`;
  paint(`${location.origin}${folder}/v/${shift.version}/${state.style}/{z}/{x}/{y}.png`, shift.bounds);
  find("address").value = `${location.origin}${folder}/latest/${state.shift}/${state.style}/{z}/{x}/{y}.png`;
  forget();
  const legend = await ask(`${folder}/${state.date}/${state.shift}/${state.style}/legend.json`);
  find("entries").replaceChildren(...legend.entries.map(legendEntry));
  find("legend").hidden = false;
  find("share").hidden = false;
  find("problem").hidden = true;
}

// A source without an address cannot be, so it is made with the first one.
function paint(address, bounds) {
  const source = map.getSource("risk");
  if (source) {
    source.setTiles([address]);
    return;
  }
  map.addSource("risk", { type: "raster", tiles: [address], tileSize: 256, maxzoom: 14, bounds });
  map.addLayer({
    id: "risk", type: "raster", source: "risk",
    paint: { "raster-resampling": "nearest", "raster-fade-duration": 0 },
  }, "outlines");
}

function legendEntry(entry) {
  const item = document.createElement("li");
  const swatch = Object.assign(document.createElement("span"), { className: "swatch" });
  const colour = document.createElement("i");
  colour.style.background = entry.colour;
  colour.style.opacity = entry.opacity;
  swatch.append(colour);
  const text = document.createElement("span");
  text.append(entry.label);
  const detail = legendDetail(entry);
  if (detail) text.append(Object.assign(document.createElement("small"), { textContent: detail }));
  item.append(swatch, text);
  return item;
}

const isDosage = (layer) => Number(layer.units === "min");

function legendDetail(entry) {
  if (entry.from_value === null) return "no cells: too many tie for the highest value";
  if (!entry.from_value) return "";
  if (isDosage(layerNow())) return `at least ${Math.round(entry.from_value)} minutes of patrol`;
  if (!layerNow().crime_type) return `priority of at least ${entry.from_value.toPrecision(2)}`;
  const shifts = 1 / entry.from_value;
  if (shifts < 1.05) return `at least ${entry.from_value.toFixed(1)} a shift`;
  return `at least one in about ${Number(shifts.toPrecision(2)).toLocaleString("en")} such shifts`;
}

function forget() {
  asked += 1;
  map.getSource("cell").setData(EMPTY);
  find("words").textContent =
    "Click the map, or focus it and press Enter to read the cell in its centre.";
}

async function readCell({ lng, lat }) {
  const question = ++asked;
  const place = new URLSearchParams({ lon: lng.toFixed(6), lat: lat.toFixed(6) });
  const answer = await ask(`/v1/tiles/${state.layer}/${state.date}/${state.shift}/point?${place}`);
  if (question !== asked) return; // a later question, or another layer, came between
  const district = map.queryRenderedFeatures(map.project([lng, lat]), { layers: ["districts"] })[0];
  const heading = document.createElement("strong");
  heading.textContent = answer.inside && district
    ? district.properties.name ?? district.properties.district_id : "";
  find("words").replaceChildren(heading, answer.words);
  map.getSource("cell").setData(
    answer.inside ? { type: "Feature", properties: {}, geometry: answer.cell } : EMPTY);
}

function graticule([west, south, east, north]) {
  const step = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1].find((size) => (north - south) / size <= 8) ?? 2;
  const lines = [];
  const margin = 10 * step;
  for (let i = Math.floor((west - margin) / step); i * step <= east + margin; i += 1) {
    lines.push([[i * step, south - margin], [i * step, north + margin]]);
  }
  for (let i = Math.floor((south - margin) / step); i * step <= north + margin; i += 1) {
    lines.push([[west - margin, i * step], [east + margin, i * step]]);
  }
  return { type: "Feature", properties: {}, geometry: { type: "MultiLineString", coordinates: lines } };
}

function mapStyle(bounds, districts) {
  return {
    version: 8,
    sources: {
      graticule: { type: "geojson", data: graticule(bounds) },
      districts: { type: "geojson", data: districts },
      cell: { type: "geojson", data: EMPTY },
    },
    layers: [
      { id: "background", type: "background", paint: { "background-color": "#d8dfe5" } },
      { id: "graticule", type: "line", source: "graticule", paint: { "line-color": "#c6ced5", "line-width": 1 } },
      { id: "districts", type: "fill", source: "districts", paint: { "fill-color": LAND } },
      { id: "outlines", type: "line", source: "districts", paint: {
        "line-color": "#3d4852",
        "line-width": ["interpolate", ["linear"], ["zoom"], 9, 0.5, 14, 1.6],
        "line-opacity": ["interpolate", ["linear"], ["zoom"], 9, 0.55, 13, 0.85],
      } },
      { id: "cell-halo", type: "line", source: "cell", paint: { "line-color": "#ffffff", "line-width": 6 } },
      { id: "cell", type: "line", source: "cell", paint: { "line-color": "#0b4f8a", "line-width": 3 } },
    ],
  };
}

function openMap(bounds, districts) {
  map = new WebMap({
    container: "map", style: mapStyle(bounds, districts), bounds, attributionControl: false,
    fitBoundsOptions: { padding: 24 }, dragRotate: false, pitchWithRotate: false, maxPitch: 0,
    maxZoom: 17, minZoom: 5, renderWorldCopies: false,
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.addControl(new NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new ScaleControl({ unit: "metric" }), "bottom-right");
  map.addControl(new ScaleControl({ unit: "imperial" }), "bottom-right");
  const canvas = map.getCanvas();
  canvas.setAttribute("aria-label", "Map. Arrow keys move, plus and minus zoom, Enter reads the cell in the centre.");
  canvas.addEventListener("keydown", (event) => {
    if (event.key === "Enter") readCell(map.getCenter()).catch(complain);
  });
  map.on("click", (event) => readCell(event.lngLat).catch(complain));
  return new Promise((resolve) => map.once("load", resolve));
}

async function copyAddress() {
  const field = find("address");
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    find("copy").textContent = "Copied";
  } catch {
    find("copy").textContent = "Press Ctrl+C to copy";
  }
  setTimeout(() => { find("copy").textContent = "Copy the address"; }, 3000);
}

function listen() {
  const on = (id, action) => find(id).addEventListener("change", action);
  on("layer", () => { state.layer = find("layer").value; chooseLayer().catch(complain); });
  on("date", () => { state.date = find("date").value; chooseDate(); });
  on("style", () => { state.style = find("style").value; show().catch(complain); });
  find("opacity").addEventListener("input", () => {
    map.setPaintProperty("risk", "raster-opacity", Number(find("opacity").value) / 100);
  });
  find("copy").addEventListener("click", copyAddress);
  find("controls").addEventListener("submit", (event) => event.preventDefault());
}

async function start() {
  readAddress();
  [state.layers, state.styles] = await Promise.all([ask("/v1/layers"), ask("/v1/styles")]);
  // Risk and priority first; minutes of patrol are of days gone by.
  state.layers.sort((one, other) => isDosage(one) - isDosage(other));
  const ids = state.layers.map((entry) => entry.id);
  state.layer = settle(state.layer, ids, ids[0]);
  const styles = state.styles.map((entry) => entry.id);
  state.style = settle(state.style, styles, styles[0]);
  fill(find("layer"), state.layers.map((entry) => [entry.id, entry.title]), state.layer);
  fill(find("style"), state.styles.map((entry) => [entry.id, entry.title]), state.style);
  const [dates, districts] = await Promise.all([
    ask(`/v1/layers/${state.layer}/dates`), ask("/v1/districts.geojson").catch(() => EMPTY),
  ]);
  await openMap(dates[0].shifts[0].bounds, districts);
  listen();
  find("controls").hidden = false;
  await chooseLayer();
  map.once("idle", () => { document.body.dataset.ready = "yes"; });
}

start().catch(complain);
