/** Buttons that save what the server drew, and its figures as a table. */

import { saveButtons } from "./export.js";
import { tableFold } from "./tables.js";
import { t } from "./words.js";

/**
 * Adds them below every `[data-chart]` (with an h2 or h3, and a chart or a template that has one) and into every
 * `[data-table]` of `root`, there in a fold that `data-fold` names; one that is hidden without a script is shown.
 * @param {ParentNode} root
 * @param {{tables: Object<string, import("./export.js").Table>, name: string}} data
 */
export function makeSaveable(root, { tables, name }) {
  for (const figure of root.querySelectorAll("[data-chart]")) {
    const chart = figure.dataset.chart;
    const title = figure.querySelector("h2, h3").textContent;
    figure.append(
      saveButtons({ name: `${name}-${chart}`, table: () => tables[chart], picture: () => drawnIn(figure) }),
    );
    figure.append(tableFold(t("The figures as a table"), () => tables[chart], { title }));
  }
  for (const host of root.querySelectorAll("[data-table]")) {
    const table = host.dataset.table;
    const buttons = saveButtons({ name: `${name}-${table}`, table: () => tables[table] });
    const fold =
      host.dataset.fold && tableFold(host.dataset.fold, () => tables[table], { title: t("The figures as a table") });
    fold?.append(buttons);
    host.append(fold || buttons);
    host.hidden = false;
  }
}

/** The chart in the size for this window, or the one that is there to be saved alone. @returns {SVGElement} */
export function drawnIn(figure) {
  const shown = [...figure.querySelectorAll("svg.chart")].find((drawn) => drawn.checkVisibility());
  return shown ?? figure.querySelector("template").content.firstElementChild;
}
