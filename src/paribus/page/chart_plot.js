/** One metric of all arms, drawn by uPlot: bands, thin lines for seeds, thick ones for means. */

import { uPlot } from "./vendor/uplot.js";
import { styleOf } from "./dom.js";

const LOG = 3; // uPlot's `distr` of a logarithmic scale
const EPOCHS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000];

/**
 * What is to be drawn, before anything is: columns of values and how each looks.
 * @param {object} data of `curves_data.py`
 * @param {{metric: object, arms: Set<number>, seeds: Set<number>, log: boolean}} shown
 * @returns {{columns: (number|null)[][], marks: object[], bands: [number, number, number][]}} `bands`: places of the
 *   upper and lower column and the arm; a mark's `kind` is edge, seed or mean
 */
export function drawing(data, { metric, arms, seeds, log }) {
  const columns = [data.epochs];
  const marks = [{}];
  const bands = [];
  const add = (values, mark) => {
    columns.push(log ? values.map((value) => (value > 0 ? value : null)) : values);
    return marks.push(mark) - 1;
  };
  const curves = data.curves[metric.key].map((curve, arm) => ({ curve, arm })).filter(({ arm }) => arms.has(arm));
  for (const { curve, arm } of curves) {
    if (curve.counted < 2) continue;
    bands.push([add(curve.high, { kind: "edge", arm }), add(curve.low, { kind: "edge", arm }), arm]);
  }
  for (const { curve, arm } of curves) {
    for (const run of curve.runs.filter(({ seed }) => seeds.has(seed))) {
      add(run.values, { kind: "seed", arm, seed: run.seed, faint: run.inBand, diverged: run.diverged });
    }
  }
  for (const { curve, arm } of curves) add(curve.mean, { kind: "mean", arm });
  return { columns, marks, bands };
}

/** The page's colours where the chart stands, for a canvas takes no custom properties. */
export function colours(host, arms) {
  return {
    arms: Array.from({ length: arms }, (_, arm) => styleOf(host, `--arm-${arm}`) || styleOf(host, "--ink")),
    ink: styleOf(host, "--ink"),
    soft: styleOf(host, "--ink-2"),
    rule: styleOf(host, "--rule"),
    accent: styleOf(host, "--accent"),
    page: styleOf(host, "--page"),
    font: `12px ${styleOf(host, "font-family")}`,
  };
}

/**
 * The plot, put into `host`.
 * @param {HTMLElement} host
 * @param {object} data of `curves_data.py`
 * @param {object} shown what is shown: see `drawing`; `whole` is the axis' full range, `compact` draws it lower
 * @param {{onCursor: (place: number|null) => void, onZoom: () => void, moment: () => number|null}} hooks `moment`
 *   gives the epoch that other parts of the page show
 * @returns {{plot: uPlot, look: object, ticks: object}}
 */
export function createPlot(host, data, shown, hooks) {
  const look = colours(host, data.arms.length);
  const made = drawing(data, shown);
  const ticks = { x: [], y: [] };
  const series = made.marks.map((mark, place) => (place ? seriesOf(mark, data, look) : {}));
  const options = {
    ...sizeIn(host, shown.compact),
    legend: { show: false },
    padding: [12, 16, 0, 0],
    series,
    bands: made.bands.map(([high, low, arm]) => ({ series: [high, low], fill: `${look.arms[arm]}29` })),
    scales: {
      x: { time: false, range: (_, low, high) => rangeX(low, high, shown.whole) },
      y: shown.log ? { distr: LOG } : { range: (_, low, high) => rangeY(low, high, shown.metric) },
    },
    axes: [axisX(look, ticks), axisY(look, ticks, data, shown)],
    cursor: {
      y: false,
      drag: { x: true, y: false, dist: 4 },
      points: { size: 8, show: (_, place) => made.marks[place].kind === "mean" && document.createElement("div") },
    },
    hooks: {
      setCursor: [(plot) => hooks.onCursor(plot.cursor.idx ?? null)],
      setScale: [(_, key) => key === "x" && hooks.onZoom()],
      draw: [(plot) => drawExtras(plot, made, look, shown, hooks.moment())],
    },
  };
  return { plot: new uPlot(options, made.columns, host), look, ticks, made };
}

/** A chart's size in its box, px. */
export function sizeIn(host, compact) {
  const width = Math.max(240, Math.floor(host.clientWidth));
  if (compact) return { width, height: 220 };
  return { width, height: width < 520 ? 270 : Math.min(420, Math.round(width * 0.42)) };
}

function seriesOf(mark, data, look) {
  const stroke = look.arms[mark.arm];
  const plain = { points: { show: data.epochs.length === 1 && mark.kind !== "edge", size: 6 }, spanGaps: false };
  if (mark.kind === "edge") return { ...plain, width: 0 };
  if (mark.kind === "seed") return { ...plain, stroke: mark.faint ? `${stroke}80` : stroke, width: mark.faint ? 1 : 1.5 };
  return { ...plain, stroke, width: 2.5, dash: data.arms[mark.arm].dash, points: { ...plain.points, fill: stroke } };
}

function rangeX(low, high, whole) {
  if (low === null || whole.low === whole.high) return [whole.low - 0.5, whole.high + 0.5];
  const all = low <= whole.dataLow && high >= whole.high;
  return all ? [whole.low, whole.high] : [Math.max(low, whole.low), Math.min(high, whole.high)];
}

