/** What moves each layer's weights: the data's gradient against the pull of weight decay, and what state it is in. */

import { element } from "./dom.js";
import { createCourse } from "./sparkline.js";
import { mark, t } from "./words.js";

const MOST_DECADES = 14; // of the axis; what is smaller lies at its end
const COLUMNS = {
  layer: mark("Layer"),
  arm: mark("Arm"),
  balance: mark("Forces"),
  norm: mark("Norm of the weights"),
  slope: mark("Slope"),
  dead: mark("Dead units"),
  saturated: mark("Saturated"),
};
const TWO_FORCES = mark(
  "Two forces act on the weights of a layer: the gradient of the loss, which comes from the data, and the pull of " +
    "weight decay towards zero. Where the pull is the stronger one, the weights shrink.",
);
const ONE_FORCE = mark(
  "No weight decay acts in these runs: what moves the weights of a layer is the gradient of the loss, which comes " +
    "from the data. The axis is logarithmic.",
);
const DECOUPLED = mark(
  "AdamW applies weight decay beside the gradient: there the pull is not weighed against the gradient.",
);
const COLUMNS_NOTE = mark(
  "Slope: how steep the activation is where the layer's sums lie, on average; gradients are multiplied by it on their " +
    "way down. Dead units: slope zero for every image. Saturated: sums at a flat end of the activation.",
);
const EVEN = 1.1; // forces whose ratio is below are told to be even
const FIGURES = ["norm", "data", "pull", "slope", "dead", "low", "high"]; // as `training_moments.py` lists them

/**
 * @param {HTMLElement} host
 * @param {{arms: {name: string, story: object | null}[], moments: object[]}} data
 * @param {ReturnType<import("./state.js").createState>} shared `time` says which moment is shown
 */
export function mount(host, data, shared) {
  const { arms } = data;
  const axis = forceAxis(arms);
  const pulled = arms.some(({ story }) => story && Object.values(story.course.layers).some((of) => of.decay_pull.some(Boolean)));
  const layers = [...new Set(arms.flatMap((arm) => arm.story?.layers ?? []))];
  const rows = layers.flatMap((layer) =>
    arms.flatMap((arm, place) => (arm.story?.layers.includes(layer) ? [forceRow(layer, arm, place, { axis, pulled }, data)] : [])),
  );
  const head = Object.keys(COLUMNS).map((name) => {
    const scale = name === "balance" ? axisMarks(axis) : "";
    return element("th", { scope: "col", role: "columnheader", class: `of-${name}` }, t(COLUMNS[name]), scale);
  });
  const body = element("tbody", { role: "rowgroup" }, ...rows.map((row) => row.node));
  const table = element("table", { class: pulled ? "forces" : "forces alone", role: "table", "aria-label": t("What moves the weights") });
  table.append(element("thead", { role: "rowgroup" }, element("tr", { role: "row" }, ...head)), body);
  const missing = arms.filter((arm) => !arm.story).map((arm) => t("{arm}: no probe watched this run.", { arm: arm.name }));
  const decoupled = arms.some((arm) => arm.story?.decoupled) ? [t(DECOUPLED)] : [];
  host.replaceChildren(
    element("p.prose", t(pulled ? TWO_FORCES : ONE_FORCE)),
    pulled ? forceLegend() : "",
    table,
    ...[t(COLUMNS_NOTE), ...decoupled, ...missing].map((note) => element("p.prose.small", note)),
  );
  const show = (time) => rows.forEach((row) => row.show(time));
  shared.subscribe("time", show);
  show(shared.get("time") ?? data.moments.length - 1);
}

/** The logarithmic axis of all forces: `place(force)` is from 0 to 1. */
function forceAxis(arms) {
  const sizes = arms.flatMap((arm) =>
    Object.values(arm.story?.course.layers ?? {}).flatMap((layer) => [...layer.gradient_norm, ...layer.decay_pull]),
  );
  const logs = sizes.filter((size) => size > 0).map(Math.log10);
  const high = Math.ceil(Math.max(-1, ...logs));
  const low = Math.max(high - MOST_DECADES, Math.floor(Math.min(high - 2, ...logs)));
  return { low, high, place: (force) => Math.max(0, (Math.log10(force) - low) / (high - low)) };
}

function axisMarks({ low, high }) {
  const scale = element("span.force-scale", {  "aria-hidden": "true" });
  const every = high - low > 8 ? 4 : 2;
  for (let power = high; power >= low; power -= every) {
    const mark = element("span", "10", element("sup", String(power).replace("-", "−")));
    mark.style.left = `${(100 * (power - low)) / (high - low)}%`;
    scale.append(mark);
  }
  return scale;
}

