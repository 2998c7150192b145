/** A chart's figures as a table, folded away, and made only when somebody opens it. */

import { element } from "./dom.js";

/**
 * A fold with a table.
 * @param {string} label what the fold is called
 * @param {() => import("./export.js").Table} table numbers are set right-aligned
 * @param {{title: string, show?: (value: *, column: number) => string}} how `title` says of what the table is, as a
 *   page may have several; `show` writes a cell
 * @returns {HTMLDetailsElement}
 */
export function tableFold(label, table, { title, show = shownPlainly }) {
  const fold = element("details.data-fold", element("summary", label));
  let stale = true;
  const refresh = () => {
    if (!fold.open || !stale) return;
    stale = false;
    fold.querySelector(".scroll")?.remove();
    fold.append(dataTable(table(), `${label}: ${title}`, show));
  };
  fold.addEventListener("toggle", refresh);
  fold.renew = () => {
    stale = true;
    refresh();
  };
  return fold;
}

/** The table itself, in a box that scrolls. @returns {HTMLElement} */
export function dataTable({ columns, rows }, label, show = shownPlainly) {
  const numeric = columns.map((_, place) => rows.some((row) => typeof row[place] === "number"));
  const cell = (tag, text, place, attributes = {}) =>
    element(tag, { class: numeric[place] ? "number" : null, ...attributes }, element("bdi", text));
  const head = element("tr", ...columns.map((name, place) => cell("th", name, place, { scope: "col" })));
  const body = rows.map((row) => element("tr", ...row.map((value, place) => cell("td", show(value, place), place))));
  const made = element("table.data", element("thead", head), element("tbody", ...body));
  return element("div.scroll", {  tabindex: 0, role: "region", "aria-label": label }, made);
}

function shownPlainly(value) {
  if (value === null || value === undefined) return "–";
  return typeof value === "number" ? String(value).replace("-", "\u2212") : String(value);
}
