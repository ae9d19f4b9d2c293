// Asking for a key, and forgetting it.
import { find } from "./dom.js";
import { KeyNeededError, ask, key, told } from "./service.js";
import { forgetSignatures } from "./signatures.js";

/** @type {() => void} */
let changed = () => {};

/** @param {() => void} onChange another key is used from now on */
export function openKeyDialog(onChange) {
  changed = onChange;
  find("key-form").addEventListener("submit", (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    tryKey();
  });
  find("key-cancel").addEventListener("click", () => find("key-dialog").close());
  find("use-key").addEventListener("click", () => askForKey(""));
  find("forget-key").addEventListener("click", () => {
    key.value = "";
    location.reload(); // what the key opened goes too
  });
  renderKey();
}

/**
 * Open the dialog.
 *
 * @param {string} why what the service said; empty where the reader asked for it
 */
export function askForKey(why) {
  find("key-problem").textContent = key.value ? why : "";
  find("key-problem").hidden = !(key.value && why);
  find("key-field").value = "";
  if (document.body.dataset.ready !== "yes") {
    find("subtitle").textContent = "A key is needed to see this map.";
  }
  if (!find("key-dialog").open) find("key-dialog").showModal();
}

/** Show whether a key is used; without keys there is nothing to show. */
export function renderKey() {
  find("key-line").hidden = !told.keys;
  find("use-key").hidden = key.value !== "";
  find("forget-key").hidden = key.value === "";
  find("key-state").textContent = key.value ? "A key is used in this tab." : "No key is used.";
}

async function tryKey() {
  const before = key.value;
  key.value = find("key-field").value.trim();
  try {
    await ask("/v1/layers");
  } catch (error) {
    key.value = before;
    find("key-problem").textContent = error instanceof KeyNeededError && !find("key-field").value
      ? "Enter the key." : /** @type {Error} */ (error).message;
    find("key-problem").hidden = false;
    find("key-field").focus();
    return;
  }
  find("key-dialog").close();
  forgetSignatures();
  renderKey();
  changed();
}
