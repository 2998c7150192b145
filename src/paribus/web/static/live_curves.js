// The curves of a job under way, in the page's chart: every run thin, the chosen seed's strong. No mean is taken here:
// over runs that have come differently far it would describe none of them.

import { mount } from "./charts.js";
import { el, refill } from "./elements.js";
import { mark, t } from "./words.js";
import { percentSign } from "./language.js";

const REDRAW = 400; // ms between two drawings, however fast epochs come: else nobody could look into the chart
const METRICS = {
  val_accuracy: mark("validation accuracy"),
  val_loss: mark("validation loss"),
  train_accuracy: mark("training accuracy"),
  train_loss: mark("training loss"),
};

/** The chart in `host`; returns {show, close}. `show` takes what the train view knows. */
export function createLiveChart(app, host) {
  let chart = null;
  let timer = 0;
  let latest = null;
  const paint = () => {
    timer = 0;
    chart.update(liveCurves(app, latest));
  };
  return {
    show(next) {
      latest = next;
      if (chart) timer ||= setTimeout(paint, REDRAW);
      else if (next.runs.some((run) => run.metrics.length > 0)) chart = mount(host, liveCurves(app, next), app.shared);
      else refill(host, el("p.prose", t("The curves begin with the first epoch.")));
    },
    close() {
      clearTimeout(timer);
      chart?.destroy();
    },
  };
}

/** Data for charts.js, as `curves_data.py` makes them for a finished comparison. */
function liveCurves(app, { arms, names, runs, seeds, seed, job }) {
  const { dashes } = app.options;
  const last = Math.max(0, ...runs.map((run) => run.metrics.length));
  const epochs = Array.from({ length: last }, (_, i) => i + 1);
  const description = t("A thin line for each run, a thick one for seed {n} of each arm.", { n: seed ?? 0 });
  const metric = (key) => {
    const title = capital(t(METRICS[key]));
    return {
      key,
      title,
      description,
      fraction: key.endsWith("accuracy"),
      guessing: null,
      guessingText: "",
      log: false,
    };
  };
  const curves = (key) =>
    arms.map((arm) =>
      curve(
        runs.filter((run) => run.arm === arm.name),
        epochs,
        seed,
        key,
      ),
    );
  return {
    epochs,
    seeds,
    name: `job-${job.id}`,
    percent: percentSign(),
    arms: names.map((name, i) => ({ name, short: name, dash: dashes[i % dashes.length] })),
    metrics: Object.keys(METRICS).map(metric),
    curves: Object.fromEntries(Object.keys(METRICS).map((key) => [key, curves(key)])),
    mean: t("Seed {n}", { n: seed ?? 0 }),
  };
}

/** One arm's: the chosen seed's values stand where a finished comparison has its mean. */
function curve(runs, epochs, seed, key) {
  const values = (run) => epochs.map((epoch) => finite(run?.metrics[epoch - 1]?.[key]));
  const nothing = epochs.map(() => null);
  return {
    counted: 1,
    mean: values(runs.find((run) => run.seed === seed)),
    low: nothing,
    high: nothing,
    runs: runs.map((run) => ({
      seed: run.seed,
      values: values(run),
      inBand: true,
      diverged: run.state === "diverged",
    })),
  };
}

const finite = (value) => (typeof value === "number" && Number.isFinite(value) ? value : null);
const capital = (text) => text[0].toUpperCase() + text.slice(1);
