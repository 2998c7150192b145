// Every run of a job: a cell each, arms by seeds. A cell says how far it is, and chooses its seed.

import { armMark, el, own, renew, say } from "./elements.js";

/**
 * Returns a function that shows runs in `host`, as the train view knows them. The table is built where arms or seeds
 * are others; cells change in place. `choose(seed)`: somebody wants to look at that seed.
 */
export function createRunsGrid(app, host, choose) {
  let cells = [];
  return function show({ arms, names, runs, seeds, seed }) {
    renew(host, [names, seeds], () => {
      cells = arms.flatMap((arm, index) =>
        seeds.map((number) => createCell(app, arm, index, names[index], number, choose)),
      );
      return seeds.length > 0 && table(app, names, seeds, cells);
    });
    for (const cell of cells) {
      const run = runs.find((one) => one.arm === cell.arm && one.seed === cell.number);
      cell.show(run, cell.number === seed);
    }
  };
}

function table(app, names, seeds, cells) {
  const { language } = app;
  const heads = seeds.map((number) => el("th", { scope: "col" }, language.t("seed.n", { n: number })));
  const row = (name, index) => {
    const mine = cells.slice(index * seeds.length, (index + 1) * seeds.length);
    const head = el("th", { scope: "row" }, armMark(index), own(name));
    return el(
      "tr",
      {},
      head,
      mine.map((cell) => el("td", {}, cell.node)),
    );
  };
  const grid = el(
    "table",
    { class: "runs-grid" },
    el("thead", {}, el("tr", {}, el("td"), heads)),
    el("tbody", {}, names.map(row)),
  );
  return [
    el("h3", {}, language.t("train.runs")),
    el("p", { class: "hint" }, language.t("train.runs.hint")),
    el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": language.t("train.runs") }, grid),
  ];
}

function createCell(app, arm, index, name, number, choose) {
  const { language, numbers } = app;
  const [accuracy, state] = [el("span", { class: "run-accuracy" }), el("span", { class: "run-state" })];
  const key = `run-${index}-${number}`;
  const on = { click: () => choose(number) };
  const node = el("button", { type: "button", "data-key": key, on }, accuracy, state);

  function show(run, chosen) {
    const [how, done] = [run?.state ?? "waiting", run?.metrics.length ?? 0];
    const where = language.t(`run.${how}`);
    const reached = done > 0 ? numbers.percent(run.metrics.at(-1).val_accuracy) : "\u2013";
    const epochs = language.t("train.epochs", { done, epochs: run?.epochs ?? 0 });
    const seed = language.t("seed.n", { n: number });
    say(accuracy, reached);
    say(state, how === "training" ? `${done}/${run.epochs}` : where);
    node.className = `run-cell run-${how}`;
    node.setAttribute("aria-pressed", String(chosen));
    node.setAttribute("aria-label", `${name}, ${seed}: ${where}, ${epochs}, ${reached}`);
  }
  return { arm: arm.name, number, node, show };
}
