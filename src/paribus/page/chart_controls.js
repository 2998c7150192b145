/** What stands around a chart: a piece of an arm's line beside its name, and a switch for each seed. */

import { element, svgElement, button, press } from "./dom.js";
import { t } from "./words.js";

const MOST_SWITCHES = 40;

/** A piece of an arm's line, to stand beside its name. @param {{dash: number[]}} arm @param {number} index */
export function lineSample(arm, index) {
  const dash = arm.dash.join(" ") || null;
  const style = { stroke: "currentColor", "stroke-width": 3, "stroke-dasharray": dash };
  const line = svgElement("line", { x1: 1, x2: 27, y1: 6, y2: 6, ...style });
  const sample = svgElement("svg", { viewBox: "0 0 28 12", width: 28, height: 12, "aria-hidden": "true" }, line);
  return element("span", { class: `arm-${index}` }, sample);
}

/**
 * A switch for each seed; where there are very many, for a few of them together.
 * @param {number[]} seeds
 * @param {Set<number>} chosen the seeds that are shown: changed by the switches
 * @param {() => void} changed
 * @returns {{node: HTMLElement, refresh: () => void}}
 */
export function seedSwitches(seeds, chosen, changed) {
  const size = Math.ceil(seeds.length / MOST_SWITCHES) || 1;
  const groups = [];
  for (let start = 0; start < seeds.length; start += size) groups.push(seeds.slice(start, start + size));
  const isOn = (group) => group.some((seed) => chosen.has(seed));
  const flip = (group) => {
    const on = isOn(group);
    for (const seed of group) chosen[on ? "delete" : "add"](seed);
    changed();
  };
  const switches = groups.map((group) => {
    const name = group.length > 1 ? `${group[0]}\u2013${group.at(-1)}` : String(group[0]);
    return button(name, () => flip(group), { "aria-label": t("Seed {n}", { n: name }) });
  });
  const label = element("span.small", { "aria-hidden": "true" }, t("Seeds"));
  const attributes = { class: "segments seeds", role: "group", "aria-label": t("Seeds") };
  const refresh = () => switches.forEach((which, index) => press(which, isOn(groups[index])));
  return { node: element("div", attributes, label, ...switches), refresh };
}
