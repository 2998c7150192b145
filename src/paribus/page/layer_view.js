/** One layer of one arm on a canvas: for a convolution each filter above its map, for a dense layer its units. */

import { element } from "./dom.js";
import { armPalette, createSheet } from "./heatmap.js";
import { t } from "./words.js";

const GAP = 5; // all lengths in CSS pixels
const MOST_FILTER = 34;
const UNIT = 13;
const KERNEL = 5;

/**
 * @param {object} given
 * @param {string} given.arm its name
 * @param {number} given.place of the arm, for its colour
 * @param {string} given.title of the layer
 * @param {string} given.size of the layer, in words
 * @param {{name: string, count: number, height: number, width: number, inputs: number, scale: number}} given.shape
 *   `inputs`: maps that each filter reads, 0 for a dense layer; `scale`: of the filters
 */
export function createLayerView({ arm, place, title, size, shape }) {
  const canvas = element("canvas", { role: "img", "aria-label": `${title}, ${arm}` });
  const context = canvas.getContext("2d");
  const maps = createSheet(shape.count, shape.height, shape.width);
  const filters = shape.inputs ? createSheet(shape.count, KERNEL, KERNEL) : null;
  let [palette, layout, shown, painted] = [null, null, null, null];
  let near = false; // what nobody sees is drawn when it comes near the window, or when all is quiet

  function show(layer, weights, scale) {
    shown = { layer, weights, scale };
    if (near) draw();
  }
  function draw() {
    if (!layout || !shown) return;
    const { layer, weights, scale } = shown;
    palette ??= armPalette(canvas, place);
    if (filters && painted !== weights) {
      filters.paint(filterMeans(weights[`${shape.name}.weight`], shape), shape.scale, palette);
      painted = weights;
    }
    maps.paint(layer.values, scale, palette);
    drawLayer(context, filters, maps, layout);
  }
  new IntersectionObserver(
    ([entry]) => {
      near = entry.isIntersecting;
      if (near) draw();
    },
    { rootMargin: "100px" },
  ).observe(canvas);
  new ResizeObserver(([entry]) => {
    const wide = Math.floor(entry.contentRect.width);
    if (!wide || layout?.wide === wide) return;
    layout = layerLayout(shape, wide);
    const ratio = window.devicePixelRatio || 1;
    canvas.width = Math.round(wide * ratio);
    canvas.height = Math.round(layout.high * ratio);
    canvas.style.height = `${layout.high}px`;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    draw();
  }).observe(canvas);

  return {
    title,
    size,
    node: element("div", element("p", { class: `layer-arm arm-${place}` }, element("bdi", arm)), canvas),
    show,
    recolour() {
      palette = painted = null;
      draw();
    },
    /** For when nothing has changed for a while: draws what was out of sight, and says in words what is drawn. */
    settle() {
      if (!shown) return;
      if (!near) draw();
      const { values } = shown.layer;
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const largest = values.reduce((most, value) => Math.max(most, value), -Infinity);
      const figures = { layer: title, arm, mean: mean.toPrecision(3), largest: largest.toPrecision(3) };
      canvas.setAttribute("aria-label", t("{layer}, {arm}: mean {mean}, largest {largest}", figures));
    },
  };
}

/** Where everything goes on a canvas so wide. */
function layerLayout({ count, height, width, inputs }, wide) {
  if (!inputs) {
    const columns = Math.min(count, Math.max(1, Math.floor((wide + 2) / UNIT)));
    const tile = (wide + 2) / columns - 2;
    return { wide, columns, tile, tall: tile, gap: 2, filter: 0, high: Math.ceil(count / columns) * (tile + 2) };
  }
  const columns = count <= 8 ? count : count <= 32 ? 8 : 16;
  const tile = Math.min((wide - (columns - 1) * GAP) / columns, 96);
  const tall = (tile * height) / width;
  const filter = Math.min(tile, MOST_FILTER);
  return { wide, columns, tile, tall, gap: GAP, filter, high: Math.ceil(count / columns) * (filter + 3 + tall + 2 * GAP) };
}

function drawLayer(context, filters, maps, { wide, high, columns, tile, tall, gap, filter }) {
  context.clearRect(0, 0, wide, high);
  context.imageSmoothingEnabled = false;
  const pitch = filters ? filter + 3 + tall + 2 * gap : tall + gap;
  for (let i = 0; i < maps.count; i++) {
    const x = (i % columns) * (tile + gap);
    let y = Math.floor(i / columns) * pitch;
    if (filters) {
      context.drawImage(filters.canvas, 0, i * KERNEL, KERNEL, KERNEL, x, y, filter, filter);
      y += filter + 3;
    }
    context.drawImage(maps.canvas, 0, i * maps.height, maps.width, maps.height, x, y, tile, tall);
  }
}

/** [count, 5, 5] each filter's mean over its inputs; with one input, the filter itself. */
export function filterMeans(weight, { count, inputs }) {
  const area = KERNEL * KERNEL;
  const means = new Float32Array(count * area);
  for (let c = 0; c < count; c++) {
    for (let i = 0; i < inputs; i++) {
      for (let k = 0; k < area; k++) means[c * area + k] += weight[(c * inputs + i) * area + k] / inputs;
    }
  }
  return means;
}
