// The map page: one choice of what to show, and everything that follows from a change of it.
import { showAssignments } from "./assignments.js";
import { EMPTY } from "./base_map.js";
import { openCalendar, renderCalendar } from "./calendar.js";
import { daysOf, layerOf, layers, nearest, readCatalog, takenBack } from "./catalog.js";
import { forgetCell, readCell } from "./cell.js";
import { openCompare, placeOf, renderCompare } from "./compare.js";
import { find } from "./dom.js";
import { renderHeading } from "./heading.js";
import { openKeyDialog } from "./key_dialog.js";
import { forgetLayerList, renderLayerList } from "./layer_list.js";
import { renderLegend } from "./legend.js";
import { openLook, renderLook, settleLook } from "./look.js";
import { parseView, readPermalink, writePermalink } from "./permalink.js";
import { Scene } from "./scene.js";
import { AwayError, RefusedError, ask, key, told } from "./service.js";
import { openShare } from "./share.js";
import { renewSignatures } from "./signatures.js";
import { complain, openStatus, settleStatus } from "./status.js";
import { changeOf, nameOf, valuesOf } from "./sides.js";
import { openSwipe, renderSwipe } from "./swipe.js";
import { openTimeline, renderTimeline, stop } from "./timeline.js";
import { attribute } from "./web_map.js";
import { shortDate } from "./words.js";

const CHECK_MS = 60_000;
const choice = readPermalink();
/** @type {Scene | null} */
let scene = null;
/** @type {import("./sides.js").Side[]} */
let sides = [];
/** The date that was wished and is taken back; told until another one is chosen. */
let gone = "";
let turn = 0;
let failing = false;

/**
 * Change the choice and show what follows; fulfilled when it is on the map.
 *
 * @param {Partial<import("./permalink.js").Choice>} part
 * @param {{anew?: boolean}} [how] load tiles again although their addresses are the same
 */
async function show(part, { anew = false } = {}) {
  Object.assign(choice, part);
  const mine = ++turn;
  const left = await placeOf(choice);
  const right = choice.compare ? await placeOf(choice.compare) : null;
  if (mine !== turn || scene === null) return;
  if (part.date || part.layer) gone = "";
  if (takenBack(choice.layer).includes(choice.date)) gone = choice.date;
  Object.assign(choice, left.place, { compare: right?.place ?? null });
  const other = choice.minus ? otherDay(left) : null;
  choice.minus = other?.date ?? "";
  settleLook(choice);
  writePermalink(choice);
  sides = other ? [changeOf(choice, left, other)]
    : (right ? [left, right] : [left]).map((placed) => valuesOf(choice, placed));
  renderControls(left, right);
  if (Object.keys(part).some((name) => ["layer", "date", "shift", "compare", "minus"].includes(name))) {
    forgetCell(scene.map);
  }
  await Promise.all([scene.paint(sides, { anew }), showLegend(mine), showBoxes()]);
  if (mine === turn) settleStatus();
}

/** @typedef {Awaited<ReturnType<typeof placeOf>>} Placed */

/**
 * Return the day that is taken away: the wished one, or the nearest before with the same shift.
 *
 * @param {Placed} left
 */
function otherDay({ days, place }) {
  const usable = days.filter((day) => day.date !== place.date
    && day.shifts.some(({ shift }) => shift === place.shift));
  const found = nearest(usable, choice.minus, place.shift);
  return found && { date: found.day.date, shift: found.shift };
}

/** @param {Placed} left @param {Placed | null} right */
function renderControls(left, right) {
  renderHeading(sides[0], left.days[0].date, gone);
  renderLayerList(choice.layer, (layer) => change({ layer }));
  renderCalendar(left.days.map(({ date }) => date), takenBack(choice.layer), choice.date);
  renderTimeline(left.days, choice);
  renderLook(choice);
  renderCompare(choice, left.days, right?.days ?? []);
  renderSwipe(right && { left: nameOf(sides[0]), right: nameOf(sides[1]) }, choice.split);
  find("calendar-toggle").textContent = shortDate(choice.date);
}