/** Fractions that spread widely are shown from 0 to 1, losses from 0 where that costs less than half of the height. */
function rangeY(low, high, { fraction }) {
  if (low === null || low === undefined) return [0, 1];
  if (fraction && high - low > 0.4) return [0, 1];
  const [padLow, padHigh] = uPlot.rangeNum(low, high, 0.08, true);
  if (fraction) return [Math.max(0, padLow), Math.min(1, padHigh)];
  return [low >= 0 && low <= high - low ? 0 : padLow, padHigh];
}

function axisX(look, ticks) {
  return {
    stroke: look.soft,
    font: look.font,
    grid: { show: false },
    ticks: { stroke: look.rule, width: 1, size: 5 },
    border: { show: true, stroke: look.rule, width: 1 },
    incrs: EPOCHS,
    space: 34,
    size: 34,
    values: (_, splits) => {
      ticks.x = splits.map((value) => [value, String(value)]);
      return splits;
    },
  };
}

function axisY(look, ticks, data, { metric, log }) {
  return {
    stroke: look.soft,
    font: look.font,
    grid: { stroke: look.rule, width: 1 },
    ticks: { show: false },
    space: 44,
    size: (plot, labels) => 14 + 7.2 * Math.max(4, ...(labels ?? []).map((label) => (label ?? "").length)),
    values: (_, splits, axis, space, step) => {
      const labels = splits.map((value) => tickLabel(value, step, metric.fraction, data.percent, log));
      ticks.y = splits.map((value, place) => [value, labels[place]]);
      return labels;
    },
  };
}

function tickLabel(value, step, fraction, percent, log) {
  if (value === null) return null;
  if (log) return Math.abs(Math.log10(value) % 1) < 1e-6 || fraction ? numberText(value, fraction, percent, null) : "";
  return numberText(value, fraction, percent, step);
}

function numberText(value, fraction, percent, step) {
  const scaled = fraction ? value * 100 : value;
  const shownStep = fraction && step !== null ? step * 100 : step;
  const places = shownStep === null ? null : Math.max(0, -Math.floor(Math.log10(shownStep) + 1e-9));
  const digits = places === null ? String(Number(scaled.toPrecision(3))) : scaled.toFixed(Math.min(places, 6));
  return digits.replace("-", "\u2212") + (fraction ? percent : "");
}

/** What uPlot has no series for: the guessing line, where runs broke, and the moment that the page shows. */
function drawExtras(plot, made, look, { metric }, moment) {
  const { ctx, bbox } = plot;
  const ratio = uPlot.pxRatio;
  ctx.save();
  ctx.beginPath();
  const rim = 6 * ratio; // a cross on the edge is shown whole
  ctx.rect(bbox.left - rim, bbox.top - rim, bbox.width + 2 * rim, bbox.height + 2 * rim);
  ctx.clip();
  const { min, max } = plot.scales.y;
  if (metric.guessing !== null && metric.guessing >= min && metric.guessing <= max) {
    const y = plot.valToPos(metric.guessing, "y", true);
    line(ctx, [bbox.left, y], [bbox.left + bbox.width, y], look.soft, ratio, [ratio, 4 * ratio]);
    ctx.fillStyle = look.soft;
    ctx.font = look.font.replace(/^[\d.]+px/, `${12 * ratio}px`);
    ctx.textAlign = "center";
    const below = bbox.top + bbox.height - y > 28 * ratio;
    const place = [metric.guessingText, bbox.left + bbox.width / 2, y + (below ? 16 : -9) * ratio];
    ctx.strokeStyle = look.page; // lines that pass behind the words leave them readable
    ctx.lineWidth = 4 * ratio;
    ctx.setLineDash([]);
    ctx.strokeText(...place);
    ctx.fillText(...place);
  }
  made.marks.forEach((mark, place) => {
    if (mark.diverged) cross(plot, ctx, made.columns[place], look.arms[mark.arm], ratio);
  });
  if (moment !== null && moment >= plot.scales.x.min && moment <= plot.scales.x.max) {
    const x = plot.valToPos(moment, "x", true);
    line(ctx, [x, bbox.top], [x, bbox.top + bbox.height], look.accent, 2 * ratio, []);
  }
  ctx.restore();
}

function cross(plot, ctx, values, colour, ratio) {
  const last = values.findLastIndex((value) => value !== null);
  const { min, max } = plot.scales.x;
  if (last < 0 || plot.data[0][last] < min || plot.data[0][last] > max) return;
  const [x, y, r] = [plot.valToPos(plot.data[0][last], "x", true), plot.valToPos(values[last], "y", true), 4 * ratio];
  line(ctx, [x - r, y - r], [x + r, y + r], colour, 2 * ratio, []);
  line(ctx, [x - r, y + r], [x + r, y - r], colour, 2 * ratio, []);
}

function line(ctx, [x0, y0], [x1, y1], colour, width, dash) {
  ctx.beginPath();
  ctx.moveTo(x0, y0);
  ctx.lineTo(x1, y1);
  ctx.strokeStyle = colour;
  ctx.lineWidth = width;
  ctx.setLineDash(dash);
  ctx.stroke();
}
