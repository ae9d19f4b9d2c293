// The list of layers, in groups; one is shown.
import { groupedLayers } from "./catalog.js";
import { find, make } from "./dom.js";

/**
 * @param {string} chosen
 * @param {(layer: string) => void} choose
 */
export function renderLayerList(chosen, choose) {
  const box = find("layers");
  if (box.childElementCount === 0) {
    for (const { title, layers } of groupedLayers()) {
      box.append(make("h3", {}, title), ...layers.map((layer) => entry(layer, choose)));
    }
  }
  for (const input of box.querySelectorAll("input")) input.checked = input.value === chosen;
}

/** Forget the list: what is open has changed. */
export function forgetLayerList() {
  find("layers").replaceChildren();
}

/**
 * @param {import("./catalog.js").Layer} layer
 * @param {(layer: string) => void} choose
 */
function entry(layer, choose) {
  const input = make("input", { type: "radio", name: "layer", value: layer.id });
  input.addEventListener("change", () => choose(layer.id));
  const name = layer.crime_type ? layer.title.replace(/^Risk: /, "") : layer.title;
  return make("label", { className: "choice" }, input, make("span", {}, name));
}
