/** Confusion matrices whose cells open their images: which test images a named run called so. */

import { element, button } from "./dom.js";
import { saveButtons } from "./export.js";
import { drawnIn } from "./saveable.js";
import { mark, t } from "./words.js";

const COUNTED = mark("{count} over all counted runs.");
const COUNTED_OWN = mark("{count} over all counted runs; {own} in the run of seed {seed}.");
const KEYS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

/**
 * Adds to the matrices in `host` (written by the server, one `.matrix[data-arm]` an arm) what needs a script.
 * @param {HTMLElement} host
 * @param {object} data of `mistakes_data`
 */
export function mount(host, data) {
  const sheet = data.images && loaded(data.images.source);
  for (const figure of host.querySelectorAll(".matrix")) {
    const table = figure.querySelector("table");
    if (!table) continue;
    const arm = data.arms[Number(figure.dataset.arm)];
    if (sheet) openable(figure, table, arm, data, sheet);
    const save = { name: `${data.name}-confusion-${arm.name}`, table: () => counts(arm, data) };
    figure.append(saveButtons({ ...save, picture: () => drawnIn(figure) }));
  }
}

/** Counts of test images; the first column names the true class. */
function counts(arm, { classes }) {
  return { columns: [t("Shows"), ...classes], rows: arm.counts.map((row, true_) => [classes[true_], ...row]) };
}

async function loaded(source) {
  const image = new Image();
  image.src = source;
  await image.decode();
  return image;
}

function openable(figure, table, arm, data, sheet) {
  const panel = element("div.cell-images", {  "aria-live": "polite" });
  table.closest(".scroll").after(panel);
  const cells = arm.counts.map((row, true_) => row.map((count, said) => cellButton(table, arm, data, true_, said, count)));
  const all = cells.flat().filter(Boolean);
  for (const { node, true_, said } of all) {
    node.addEventListener("click", () => {
      for (const other of all) other.node.setAttribute("aria-expanded", String(other.node === node));
      show(panel, arm, data, sheet, true_, said, () => close(all, panel, node));
    });
    node.addEventListener("keydown", (event) => {
      if (event.key === "Escape") close(all, panel, node);
      else if (event.key in KEYS) move(event, cells, true_, said);
    });
  }
  const first = all.reduce((most, cell) => (cell.wrong && cell.count > (most?.count ?? 0) ? cell : most), null) ?? all[0];
  if (first) first.node.tabIndex = 0; // of all cells one is in the order of Tab; arrow keys reach the others
}

function cellButton(table, arm, data, true_, said, count) {
  if (!count) return null;
  const cell = table.tBodies[0].rows[true_].cells[said + 1];
  const names = { true: data.classes[true_], said: data.classes[said], count: count.toLocaleString("en-US") };
  const node = element("button", { type: "button", tabindex: -1, "aria-expanded": "false" });
  node.setAttribute("aria-label", t("shows {true}, called {said}: {count}", names));
  node.append(...cell.childNodes);
  cell.append(node);
  return { node, true_, said, count, wrong: true_ !== said };
}

/** To the next cell that has images, in the direction of the key. */
function move(event, cells, row, column) {
  const [down, right] = KEYS[event.key];
  event.preventDefault();
  let [r, c] = [row + down, column + right];
  while (cells[r] && c >= 0 && c < cells[r].length && !cells[r][c]) [r, c] = [r + down, c + right];
  const next = cells[r]?.[c];
  if (!next) return;
  cells[row][column].node.tabIndex = -1;
  next.node.tabIndex = 0;
  next.node.focus();
}

async function show(panel, arm, data, sheet, true_, said, shut) {
  const { classes, images } = data;
  const own = images.arms.find((one) => one.arm === arm.arm);
  const cell = own?.cells[`${true_},${said}`];
  const heading = t("Shows {true}, called {said}", { true: classes[true_], said: classes[said] });
  const count = arm.counts[true_][said].toLocaleString("en-US");
  const counted = own ? { count, own: (cell?.count ?? 0).toLocaleString("en-US"), seed: own.seed } : { count };
  const parts = [
    element("p.cell-head", element("strong", heading), button(t("Close"), shut)),
    element("p.small.prose", t(own ? COUNTED_OWN : COUNTED, counted)),
  ];
  if (own && !cell) {
    const none = t("The run of seed {seed} called no such image so.", { seed: own.seed });
    parts.push(element("p.small.prose", none));
  }
  if (cell && cell.places.length < cell.count) {
    parts.push(element("p.small.prose", t("The first {n} of them:", { n: cell.places.length })));
  }
  if (cell) {
    const image = await sheet;
    const shown = cell.places.map((place) => element("li", cutOut(image, images, place)));
    parts.push(element("ul.thumbs", ...shown));
  }
  panel.replaceChildren(...parts);
}

/** One image of the sheet, pixel by pixel. */
function cutOut(image, { columns, width, height, numbers }, place) {
  const label = t("Test image {number}", { number: numbers[place] });
  const canvas = element("canvas", { width, height, role: "img", "aria-label": label, title: label });
  const [x, y] = [(place % columns) * width, Math.floor(place / columns) * height];
  canvas.getContext("2d").drawImage(image, x, y, width, height, 0, 0, width, height);
  return canvas;
}

function close(all, panel, node) {
  for (const { node: other } of all) other.setAttribute("aria-expanded", "false");
  panel.replaceChildren();
  node.focus();
}
