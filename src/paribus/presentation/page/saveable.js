/** Buttons that save what the server drew, and its figures as a table. */

import { saveButtons } from "./export.js";
import { layoutPicture } from "./layout_picture.js";
import { tableFold } from "./tables.js";

/**
 * Adds them below every `[data-chart]` (a figure with an h2 or h3, and a chart or a `[data-drawn]` part) and into every
 * `[data-table]` of `root`, there in a fold that `data-fold` names; one that is hidden without a script is shown.
 * @param {ParentNode} root
 * @param {{tables: Object<string, import("./export.js").Table>, words: Object<string, string>, name: string}} data
 */
export function makeSaveable(root, { tables, words, name }) {
  for (const figure of root.querySelectorAll("[data-chart]")) {
    const chart = figure.dataset.chart;
    const title = figure.querySelector("h2, h3").textContent;
    const picture = () => drawnIn(figure) ?? layoutPicture(figure.querySelector("[data-drawn]"), title);
    figure.append(saveButtons({ name: `${name}-${chart}`, words, table: () => tables[chart], picture }));
    figure.append(tableFold(words.table, () => tables[chart], { title }));
  }
  for (const host of root.querySelectorAll("[data-table]")) {
    const table = host.dataset.table;
    const buttons = saveButtons({ name: `${name}-${table}`, words, table: () => tables[table] });
    const fold = host.dataset.fold && tableFold(host.dataset.fold, () => tables[table], { title: words.table });
    fold?.append(buttons);
    host.append(fold || buttons);
    host.hidden = false;
  }
}

/** The chart in the size for this window; undefined where the figure is a table. */
function drawnIn(figure) {
  return [...figure.querySelectorAll("svg.chart")].find((drawn) => drawn.checkVisibility());
}
