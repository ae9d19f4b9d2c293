// Dates, times and numbers as the page writes them.

/** @param {string} date as 2017-01-03 */
const noon = (date) => new Date(`${date}T12:00:00Z`);

/** @param {Date} day */
export const isoDate = (day) => day.toISOString().slice(0, 10);

/**
 * @param {string} date
 * @param {number} days
 */
export function shiftDays(date, days) {
  const day = noon(date);
  day.setUTCDate(day.getUTCDate() + days);
  return isoDate(day);
}

/**
 * The same day of another month, or its last day where that month is shorter.
 *
 * @param {string} date
 * @param {number} months
 */
export function shiftMonths(date, months) {
  const day = noon(date);
  const wanted = day.getUTCDate();
  day.setUTCDate(1);
  day.setUTCMonth(day.getUTCMonth() + months);
  const last = new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1, 0)).getUTCDate();
  day.setUTCDate(Math.min(wanted, last));
  return isoDate(day);
}

/** @param {string} date @returns {number} 0 for Sunday to 6 for Saturday */
export const weekday = (date) => noon(date).getUTCDay();

/** @param {string} date @param {Intl.DateTimeFormatOptions} parts */
const written = (date, parts) =>
  noon(date).toLocaleDateString("en-GB", { ...parts, timeZone: "UTC" });

/** @param {string} date */
export const longDate = (date) =>
  written(date, { weekday: "long", day: "numeric", month: "long", year: "numeric" });

/** @param {string} date */
export const shortDate = (date) =>
  written(date, { weekday: "short", day: "numeric", month: "short", year: "numeric" });

/** @param {string} date */
export const dayAndMonth = (date) => written(date, { day: "numeric", month: "short" });

/** @param {string} date */
export const monthOf = (date) => written(date, { month: "long", year: "numeric" });

/** @param {string} moment as 2017-01-03T07:00:00-06:00, on the agency's clocks */
export const clock = (moment) => moment.slice(11, 16);

/** @param {string} moment */
export const hour = (moment) => clock(moment).replace(/:00$/, "");

/** @param {string} text */
export const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** @param {number} value */
export function figure(value) {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 100) return Math.round(value).toLocaleString("en");
  if (size >= 0.001) return Number(value.toPrecision(2)).toLocaleString("en", { maximumFractionDigits: 6 });
  return value.toPrecision(2);
}

/** @param {string} moment in UTC */
export function utcMoment(moment) {
  return `${shortDate(moment.slice(0, 10))}, ${clock(moment)} UTC`;
}
