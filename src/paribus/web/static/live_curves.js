// The curves of a job under way, as the page's chart takes them: every run thin, the chosen seed's strong. No mean is
// taken here: over runs that have come differently far it would describe none of them.

const METRICS = [["val_accuracy", true], ["val_loss", false], ["train_accuracy", true], ["train_loss", false]];
const DASHES = [[], [8, 4], [2, 3], [10, 3, 2, 3], [5, 2]];

/** Data for charts.js. `runs`: as jobs.js has them; `seed`: the chosen one; `names`: the arms' in the page's language. */
export function liveCurves(app, { arms, names, runs, seed, job }) {
  const { language } = app;
  const last = Math.max(0, ...runs.map((run) => run.metrics.length));
  const epochs = Array.from({ length: last }, (_, i) => i + 1);
  const seeds = [...new Set(runs.map((run) => run.seed))].sort((a, b) => a - b);
  const empty = epochs.map(() => null);
  const curve = (arm, metric) => {
    const of = runs.filter((run) => run.arm === arm.name);
    const values = (run) => epochs.map((epoch) => finite(run.metrics[epoch - 1]?.[metric]));
    const chosen = of.find((run) => run.seed === seed);
    return {
      counted: 1, low: empty, high: empty, mean: chosen ? values(chosen) : empty,
      runs: of.map((run) => ({ seed: run.seed, values: values(run), inBand: true, diverged: run.state === "diverged" })),
    };
  };
  return {
    epochs, seeds, name: `job-${job.id}`,
    percent: language.lang === "ko" ? "%" : "\u00a0%",
    arms: names.map((name, i) => ({ name, short: name, dash: DASHES[i % DASHES.length] })),
    metrics: METRICS.map(([key, fraction]) => ({ key, fraction, title: capital(language.t(`metric.${key}`)),
      description: language.t("train.curves.alt", { n: seed ?? 0 }), guessing: null, guessingText: "", log: false })),
    curves: Object.fromEntries(METRICS.map(([key]) => [key, arms.map((arm) => curve(arm, key))])),
    words: { ...language.group("chart."), mean: language.t("seed.n", { n: seed ?? 0 }) },
  };
}

const finite = (value) => (typeof value === "number" && Number.isFinite(value) ? value : null);

const capital = (text) => text[0].toUpperCase() + text.slice(1);
