// A month of days; those that are published can be chosen. Arrow keys move by day and week.
import { find, make } from "./dom.js";
import { dayAndMonth, longDate, monthOf, shiftDays, shiftMonths, weekday } from "./words.js";

const NAMES = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MOVES = /** @type {Record<string, (date: string) => string>} */ ({
  ArrowLeft: (date) => shiftDays(date, -1),
  ArrowRight: (date) => shiftDays(date, 1),
  ArrowUp: (date) => shiftDays(date, -7),
  ArrowDown: (date) => shiftDays(date, 7),
  PageUp: (date) => shiftMonths(date, -1),
  PageDown: (date) => shiftMonths(date, 1),
  Home: (date) => shiftDays(date, -((weekday(date) - first + 7) % 7)),
  End: (date) => shiftDays(date, 6 - ((weekday(date) - first + 7) % 7)),
});
const first = firstWeekday();

let shown = ""; // a date of the month that is shown; it takes the focus
let chosen = "";
/** @type {Set<string>} */
let published = new Set();
/** @type {Set<string>} */
let retracted = new Set();
/** @type {(date: string) => void} */
let choose = () => {};

/** @returns {number} the weekday that weeks begin with where the reader lives */
function firstWeekday() {
  const locale = /** @type {any} */ (new Intl.Locale(navigator.language));
  return (locale.getWeekInfo?.() ?? locale.weekInfo ?? { firstDay: 1 }).firstDay % 7;
}

/** @param {(date: string) => void} onChoice told a published date */
export function openCalendar(onChoice) {
  choose = onChoice;
  find("month-before").addEventListener("click", () => turn(-1));
  find("month-after").addEventListener("click", () => turn(1));
  find("days").addEventListener("keydown", move);
  find("days").addEventListener("click", (/** @type {any} */ event) => {
    pick(event.target.closest("button")?.dataset.date);
  });
}

/**
 * @param {string[]} dates that are published
 * @param {string[]} takenBack dates that were, and are no more
 * @param {string} date that is chosen
 */
export function renderCalendar(dates, takenBack, date) {
  published = new Set(dates);
  retracted = new Set(takenBack);
  if (date !== chosen || !shown) shown = date;
  chosen = date;
  renderMonth();
}

function renderMonth() {
  const focused = find("days").contains(document.activeElement);
  find("month").textContent = monthOf(shown);
  const dates = [...published].sort();
  find("month-before").disabled = !dates.some((date) => date.slice(0, 7) < shown.slice(0, 7));
  find("month-after").disabled = !dates.some((date) => date.slice(0, 7) > shown.slice(0, 7));
  const beginning = `${shown.slice(0, 7)}-01`;
  let date = shiftDays(beginning, -((weekday(beginning) - first + 7) % 7));
  const weeks = [];
  while (date < shiftMonths(beginning, 1)) {
    const week = make("tr", { role: "row" });
    for (let i = 0; i < 7; i += 1, date = shiftDays(date, 1)) week.append(cell(date));
    weeks.push(week);
  }
  const heads = NAMES.map((_, i) => NAMES[(first + i) % 7]).map((name) =>
    make("th", { scope: "col", abbr: name, role: "columnheader" },
      make("span", { "aria-hidden": "true" }, name.slice(0, 2)),
      make("span", { className: "unseen" }, name)));
  find("days").replaceChildren(
    make("thead", { role: "rowgroup" }, make("tr", { role: "row" }, ...heads)),
    make("tbody", { role: "rowgroup" }, ...weeks));
  if (focused) find("days").querySelector('[tabindex="0"]').focus();
}

/** @param {string} date */
function cell(date) {
  if (date.slice(0, 7) !== shown.slice(0, 7)) return make("td", { role: "gridcell" });
  const open = published.has(date);
  const button = make("button", {
    type: "button", tabIndex: date === shown ? 0 : -1,
    className: retracted.has(date) ? "day retracted" : "day",
    "aria-label": longDate(date) + (open ? "" : `, ${closedWords(date)}`),
    "aria-disabled": !open,
  }, String(Number(date.slice(8))));
  button.dataset.date = date;
  if (date === chosen) button.setAttribute("aria-current", "date");
  return make("td", { role: "gridcell", "aria-selected": date === chosen }, button);
}

/** @param {string} date */
const closedWords = (date) => (retracted.has(date) ? "taken back" : "not published");

/** @param {KeyboardEvent} event */
function move(event) {
  const next = MOVES[event.key];
  if (!next) return;
  event.preventDefault();
  shown = next(shown);
  renderMonth();
}

/** @param {number} months */
function turn(months) {
  const wanted = shiftMonths(shown, months);
  const inside = [...published].filter((date) => date.slice(0, 7) === wanted.slice(0, 7)).sort();
  shown = inside.at(-1) ?? wanted;
  renderMonth();
}

/** @param {string | undefined} date */
function pick(date) {
  if (date === undefined) return;
  if (published.has(date)) choose(date);
  else find("announce").textContent = `${dayAndMonth(date)} is ${closedWords(date)}.`;
}
