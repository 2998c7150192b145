/**
 * Training curves that one can look into: bands over seeds, values under the pointer, zoom, a logarithmic axis, arms
 * and seeds on and off. The report and the lab page mount the same chart; every statistic comes with the data.
 */

import { chartPicture } from "./chart_svg.js";
import { createPlot, drawing, sizeIn } from "./chart_plot.js";
import { attachZoom, isZoomed } from "./chart_zoom.js";
import { lineSample, seedSwitches } from "./chart_controls.js";
import { element, button, press, onTheme } from "./dom.js";
import { saveButtons } from "./export.js";
import { tableFold } from "./tables.js";
import { mark, t } from "./words.js";

/**
 * Put the chart into `host`.
 * @param {HTMLElement} host
 * @param {object} data of `curves_data.py`
 * @param {ReturnType<import("./state.js").createState>} [shared] `moments[time]` is the moment that the page shows
 * @param {{compact?: boolean}} [how] compact: lower, and without the controls that a chart beside it has
 * @returns {{update: (data: object) => void, destroy: () => void}}
 */
export function mount(host, data, shared, { compact = false } = {}) {
  const chart = new CurvesChart(host, data, shared, compact);
  return { update: (next) => chart.update(next), destroy: () => chart.destroy() };
}

const KEYS = mark(
  "Drag over the chart to look closer, double-click for the whole. On the keyboard: arrow keys move along the " +
    "curves, plus and minus look closer and back, 0 shows the whole.",
);

class CurvesChart {
  constructor(host, data, shared, compact) {
    this.host = host;
    this.compact = compact;
    this.data = data;
    this.shared = shared;
    this.metric = data.metrics[0].key;
    this.arms = new Set(data.arms.keys());
    this.seeds = new Set(data.seeds);
    this.logs = new Set(data.metrics.filter(({ log }) => log).map(({ key }) => key));
    this.place = null;
    this.build();
    this.draw();
    this.sizes = new ResizeObserver(() => this.plot.setSize(sizeIn(this.canvas, compact)));
    this.sizes.observe(this.canvas);
    this.forget = [
      onTheme(shared, () => this.draw()),
      shared?.subscribe("time", () => this.moved()),
      shared?.subscribe("moments", () => this.draw()),
    ];
  }

  update(data) {
    for (const seed of data.seeds) if (!this.data.seeds.includes(seed)) this.seeds.add(seed);
    for (const arm of data.arms.keys()) if (arm >= this.data.arms.length) this.arms.add(arm);
    const same = data.arms.length === this.data.arms.length && data.seeds.length === this.data.seeds.length;
    const zoomed = isZoomed(this.plot, this.whole); // of the data before: an axis that grew is no zoom
    this.data = data;
    if (!same) this.build();
    this.draw(zoomed);
  }

  destroy() {
    this.sizes.disconnect();
    for (const forget of this.forget) forget?.();
    this.plot.destroy();
    this.host.replaceChildren();
  }

  get shownMetric() {
    return this.data.metrics.find(({ key }) => key === this.metric);
  }

  /** The axis: from 0 where moments before the first epoch's end are shown too, else from the first epoch. */
  get whole() {
    const { epochs } = this.data;
    const high = Math.max(1, epochs.at(-1) ?? 1);
    return { low: this.shared?.get("moments") ? 0 : Math.min(1, high), high, dataLow: epochs[0] ?? 1 };
  }

  /** What the axis counts. */
  get inSteps() {
    return this.data.unit === "step";
  }

  get unit() {
    return this.inSteps ? t("Step") : t("Epoch");
  }

