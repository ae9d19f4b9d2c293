// What the page says when something is amiss: at once, in one place, and with what to do.
import { find } from "./dom.js";
import { AwayError, KeyNeededError } from "./service.js";
import { askForKey } from "./key_dialog.js";

const WAITS_S = [2, 5, 10, 20, 30];

let tries = 0;
/** @type {number | undefined} */
let ticking;
/** @type {() => Promise<void>} */
let again = async () => {};

/** @param {() => Promise<void>} retry does again what failed */
export function openStatus(retry) {
  again = retry;
  find("try-now").addEventListener("click", tryNow);
  addEventListener("online", () => { if (ticking !== undefined) tryNow(); });
}

/** Say what is wrong; where the service is away, try again by and by. @param {any} error */
export function complain(error) {
  if (error instanceof KeyNeededError) {
    askForKey(error.message);
    return;
  }
  find("problem").hidden = false;
  if (error instanceof AwayError) {
    wait(error.message);
    return;
  }
  find("try-now").hidden = true;
  find("problem-text").textContent = error.message;
  console.debug(error);
}

/** All is well again. */
export function settleStatus() {
  clearInterval(ticking);
  ticking = undefined;
  if (tries) announce("The service answers again.");
  tries = 0;
  find("problem").hidden = true;
}

/** Tell people who listen to the page. @param {string} text */
export function announce(text) {
  find("announce").textContent = text;
}

/** @param {string} message */
function wait(message) {
  clearInterval(ticking);
  let left = WAITS_S[Math.min(tries, WAITS_S.length - 1)];
  tries += 1;
  find("try-now").hidden = false;
  if (tries === 1) announce(`${message} The page tries again by itself.`);
  const say = () => {
    find("problem-text").textContent = `${message} Trying again in ${left} s.`;
  };
  say();
  ticking = setInterval(() => {
    left -= 1;
    if (left <= 0) tryNow();
    else say();
  }, 1000);
}

function tryNow() {
  clearInterval(ticking);
  ticking = undefined;
  find("problem-text").textContent = "Trying again…";
  again().catch(complain);
}
