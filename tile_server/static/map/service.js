// Requests to the tile service that this page comes from, with a key where one is used.

// Modules lie in static/<revision>/map/ below the service's address, whatever a proxy puts before.
export const BASE = new URL("../../..", import.meta.url).href.replace(/\/$/, "");
const KEY_PLACE = "evenbeat-key";
/** What a login gave out (a JSON Web Token) has three parts; a key has none. */
const TOKEN = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** What the page was told by the service that sent it. */
export const told = JSON.parse(
  document.querySelector('meta[name="evenbeat"]')?.getAttribute("content") ?? "{}",
);

/** The service asks for a key, or for another one. */
export class KeyNeededError extends Error {}

/** The service does not answer, or asks to come back later. */
export class AwayError extends Error {}

/** The service answers that what was asked for is not there, or not open. */
export class RefusedError extends Error {
  /** @param {string} message @param {number} status */
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

// Kept for this tab alone and gone with it; never in an address, so never in a shared link.
export const key = {
  get value() { return sessionStorage.getItem(KEY_PLACE) ?? ""; },
  /** @param {string} text */
  set value(text) {
    if (text) sessionStorage.setItem(KEY_PLACE, text);
    else sessionStorage.removeItem(KEY_PLACE);
  },
};

/**
 * Ask the service for a document.
 *
 * @param {string} path below the service's address, such as /v1/layers
 * @returns {Promise<any>}
 */
export async function ask(path) {
  let response;
  try {
    response = await fetch(`${BASE}${path}`, { headers: credentials(), cache: "no-cache" });
  } catch {
    throw new AwayError("The service does not answer.");
  }
  if (response.ok) return response.json();
  const problem = await response.json().catch(() => ({}));
  const detail = problem.detail ?? `The service answered ${response.status}.`;
  if (response.status === 401) throw new KeyNeededError(detail);
  if (response.status === 429 || response.status >= 500) throw new AwayError(detail);
  throw new RefusedError(detail, response.status);
}

/** @returns {Record<string, string>} */
function credentials() {
  if (!key.value) return {};
  return TOKEN.test(key.value) ? { Authorization: `Bearer ${key.value}` } : { "X-API-Key": key.value };
}
