// Every run of a job: a cell each, arms by seeds. A cell says how far it is, and chooses its seed.

import { armMark, el, own } from "./elements.js";

/** `choose(seed)`: somebody wants to look at that seed. The rest is as the train view has it. */
export function runsGrid(app, { arms, names, runs, seeds, seed, choose }) {
  const { language } = app;
  const name = (number) => language.t("seed.n", { n: number });
  const cell = (arm, index, number) => {
    const run = runs.find((one) => one.arm === arm.name && one.seed === number);
    const chosen = String(seed === number);
    return el("td", {}, runCell(app, run, { index, arm: names[index], seed: name(number), number, chosen, choose }));
  };
  const row = (arm, index) =>
    el(
      "tr",
      {},
      el("th", { scope: "row" }, armMark(index), own(names[index])),
      seeds.map((number) => cell(arm, index, number)),
    );
  const heads = seeds.map((number) => el("th", { scope: "col" }, name(number)));
  const table = el(
    "table",
    { class: "runs-grid" },
    el("thead", {}, el("tr", {}, el("td"), heads)),
    el("tbody", {}, arms.map(row)),
  );
  return [
    el("h3", {}, language.t("train.runs")),
    el("p", { class: "hint" }, language.t("train.runs.hint")),
    el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": language.t("train.runs") }, table),
  ];
}

function runCell(app, run, { index, arm, seed, number, chosen, choose }) {
  const { language, numbers } = app;
  const state = run?.state ?? "waiting";
  const where = language.t(`run.${state}`);
  const done = run?.metrics.length ?? 0;
  const accuracy = done > 0 ? numbers.percent(run.metrics.at(-1).val_accuracy) : "\u2013";
  const epochs = language.t("train.epochs", { done, epochs: run?.epochs ?? 0 });
  const attributes = {
    type: "button",
    class: `run-cell run-${state}`,
    "data-key": `run-${index}-${number}`,
    "aria-pressed": chosen,
    "aria-label": `${arm}, ${seed}: ${where}, ${epochs}, ${accuracy}`,
    on: { click: () => choose(number) },
  };
  return el(
    "button",
    attributes,
    el("span", { class: "run-accuracy" }, accuracy),
    el("span", { class: "run-state" }, state === "training" ? `${done}/${run.epochs}` : where),
  );
}
