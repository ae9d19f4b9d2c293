// Copy buttons.
import { find } from "./dom.js";

const SHOWN_MS = 3000;

/**
 * Copy a text when a button is pressed, and say so.
 *
 * @param {HTMLButtonElement} button
 * @param {() => string} text
 * @param {HTMLElement} [shown] where the text stands, to be selected where copying is not allowed
 */
export function copyOnPress(button, text, shown) {
  const label = button.textContent ?? "";
  button.addEventListener("click", async () => {
    let said = "Copied";
    try {
      await navigator.clipboard.writeText(text());
    } catch {
      if (shown) getSelection()?.selectAllChildren(shown);
      said = shown ? "Press Ctrl+C to copy" : "Copy it from the address bar";
    }
    button.textContent = said;
    find("announce").textContent = said;
    setTimeout(() => { button.textContent = label; }, SHOWN_MS);
  });
}