  build() {
    this.metricButtons = this.data.metrics.map(({ key, title }) =>
      button(title, () => this.set(() => (this.metric = key)), { "data-metric": key }),
    );
    this.log = button(t("Logarithmic axis"), () => this.set(() => toggle(this.logs, this.metric)));
    this.wholeButton = button(t("Whole range"), () => this.zoom.whole());
    const { closer, epochs } = this.data; // where arms end near each other, the first epochs hide the rest
    const late = () => this.plot.setScale("x", { min: closer, max: epochs.at(-1) });
    const from = this.inSteps ? t("From step {n}", { n: closer }) : t("From epoch {n}", { n: closer });
    const closerButton = closer ? [button(from, late)] : [];
    this.canvas = element("div.chart-canvas", {
      
      tabindex: 0,
      role: "slider",
      "aria-valuemin": 1,
      on: { keydown: (event) => this.key(event) },
    });
    this.values = this.data.arms.map(() => element("span.chart-value"));
    this.epochText = element("span.chart-epoch");
    this.fold = tableFold(t("The figures as a table"), () => this.table(), {
      title: this.data.title,
      show: (value, place) => this.cellText(value, place),
    });
    this.switches = seedSwitches(this.data.seeds, this.seeds, () => this.draw());
    this.host.replaceChildren(
      element(
        "div.toolbar",
        element("div.segments", {  role: "group", "aria-label": t("What is shown") }, ...this.metricButtons),
        element("div.segments", this.log, ...closerButton, this.wholeButton),
      ),
      this.legend(),
      this.canvas,
    );
    if (this.compact) return;
    this.host.append(
      element(
        "div.chart-foot",
        this.switches.node,
        saveButtons({
          name: `${this.data.name}-curves`,
          table: () => this.table(),
          picture: () => this.picture(),
        }),
      ),
      element("p.chart-keys.small", t(KEYS)),
      this.fold,
    );
  }

  legend() {
    this.armButtons = this.data.arms.map((arm, index) =>
      button("", () => this.set(() => toggle(this.arms, index)), { class: "arm-toggle" }),
    );
    const rows = this.data.arms.map((arm, index) => {
      this.armButtons[index].append(lineSample(arm, index), element("bdi", arm.name));
      return element("div.chart-arm", this.armButtons[index], this.values[index]);
    });
    return element("div.chart-legend", {  role: "group", "aria-label": t("Arms") }, this.epochText, ...rows);
  }

  set(change) {
    change();
    this.draw();
  }

  draw(zoomed = Boolean(this.plot) && isZoomed(this.plot, this.whole)) {
    const kept = zoomed ? { ...this.plot.scales.x } : null;
    this.plot?.destroy();
    const shown = { ...this.shown(), whole: this.whole, compact: this.compact };
    Object.assign(
      this,
      createPlot(this.canvas, this.data, shown, {
        onCursor: (place) => this.read(place),
        onZoom: () => this.zoomed(),
        moment: () => this.moment(),
      }),
    );
    this.zoom = attachZoom(this.plot, this.whole, this.canvas);
    if (kept) this.plot.setScale("x", { min: kept.min, max: kept.max });
    this.metricButtons.forEach((which, index) => press(which, this.data.metrics[index].key === this.metric));
    this.armButtons.forEach((which, index) => press(which, this.arms.has(index)));
    this.switches.refresh();
    press(this.log, shown.log);
    this.log.disabled = this.shownMetric.fraction;
    this.canvas.setAttribute("aria-label", `${this.shownMetric.title}. ${this.shownMetric.description}`);
    this.canvas.setAttribute("aria-valuemax", this.data.epochs.length || 1);
    this.zoomed();
    this.read(null);
    this.fold.renew();
  }

  shown() {
    const metric = this.shownMetric;
    return { metric, arms: this.arms, seeds: this.seeds, log: !metric.fraction && this.logs.has(this.metric) };
  }

  zoomed() {
    this.wholeButton.disabled = !this.plot || !isZoomed(this.plot, this.whole);
  }

  /** The moment that the page shows, or undefined; `moment` is its epoch, or null. */
  get shownMoment() {
    return this.shared?.get("moments")?.[this.shared.get("time")];
  }

  moment() {
    return this.shownMoment?.epoch ?? null;
  }

  /** The page shows another moment: its line moves, and what is read there unless the pointer reads elsewhere. */
  moved() {
    this.plot.redraw(false);
    if (this.place === null) this.read(null);
  }

