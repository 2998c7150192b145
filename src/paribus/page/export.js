/** Charts and tables as files: CSV, SVG, PNG. Everything is made here in the page; nothing is asked of anybody. */

import { element, svgElement, button } from "./dom.js";
import { t } from "./words.js";

const FONT = '"Pretendard Variable", Pretendard, "Noto Sans KR", "Noto Sans CJK KR", "Malgun Gothic", system-ui, sans-serif';
const SCALE = 2; // a PNG's pixels for each px of its chart

/**
 * The buttons that save a chart.
 * @param {{name: string, table: () => Table, picture?: () => SVGElement}} what
 * @typedef {{columns: string[], rows: (string|number|null)[][]}} Table
 * @returns {HTMLElement}
 */
export function saveButtons({ name, table, picture }) {
  const kinds = [["CSV", t("the figures as CSV"), () => saveText(csv(table()), `${fileName(name)}.csv`, "text/csv;charset=utf-8")]];
  if (picture) {
    kinds.push(["PNG", t("the picture as PNG"), () => savePng(picture(), `${fileName(name)}.png`)]);
    kinds.push(["SVG", t("the picture as SVG"), () => saveText(svgText(picture()), `${fileName(name)}.svg`, "image/svg+xml")]);
  }
  const made = kinds.map(([kind, label, save]) => {
    const says = t("Save {what}", { what: label });
    return button(kind, save, { "aria-label": says, title: says });
  });
  return element("div.saves", ...made);
}

/**
 * A table as CSV (RFC 4180). A text that a spreadsheet would take for a formula is led by an apostrophe, as OWASP's
 * "CSV Injection" page advises; numbers stay numbers.
 * @param {Table} table
 */
export function csv({ columns, rows }) {
  const lines = [columns, ...rows].map((cells) => cells.map(csvCell).join(","));
  return "\uFEFF" + lines.join("\r\n") + "\r\n"; // the mark tells spreadsheets that this is UTF-8
}

function csvCell(value) {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return String(value);
  const risky = /^[\s\u0000-\u001f]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]/.test(value) || /^[\t\r\n]/.test(value);
  const text = risky ? `'${value}` : value;
  return /[",\r\n;\t]/.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A name that every file system takes: letters, digits, dot, dash, underscore; never hidden, never long. */
export function fileName(name) {
  const plain = String(name).normalize("NFKC").replace(/[^\p{L}\p{N}._-]+/gu, "-").replace(/\.{2,}/g, ".");
  const trimmed = plain.replace(/^[-.]+|[-.]+$/g, "").slice(0, 80);
  return trimmed && !/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(trimmed) ? trimmed : `paribus-${trimmed || "chart"}`;
}

/** A drawing as a file's text. It stands alone: a ground, a font, a size, colours on white, and nothing of the page's. */
export function svgText(drawing) {
  const copy = drawing.cloneNode(true);
  const { width, height } = drawing.viewBox.baseVal;
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", width);
  copy.setAttribute("height", height);
  copy.setAttribute("font-family", FONT);
  for (const name of ["class", "role", "aria-label", "aria-labelledby", "aria-hidden"]) copy.removeAttribute(name);
  for (const node of copy.querySelectorAll("[class], [id]")) {
    node.removeAttribute("class");
    node.removeAttribute("id");
  }
  copy.prepend(svgElement("rect", { width, height, fill: "#ffffff" }));
  return new XMLSerializer().serializeToString(copy).replaceAll(/var\(--[\w-]+, (#\w+)\)/g, "$1");
}

/** The same drawn into a PNG. */
async function savePng(drawing, file) {
  const { width, height } = drawing.viewBox.baseVal;
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svgText(drawing))}`;
  await image.decode();
  const canvas = element("canvas", { width: Math.round(width * SCALE), height: Math.round(height * SCALE) });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  canvas.toBlob((blob) => saveBlob(blob, file), "image/png");
}

function saveText(text, file, type) {
  saveBlob(new Blob([text], { type }), file);
}

function saveBlob(blob, file) {
  const address = URL.createObjectURL(blob);
  const link = element("a", { href: address, download: file });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000); // a browser may ask where to save first
}
