/** A small curve of a positive number over the training, on logarithmic axes, with a mark at one moment. */

import { element, svgElement } from "./dom.js";

const EARLY = 0.005; // epochs: until then time is drawn as it is, later as its logarithm
const LEAST_DECADES = 1;

/**
 * @param {number[]} epochs done at each point
 * @param {(number | null)[]} values
 */
export function createCourse(epochs, values) {
  const most = stretch(epochs.at(-1) || 1);
  const across = (epoch) => Math.min(1, stretch(epoch) / most);
  const logs = values.filter((value) => value > 0).map(Math.log10);
  const high = Math.max(...logs, -30);
  const low = Math.min(high - LEAST_DECADES, ...logs);
  const down = (value) => (value > 0 ? Math.min(1, (high - Math.log10(value)) / (high - low)) : 1);

  const points = values.map((value, i) => (value === null ? "" : `${100 * across(epochs[i])},${100 * down(value)}`));
  const attributes = { points: points.filter(Boolean).join(" "), "vector-effect": "non-scaling-stroke", fill: "none" };
  const picture = { viewBox: "0 0 100 100", preserveAspectRatio: "none", "aria-hidden": "true" };
  const dot = element("span.course-dot");
  const node = element("span.course", svgElement("svg", picture, svgElement("polyline", attributes)), dot);
  return {
    node,
    mark(epoch, value) {
      dot.hidden = value === null;
      dot.style.left = `${100 * across(epoch)}%`;
      dot.style.top = `${100 * down(value ?? 0)}%`;
    },
  };
}

function stretch(epoch) {
  return Math.log1p(epoch / EARLY);
}
