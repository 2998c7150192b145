/** The lab: draw a digit and see what every layer of both trained networks makes of it, at any moment of training. */

import {element} from "./dom.js";

/**
 * @param {HTMLElement} host the section to fill; it is left with this alone in it
 * @param {object} data what `lab_data.py` made
 * @param {ReturnType<import("./state.js").createState>} shared `time`, `moments`, `seed` and `digit` are set here
 */
export function mount(host, data, shared) {
  host.replaceChildren(element("p", {class: "prose"}, data.words.intro));
  shared.set("seed", data.seed);
  shared.set("moments", data.moments);
  shared.set("time", data.moments.length - 1);
}
