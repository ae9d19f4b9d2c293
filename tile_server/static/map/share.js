// The dialog with what to paste into other programs, and the link to this very view.
import { copyOnPress } from "./copying.js";
import { find, make } from "./dom.js";
import { told } from "./service.js";
import { publicBase } from "./signatures.js";
import { snippetsOf } from "./snippets.js";

/** @typedef {import("./sides.js").Side} Side */

let chosen = "leaflet";
/** @type {ReturnType<typeof snippetsOf>} */
let snippets = [];

/**
 * @param {() => Side} shown what the map shows
 * @param {(error: any) => void} complain
 */
export function openShare(shown, complain) {
  copyOnPress(find("copy-link"), () => location.href);
  copyOnPress(find("copy-snippet"), () => find("snippet").textContent, find("snippet"));
  find("share").addEventListener("click", () => open(shown()).catch(complain));
  find("share-close").addEventListener("click", () => find("share-dialog").close());
  for (const input of find("share-dialog").querySelectorAll('input[name="which-date"]')) {
    input.addEventListener("change", () => fill(shown()).catch(complain));
  }
  find("programs").addEventListener("keydown", moveAlong);
}

/** @param {Side} shown */
async function open(shown) {
  await fill(shown);
  find("share-dialog").showModal();
}

/** @param {Side} shown */
async function fill({ folder, title, place }) {
  const { base, deepest } = await publicBase(folder);
  const newest = find("share-dialog").querySelector('input[value="latest"]').checked;
  // A change keeps its distance in days only from the day before.
  const latest = folder.replace(`/${place.date}/`, "/latest/").replace(/minus\/[^/]+/, "minus/day-before");
  snippets = snippetsOf({
    base, path: newest ? latest : folder, title: `${title}, ${place.shift} shift`, keys: told.keys,
    deepest,
  });
  if (folder.includes("/minus/")) snippets = snippets.filter(({ id }) => id !== "qgis-wmts");
  find("this-date").textContent = `only ${place.date}`;
  find("key-note").hidden = !told.keys;
  find("programs").replaceChildren(...snippets.map(({ id, name }) => {
    const tab = make("button", {
      type: "button", role: "tab", id: `tab-${id}`, "aria-controls": "snippet-panel",
    }, name);
    tab.addEventListener("click", () => choose(id));
    return tab;
  }));
  choose(chosen);
}

/** @param {string} id */
function choose(id) {
  chosen = id;
  const snippet = snippets.find((one) => one.id === id) ?? snippets[0];
  for (const tab of find("programs").children) {
    const selected = tab.id === `tab-${snippet.id}`;
    tab.setAttribute("aria-selected", String(selected));
    tab.tabIndex = selected ? 0 : -1;
  }
  find("snippet-panel").setAttribute("aria-labelledby", `tab-${snippet.id}`);
  find("snippet").textContent = snippet.text;
  find("how").textContent = snippet.how;
}

/** Arrow keys move between the programs. @param {KeyboardEvent} event */
function moveAlong(event) {
  const steps = /** @type {Record<string, number>} */ ({ ArrowLeft: -1, ArrowRight: 1 })[event.key];
  if (!steps) return;
  event.preventDefault();
  const at = snippets.findIndex((one) => one.id === chosen);
  choose(snippets[(at + steps + snippets.length) % snippets.length].id);
  find(`tab-${chosen}`).focus();
}
