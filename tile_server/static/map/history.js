// The values of one cell over the published days: a small chart, and the same as a table.
import { draw, make } from "./dom.js";
import { capital, dayAndMonth, figure, shortDate } from "./words.js";

const WIDTH = 320;
const HEIGHT = 96;
const FOOT = 18;
const HEAD = 14;

/** @typedef {{date: string, shift: string, value: number | null, area_share: number | null}} Value */

/**
 * @param {{title: string, units: string, values: Value[]}} series one shift a day, oldest first
 * @param {{date: string, shift: string}} now what the map shows
 * @returns {Node[]}
 */
export function historyOf({ title, units, values }, now) {
  const known = values.filter((one) => one.value !== null);
  if (known.length < 2) return [];
  const unit = units === "min" ? " min" : "";
  const heading = make("h3", {}, `${capital(now.shift)} shifts, ${dayAndMonth(known[0].date)} to ${
    dayAndMonth(known[known.length - 1].date)}`);
  const most = Math.max(...known.map((one) => Number(one.value)));
  const words = `${title} of this cell in ${known.length} ${now.shift} shifts: the highest is ${
    figure(most)}${unit}. The same figures are in the table below.`;
  const table = make("details", { className: "figures" },
    make("summary", {}, "As a table"),
    make("div", { className: "scroll", tabIndex: 0, role: "region", "aria-label": `${title}: values by date` },
      make("table", {},
        make("caption", { className: "unseen" }, `${title} of this cell by date`),
        make("thead", {}, make("tr", {}, make("th", { scope: "col" }, "Date"),
          make("th", { scope: "col" }, unit ? "Minutes" : "Value"),
          make("th", { scope: "col" }, "Class"))),
        make("tbody", {}, ...[...known].reverse().map((one) => make("tr", {},
          make("th", { scope: "row" }, shortDate(one.date)),
          make("td", {}, figure(Number(one.value))),
          make("td", {}, one.area_share ? `highest ${100 * one.area_share} %` : "rest")))))));
  return [heading, chart(known, most, now.date, words, unit), table];
}

/**
 * @param {Value[]} values @param {number} most @param {string} date
 * @param {string} words @param {string} unit
 */
function chart(values, most, date, words, unit) {
  const step = WIDTH / values.length;
  const width = Math.max(1, Math.min(24, 0.72 * step));
  const room = HEIGHT - FOOT - HEAD;
  const bars = values.map((one, index) => {
    const height = Math.max(1, (room * Number(one.value)) / (most || 1));
    return draw("rect", {
      x: (index + 0.5) * step - width / 2, y: HEIGHT - FOOT - height, width, height,
      class: one.date === date ? "now" : "bar", rx: 1,
    }, draw("title", {}, `${shortDate(one.date)}: ${figure(Number(one.value))}${unit}`));
  });
  const last = values[values.length - 1];
  return draw("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "chart", role: "img", "aria-label": words },
    draw("line", { x1: 0, x2: WIDTH, y1: HEAD, y2: HEAD, class: "rule" }),
    draw("line", { x1: 0, x2: WIDTH, y1: HEIGHT - FOOT, y2: HEIGHT - FOOT, class: "axis" }),
    ...bars,
    draw("text", { x: 0, y: HEAD - 4 }, `${figure(most)}${unit}`),
    draw("text", { x: 0, y: HEIGHT - 4 }, dayAndMonth(values[0].date)),
    draw("text", { x: WIDTH, y: HEIGHT - 4, "text-anchor": "end" }, dayAndMonth(last.date)));
}
