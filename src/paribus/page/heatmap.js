/** Numbers as pictures: maps of them on a canvas, in the colours of the page. */

import { styleOf } from "./dom.js";

const LEVELS = 255;

/**
 * @typedef {object} Palette
 * @property {Uint32Array} colours [2 * LEVELS + 1] RGBA from the most negative number to the most positive
 * @property {number} none RGBA of what is no number
 */

/**
 * The palette of an arm in the present theme: its own colour for positive numbers, grey for negative ones, and the
 * ground for zero.
 *
 * @param {Element} node where the page's custom properties hold
 * @param {number} arm
 * @returns {Palette}
 */
export function armPalette(node, arm) {
  const [ground, positive, negative, none] = ["--soft", `--arm-${arm}`, "--ink-2", "--bad"].map((name) =>
    colourOf(styleOf(node, name)),
  );
  const colours = new Uint32Array(2 * LEVELS + 1);
  for (let level = -LEVELS; level <= LEVELS; level++) {
    colours[level + LEVELS] = mixed(ground, level < 0 ? negative : positive, Math.abs(level) / LEVELS);
  }
  return { colours, none: mixed(none, none, 1) };
}

/**
 * A picture that maps are painted into one by one, and drawn from at any size.
 *
 * @param {number} count of maps
 * @param {number} height of each, in numbers
 * @param {number} width
 */
export function createSheet(count, height, width) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = count * height;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const image = context.createImageData(canvas.width, canvas.height);
  const pixels = new Uint32Array(image.data.buffer);
  return {
    count,
    height,
    width,
    canvas,
    /** values: [count, height, width]; `scale` is drawn in full colour. */
    paint(values, scale, palette) {
      const factor = LEVELS / (scale || 1);
      for (let i = 0; i < pixels.length; i++) {
        const level = Math.round(Math.max(-LEVELS, Math.min(LEVELS, values[i] * factor)));
        pixels[i] = Number.isNaN(level) ? palette.none : palette.colours[level + LEVELS];
      }
      context.putImageData(image, 0, 0);
    },
  };
}

/** Red, green and blue from 0 to 255 of a colour written `#rrggbb`; mid grey for any other notation. */
function colourOf(written) {
  const found = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(written);
  return found ? found.slice(1).map((part) => parseInt(part, 16)) : [128, 128, 128];
}

function mixed(from, to, share) {
  const [red, green, blue] = from.map((start, i) => Math.round(start + (to[i] - start) * share));
  return (255 << 24) | (blue << 16) | (green << 8) | red;
}
