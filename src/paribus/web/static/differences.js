// The paired differences of two arms, seed by seed, with their interval and the margin of practical equality.

import { svg } from "./elements.js";

const HEIGHT = 108;
const EDGE = 24; // px left free on both sides

/** An SVG of one pair. Differences are b minus a, fractions of test accuracy. */
export function differencesChart(app, comparison, pair) {
  const { numbers, language } = app;
  const width = window.innerWidth < 700 ? 340 : 640; // so that on a phone words are as large as elsewhere
  const [left, right] = [EDGE, width - EDGE];
  const known = [
    ...pair.differences,
    pair.low,
    pair.high,
    pair.difference,
    0,
    comparison.margin,
    -comparison.margin,
  ].filter((value) => typeof value === "number" && Number.isFinite(value));
  const [lowest, highest] = [Math.min(...known), Math.max(...known)];
  const room = (highest - lowest || 0.01) * 0.06;
  const x = (value) => left + ((value - lowest + room) / (highest - lowest + 2 * room)) * (right - left);
  const places = highest - lowest < 0.05 ? 2 : 0;
  const title = language.t("verdict.differences.alt", {
    n: pair.differences.length,
    size: numbers.signed(pair.difference, 2),
  });
  const y = 44;
  return svg(
    "svg",
    { class: "chart pair-chart", viewBox: `0 0 ${width} ${HEIGHT}`, role: "img", "aria-label": title },
    svg("rect", {
      class: "margin",
      x: x(-comparison.margin),
      y: 16,
      width: x(comparison.margin) - x(-comparison.margin),
      height: 56,
    }),
    svg("line", { class: "zero", x1: x(0), x2: x(0), y1: 10, y2: 78 }),
    ticks(lowest, highest).map((tick) => [
      svg("line", { class: "axis", x1: x(tick), x2: x(tick), y1: 78, y2: 83 }),
      svg("text", { x: x(tick), y: 99, "text-anchor": "middle" }, numbers.signed(tick, places)),
    ]),
    svg("line", { class: "axis", x1: left, x2: right, y1: 78, y2: 78 }),
    pair.low !== null && svg("line", { class: "interval", x1: x(pair.low), x2: x(pair.high), y1: y, y2: y }),
    pair.differences.map((value, index) =>
      svg("circle", {
        class: "seed-mark",
        cx: x(value),
        cy: y + (index % 2 === 0 ? -13 : 13),
        r: 4.5,
      }),
    ),
    svg("path", { class: "mean-mark", d: `M${x(pair.difference)} ${y - 8}l8 8l-8 8l-8 -8z` }),
  );
}

/** At most six round numbers between two, with 0 among them where it lies there. */
function ticks(low, high) {
  const rough = (high - low || 0.01) / 4;
  const scale = 10 ** Math.floor(Math.log10(rough));
  const step = scale * [1, 2, 5, 10].find((lead) => lead * scale >= rough);
  const found = [];
  for (let i = Math.ceil(low / step); i * step <= high + 1e-12 && found.length < 7; i += 1) found.push(i * step);
  return found;
}
