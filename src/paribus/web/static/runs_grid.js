// Every run of a job: a cell each, arms by seeds. A cell says how far it is, and chooses its seed.

import { lineSample } from "./chart_controls.js";
import { el, own, renew, say } from "./elements.js";
import { percent } from "./language.js";
import { mark, t } from "./words.js";

const STATES = {
  waiting: mark("waiting"),
  training: mark("training"),
  finished: mark("finished"),
  diverged: mark("diverged"),
  failed: mark("failed"),
};

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

function table({ options: { dashes } }, names, seeds, cells) {
  const heads = seeds.map((number) => el("th", { scope: "col" }, t("Seed {n}", { n: number })));
  const row = (name, index) => {
    const mine = cells.slice(index * seeds.length, (index + 1) * seeds.length);
    const head = el("th", { scope: "row" }, lineSample({ dash: dashes[index % dashes.length] }, index), own(name));
    return el(
      "tr",
      head,
      mine.map((cell) => el("td", cell.node)),
    );
  };
  const grid = el("table.runs-grid", el("thead", el("tr", el("td"), heads)), el("tbody", names.map(row)));
  return [
    el("h3", t("Every run, with its validation accuracy")),
    el("p.hint", t("Choose a seed to look at. With one seed all arms have the same batches and draws.")),
    el("div.scroll", { tabindex: 0, role: "region", "aria-label": t("Every run, with its validation accuracy") }, grid),
  ];
}

function createCell(app, arm, index, name, number, choose) {
  const [accuracy, state] = [el("span.run-accuracy"), el("span.run-state")];
  const key = `run-${index}-${number}`;
  const on = { click: () => choose(number) };
  const node = el("button", { type: "button", "data-key": key, on }, accuracy, state);

  function show(run, chosen) {
    const [how, done] = [run?.state ?? "waiting", run?.metrics.length ?? 0];
    const where = t(STATES[how]);
    const reached = done > 0 ? percent(run.metrics.at(-1).val_accuracy) : "\u2013";
    const epochs = t("{done} of {epochs} epochs", { done, epochs: run?.epochs ?? 0 });
    const seed = t("Seed {n}", { n: number });
    say(accuracy, reached);
    say(state, how === "training" ? `${done}/${run.epochs}` : where);
    node.className = `run-cell run-${how}`;
    node.setAttribute("aria-pressed", String(chosen));
    node.setAttribute("aria-label", `${name}, ${seed}: ${where}, ${epochs}, ${reached}`);
  }
  return { arm: arm.name, number, node, show };
}