function forceLegend() {
  const data = element("span.legend-item", element("span.force-dot.data"), t("gradient of the data"));
  const pull = element("span.legend-item", element("span.force-dot.pull"), t("pull of weight decay"));
  return element("p.force-legend", data, pull);
}

/** One layer of one arm. */
function forceRow(layer, { name, story }, place, { axis, pulled }, { arms }) {
  const first = place === arms.findIndex((arm) => arm.story?.layers.includes(layer));
  const [data, pull, link] = ["data", "pull", "link"].map((kind) => element("span", { class: `force-${kind}` }));
  data.className = "force-dot data";
  pull.className = "force-dot pull";
  const outcome = element("span.outcome-text");
  const course = createCourse(story.course.epochs, story.course.layers[layer].weight_norm);
  const norm = element("span.figure-text");
  const [slope, dead, saturated] = ["slope", "dead", "saturated"].map((kind) => cell(kind, ""));
  const track = element("span.force-track", link, pull, data);
  const node = element(
    "tr",
    { role: "row", class: `arm-${place}${first ? " first" : ""}` },
    element("th", { scope: "row", role: "rowheader", class: "of-layer" }, first ? layer : element("span.again", layer)),
    element("td", { role: "cell", class: "of-arm" }, element("bdi", name)),
    cell("balance", track, outcome),
    cell("norm", course.node, norm),
    slope,
    dead,
    saturated,
  );

  function show(time) {
    const moment = story.moments[time];
    const figures = Object.fromEntries(FIGURES.map((key, i) => [key, moment.layers[layer][i]]));
    putForces(figures);
    norm.textContent = short(figures.norm);
    course.mark(moment.done, figures.norm);
    slope.lastChild.textContent = short(figures.slope);
    dead.lastChild.textContent = share(figures.dead);
    const ends = [figures.low, figures.high].filter((part) => part !== null);
    saturated.lastChild.textContent = share(ends.length ? ends.reduce((a, b) => a + b) : null);
  }
  function putForces({ data: gradient, pull: decay }) {
    const has = { data: gradient !== null, pull: decay > 0 };
    const [at, against] = [axis.place(gradient || 1e-99), axis.place(decay || 1e-99)];
    data.hidden = !has.data;
    pull.hidden = link.hidden = !has.pull;
    data.style.left = `${100 * at}%`;
    pull.style.left = `${100 * against}%`;
    link.style.left = `${100 * Math.min(at, against)}%`;
    link.style.width = `${100 * Math.abs(at - against)}%`;
    const losing = has.data && has.pull && decay >= EVEN * gradient;
    node.classList.toggle("losing", losing);
    outcome.textContent = outcomeText(gradient, decay);
  }
  function outcomeText(gradient, decay) {
    if (gradient === null) return "–";
    if (decay > 0) return outcomeOf(gradient, decay);
    return pulled ? t("no weight decay") : "";
  }
  return { node, show };
}

function cell(name, ...parts) {
  const text = parts.length && parts[0] !== "" ? parts : [element("span.figure-text", "–")];
  return element("td", { role: "cell", class: `of-${name}`, "data-label": t(COLUMNS[name]) }, ...text);
}

function outcomeOf(gradient, decay) {
  const ratio = decay > gradient ? decay / gradient : gradient / decay;
  if (ratio < EVEN) return t("even");
  const shown = ratio < 10 ? ratio.toFixed(1) : ratio < 1e4 ? ratio.toFixed(0) : powerOfTen(ratio);
  return t(decay > gradient ? mark("decay × {ratio}") : mark("data × {ratio}"), { ratio: shown });
}

/** The nearest power of ten: `10⁶`; `∞` of what is infinite. */
function powerOfTen(value) {
  if (!Number.isFinite(value)) return "∞";
  const digits = String(Math.round(Math.log10(value)));
  return `10${[...digits].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit]).join("")}`;
}

/** Three digits; small numbers as powers of ten. */
function short(value) {
  if (value === null) return "–";
  if (value === 0) return "0";
  if (Math.abs(value) >= 0.001 && Math.abs(value) < 1e5) return String(Number(value.toPrecision(3)));
  return value.toExponential(1).replace("e-", "e−").replace("e+", "e");
}

function share(value) {
  if (value === null) return "–";
  const percent = 100 * value;
  return t("{value} %", { value: percent > 0 && percent < 1 ? "< 1" : percent.toFixed(0) });
}