/** @param {number} mine */
async function showLegend(mine) {
  const [{ folder, title }] = sides;
  const legend = await ask(`${folder}/legend.json`);
  if (mine === turn) renderLegend(legend, { title, change: choice.minus !== "", both: sides.length > 1 });
}

async function showBoxes() {
  find("boxes-line").hidden = !key.value;
  const wanted = Boolean(key.value) && find("boxes").checked;
  find("boxes-words").textContent = await showAssignments(scene?.map, choice, wanted);
}

/** @param {Partial<import("./permalink.js").Choice>} part */
function change(part) {
  stop();
  return show(part).catch(complain);
}

/** @param {{lng: number, lat: number}} place */
function read(place) {
  if (scene === null) return;
  readCell(scene.map, place, sides, scene.boxAt(place)).catch(complain);
}

/** Tiles did not come: find out why. @param {number | undefined} status */
async function mend(status) {
  if (failing) return;
  failing = true;
  try {
    if (status === 404 || status === 410) await daysOf(choice.layer, { anew: true });
    else if (status !== 401) throw new AwayError("Tiles of the map do not come.");
    await show({}, { anew: true });
  } catch (error) {
    complain(error);
  } finally {
    failing = false;
  }
}

/** See whether something newer is published, and keep signed addresses alive. */
async function check() {
  if (document.hidden || scene === null || !find("problem").hidden) return;
  await renewSignatures();
  await daysOf(choice.layer, { anew: true });
  if (choice.compare) await daysOf(choice.compare.layer, { anew: true });
  await show({});
}

/** Read what is open, open the map the first time, and show the choice. */
async function begin() {
  await readCatalog();
  if (layers.length === 0) throw new RefusedError("Nothing that is published is open here.", 404);
  forgetLayerList();
  if (!layerOf(choice.layer)) choice.layer = (layerOf("priority") ?? layers[0]).id;
  if (choice.compare && !layerOf(choice.compare.layer)) choice.compare = null;
  if (scene === null) {
    const [{ shift }, districts] = await Promise.all([
      placeOf(choice), ask("/v1/districts.geojson").catch(() => EMPTY),
    ]);
    const opened = new Scene(districts, mend);
    await opened.setOpacity(choice.opacity);
    await opened.open(shift.bounds, parseView(choice.view), { read, moved: remember });
    scene = opened;
    find("controls").hidden = false;
  }
  await show({}, { anew: true });
  await scene.drawn();
  document.body.dataset.ready = "yes";
}

/** @param {string} view */
function remember(view) {
  choice.view = view;
  writePermalink(choice);
}

function listen() {
  openLook((part) => {
    if (part.opacity === undefined) return change(part);
    choice.opacity = part.opacity;
    renderLook(choice);
    writePermalink(choice);
    return scene?.setOpacity(part.opacity);
  });
  openCalendar((date) => change({ date }));
  openTimeline((when) => show(when).catch((error) => {
    stop();
    complain(error);
  }));
  openCompare(change, complain);
  openSwipe((split) => { choice.split = split; writePermalink(choice); });
  openShare(() => sides[0], complain);
  openStatus(begin);
  openKeyDialog(() => begin().catch(complain));
  find("cell-close").addEventListener("click", () => forgetCell(scene?.map));
  find("boxes").addEventListener("change", () => showBoxes().catch(complain));
  find("controls").addEventListener("submit", (/** @type {Event} */ event) => event.preventDefault());
  find("calendar-toggle").addEventListener("click", () => openMonth(find("calendar").hidden));
  addEventListener("hashchange", () => change(readPermalink()));
  document.addEventListener("visibilitychange", () => check().catch(complain));
  setInterval(() => check().catch(complain), CHECK_MS);
}

/** @param {boolean} open */
function openMonth(open) {
  find("calendar").hidden = !open;
  find("calendar-toggle").setAttribute("aria-expanded", String(open));
}

attribute(told.base_map ? told.base_map_attribution : "");
openMonth(matchMedia("(min-width: 60rem) and (min-height: 62rem)").matches);
listen();
begin().catch(complain);
