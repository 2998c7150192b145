/** A part of the page as a drawing: cells, words and small drawings where the browser laid them out, in light colours. */

import { svgElement } from "./dom.js";

const LEFT = 14;
const TOP = 38;
const STYLES = ["fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "opacity"];

/**
 * @param {HTMLElement} part a table, or anything that is made of words, table cells and `svg` elements
 * @param {string} title
 * @returns {SVGElement}
 */
export function layoutPicture(part, title) {
  const root = document.documentElement;
  const theme = root.dataset.theme;
  root.dataset.theme = "light"; // back again before anything is painted
  try {
    return drawn(part, title);
  } finally {
    if (theme === undefined) delete root.dataset.theme;
    else root.dataset.theme = theme;
  }
}

function drawn(part, title) {
  const around = part.getBoundingClientRect();
  const place = (box) => ({ x: box.left - around.left + LEFT, y: box.top - around.top + TOP });
  const [width, height] = [Math.ceil(around.width + 2 * LEFT), Math.ceil(around.height + TOP + LEFT)];
  const drawing = svgElement("svg", { viewBox: `0 0 ${width} ${height}` });
  drawing.append(svgElement("text", { x: LEFT, y: 24, "font-size": 14, "font-weight": 600, fill: "#1b2130" }, title));
  for (const cell of part.querySelectorAll("th, td")) if (isSeen(cell)) drawing.append(ground(cell, place));
  for (const small of part.querySelectorAll("svg")) if (isSeen(small)) drawing.append(copied(small, place));
  const texts = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const parent = texts.currentNode.parentElement;
    if (parent.closest("svg") === null && isSeen(parent)) drawing.append(...words(texts.currentNode, parent, place));
  }
  return drawing;
}

function isSeen(node) {
  return node.checkVisibility() && node.closest(".sr-only") === null;
}

function ground(cell, place) {
  const box = cell.getBoundingClientRect();
  const { backgroundColor, outlineStyle, outlineColor } = getComputedStyle(cell);
  const frame = outlineStyle === "solid" ? { stroke: outlineColor, "stroke-width": 2 } : {};
  return svgElement("rect", {
    ...place(box),
    width: box.width,
    height: box.height,
    rx: 3,
    fill: backgroundColor,
    ...frame,
  });
}

/** A small drawing with the style that the page gives it, for the file will have no style sheet. */
function copied(small, place) {
  const copy = small.cloneNode(true);
  const box = small.getBoundingClientRect();
  for (const [name, value] of Object.entries({ ...place(box), width: box.width, height: box.height })) {
    copy.setAttribute(name, value);
  }
  const [from, to] = [small, copy].map((node) => [node, ...node.querySelectorAll("*")]);
  from.forEach((node, index) => {
    const style = getComputedStyle(node);
    for (const name of STYLES) to[index].setAttribute(name, style.getPropertyValue(name));
  });
  return copy;
}

/** The lines of a text node, each where it begins. */
function words(node, parent, place) {
  const { color, fontSize, fontWeight } = getComputedStyle(parent);
  const size = parseFloat(fontSize);
  const lines = [];
  for (const { 0: word, index } of node.textContent.matchAll(/\S+/g)) {
    const range = document.createRange();
    range.setStart(node, index);
    range.setEnd(node, index + word.length);
    const box = range.getBoundingClientRect();
    const last = lines.at(-1);
    if (last && Math.abs(last.box.top - box.top) < size / 2) last.text += ` ${word}`;
    else lines.push({ box, text: word });
  }
  const style = { fill: color, "font-size": size, "font-weight": fontWeight };
  return lines.map(({ box, text }) => {
    const { x, y } = place(box);
    return svgElement("text", { x, y: y + box.height / 2 + 0.35 * size, ...style }, text);
  });
}