  /** Show the values of an epoch; where the pointer is elsewhere, of the moment that is marked, else of the last one. */
  read(place) {
    const { epochs } = this.data;
    this.place = place;
    const curves = this.data.curves[this.metric];
    const marked = place === null ? this.moment() : null;
    const at = place ?? (marked === null ? lastKnown(curves, epochs.length) : epochs.indexOf(marked));
    const texts = curves.map((curve) => this.rangeText(curve, at));
    texts.forEach((text, arm) => (this.values[arm].textContent = text));
    const n = epochs[at] ?? "–";
    const counted = this.inSteps ? t("Step {n}", { n }) : t("Epoch {n}", { n });
    const epoch = at < 0 ? this.shownMoment.label : counted; // within an epoch there are no values
    this.epochText.textContent = epoch;
    const said = texts.map((text, arm) => `${this.data.arms[arm].name} ${text}`).filter((_, arm) => this.arms.has(arm));
    this.canvas.setAttribute("aria-valuenow", epochs[at] ?? 1);
    this.canvas.setAttribute("aria-valuetext", [epoch, ...said].join("; "));
  }

  rangeText(curve, at) {
    const [mean, low, high] = [curve.mean[at], curve.low[at], curve.high[at]];
    if (mean === null || mean === undefined) return "–";
    const places = this.places(high - low);
    const text = this.valueText(mean, places);
    if (curve.counted < 2) return text;
    const range = { low: this.valueText(low, places), high: this.valueText(high, places) };
    return `${text} (${t("{low} to {high}", range)})`;
  }

  /** Two decimals of a percentage where seeds lie within a point of each other; of losses always three. */
  places(spread) {
    if (!this.shownMetric.fraction) return 3;
    return spread < 0.01 ? 2 : 1;
  }

  valueText(value, places) {
    if (value === null || value === undefined) return "–";
    const { fraction } = this.shownMetric;
    const digits = !fraction && value >= 1000 ? value.toExponential(2) : (fraction ? 100 * value : value).toFixed(places);
    return digits.replace("-", "\u2212") + (fraction ? this.data.percent : "");
  }

  table() {
    const { seeds, epochs, arms } = this.data;
    const columns = [t("Arm"), this.unit, this.data.mean ?? t("Mean"), t("Lowest"), t("Highest")];
    const rows = this.data.curves[this.metric].flatMap((curve, arm) =>
      epochs.map((epoch, at) => [
        arms[arm].name,
        epoch,
        ...[curve.mean[at], curve.low[at], curve.high[at]],
        ...seeds.map((n) => curve.runs.find(({ seed }) => seed === n)?.values[at] ?? null),
      ]),
    );
    return { columns: [...columns, ...seeds.map((n) => t("Seed {n}", { n }))], rows };
  }

  cellText(value, place) {
    if (place < 2) return String(value);
    return this.valueText(value, this.shownMetric.fraction ? 2 : 4);
  }

  picture() {
    const made = drawing(this.data, this.shown());
    const metric = this.shownMetric;
    const colours = this.data.arms.map(({ onWhite }) => onWhite);
    const { plot, ticks, data } = this;
    return chartPicture({ plot, made, ticks, data, metric, colours, epoch: this.unit });
  }

  key(event) {
    const last = this.data.epochs.length - 1;
    const from = this.place ?? last;
    const moves = { ArrowLeft: from - 1, ArrowDown: from - 1, ArrowRight: from + 1, ArrowUp: from + 1, Home: 0, End: last };
    const zooms = { "+": "closer", "=": "closer", "-": "farther", 0: "whole" };
    if (event.key in moves) this.point(Math.min(last, Math.max(0, moves[event.key])));
    else if (event.key in zooms) this.zoom[zooms[event.key]]();
    else return;
    event.preventDefault();
  }

  point(place) {
    const left = this.plot.valToPos(this.data.epochs[place], "x");
    this.plot.setCursor({ left, top: this.plot.over.clientHeight / 2 });
  }
}

/** The last epoch that any arm has a value of; while they train, that is short of the last one shown. */
function lastKnown(curves, epochs) {
  for (let at = epochs - 1; at > 0; at--) if (curves.some(({ mean }) => typeof mean[at] === "number")) return at;
  return Math.max(0, epochs - 1);
}

function toggle(set, value) {
  if (!set.delete(value)) set.add(value);
}
