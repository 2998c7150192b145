/** What a chart shows just now, as a drawing of its own: zoom, hidden arms and seeds as they are, on white. */

import { svgElement } from "./dom.js";

const [INK, RULE] = ["#4b5262", "#dcd8cd"]; // of palette.py, on white
const LEFT = 66;
const BOTTOM = 34;

/**
 * @param {object} parts `plot`, `made`, `ticks` of `createPlot`; `data` and `metric`; `colours` of the arms on white;
 *   `epoch` names the horizontal axis
 * @returns {SVGElement}
 */
export function chartPicture({ plot, made, ticks, data, metric, colours, epoch }) {
  const arms = [...new Set(made.marks.slice(1).map(({ arm }) => arm))];
  const top = 44 + 18 * arms.length;
  const [width, height] = [720, 340 + top];
  const box = { left: LEFT, top, right: width - 20, bottom: height - BOTTOM };
  const at = places(plot, box);
  const root = svgElement("svg", { viewBox: `0 0 ${width} ${height}`, "font-size": 12, fill: INK });
  root.append(svgElement("text", { x: 14, y: 24, "font-size": 15, "font-weight": 600 }, metric.title));
  arms.forEach((arm, row) => root.append(...legendRow(data.arms[arm], colours[arm], 46 + 18 * row)));
  root.append(...axes(box, at, ticks, epoch));
  const lines = svgElement("svg", { ...rectangle(box), viewBox: viewBox(box) });
  for (const [high, low, arm] of made.bands) lines.append(band(at, data.epochs, made.columns, high, low, colours[arm]));
  made.marks.forEach((mark, place) => {
    if (mark.kind === "seed" || mark.kind === "mean") {
      const style = mark.kind === "mean" ? { "stroke-width": 2.5 } : { "stroke-width": 1, "stroke-opacity": 0.55 };
      const dash = mark.kind === "mean" ? data.arms[mark.arm].dash.join(" ") || null : null;
      lines.append(
        svgElement("path", {
          d: path(at, data.epochs, made.columns[place]),
          fill: "none",
          stroke: colours[mark.arm],
          "stroke-dasharray": dash,
          ...style,
        }),
      );
    }
  });
  root.append(lines);
  return root;
}

function places(plot, box) {
  const share = (scale, value) => {
    const log = scale.distr === 3;
    const [low, high, here] = [scale.min, scale.max, value].map((number) => (log ? Math.log10(number) : number));
    return (here - low) / (high - low);
  };
  return (x, y) => [
    box.left + share(plot.scales.x, x) * (box.right - box.left),
    box.bottom - share(plot.scales.y, y) * (box.bottom - box.top),
  ];
}

function legendRow(arm, colour, y) {
  const sample = { x1: 14, x2: 42, y1: y - 4, y2: y - 4, stroke: colour, "stroke-width": 3 };
  return [
    svgElement("line", { ...sample, "stroke-dasharray": arm.dash.join(" ") || null }),
    svgElement("text", { x: 50, y }, arm.name),
  ];
}

function axes(box, at, ticks, epoch) {
  const parts = [];
  for (const [value, label] of ticks.y) {
    const y = at(1, value)[1];
    if (!label || y < box.top - 1 || y > box.bottom + 1) continue;
    parts.push(svgElement("line", { x1: box.left, x2: box.right, y1: y, y2: y, stroke: RULE }));
    parts.push(svgElement("text", { x: box.left - 8, y: y + 4, "text-anchor": "end" }, label));
  }
  for (const [value, label] of ticks.x) {
    const x = at(value, 1)[0];
    parts.push(svgElement("text", { x, y: box.bottom + 18, "text-anchor": "middle" }, label));
  }
  parts.push(svgElement("line", { x1: box.left, x2: box.right, y1: box.bottom, y2: box.bottom, stroke: INK }));
  parts.push(svgElement("text", { x: box.right, y: box.bottom + 31, "text-anchor": "end" }, epoch));
  return parts;
}

function band(at, epochs, columns, high, low, colour) {
  const inside = epochs.map((_, place) => place).filter((p) => columns[high][p] !== null && columns[low][p] !== null);
  const upper = inside.map((p) => at(epochs[p], columns[high][p]));
  const lower = inside.map((p) => at(epochs[p], columns[low][p])).reverse();
  const d = inside.length ? `M${[...upper, ...lower].map(pair).join("L")}Z` : "";
  return svgElement("path", { d, fill: colour, "fill-opacity": 0.16 });
}

function path(at, epochs, values) {
  let [d, pen] = ["", "M"];
  epochs.forEach((epoch, place) => {
    if (values[place] === null) pen = "M";
    else [d, pen] = [d + pen + pair(at(epoch, values[place])), "L"];
  });
  return d;
}

const pair = ([x, y]) => `${x.toFixed(2)} ${y.toFixed(2)}`;
const rectangle = ({ left, top, right, bottom }) => ({ x: left, y: top, width: right - left, height: bottom - top });
const viewBox = ({ left, top, right, bottom }) => `${left} ${top} ${right - left} ${bottom - top}`;
