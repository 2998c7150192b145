/** A square to draw on with mouse, finger or pen. The ink is the canvas's opacity; its colour is only for the eye. */

import { element, styleOf } from "./dom.js";
import { mark, t } from "./words.js";

const PAD = mark(
  "Drawing pad: draw a digit with a mouse, a finger or a pen. On the keyboard, arrow keys pick a test image and Delete " +
    "clears.",
);
const PICKED = mark("The image that was picked. Arrow keys pick another.");
const SIDE = 280; // pixels; ten for each of MNIST's
const STROKE = 22; // of a digit three quarters as high as the pad this is as thick as MNIST's strokes
const ERASER_BUTTON = 32; // of a pen that is held upside down (Pointer Events, section 4.1)

/**
 * @param {boolean} draws whether one may draw at all
 * @param {{start: (erasing: boolean) => void, move: () => void}} on `start` before a stroke, `move` after each part
 */
export function createPad(draws, on) {
  const canvas = element("canvas", {
    class: draws ? "pad" : "pad still",
    width: SIDE,
    height: SIDE,
    tabindex: 0,
    role: "img",
    "aria-label": t(draws ? PAD : PICKED),
  });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const ink = new Float32Array(SIDE * SIDE);
  let erasing = false;
  let last = null;

  function stroke(event, from) {
    const erase = erasing || (event.buttons & ERASER_BUTTON) !== 0;
    const box = canvas.getBoundingClientRect();
    const at = [((event.clientX - box.left) * SIDE) / box.width, ((event.clientY - box.top) * SIDE) / box.height];
    context.globalCompositeOperation = erase ? "destination-out" : "source-over";
    context.strokeStyle = styleOf(canvas, "color");
    context.lineWidth = (erase ? 1.6 : 1) * STROKE * (event.pointerType === "pen" ? 0.6 + 0.8 * event.pressure : 1);
    context.lineCap = context.lineJoin = "round";
    context.beginPath();
    context.moveTo(...(from ?? at));
    context.lineTo(...at);
    context.stroke();
    return at;
  }
  function begin(event) {
    if (event.button > 0 && !(event.buttons & ERASER_BUTTON)) return;
    event.preventDefault();
    canvas.focus({ preventScroll: true });
    canvas.setPointerCapture(event.pointerId);
    on.start(erasing || (event.buttons & ERASER_BUTTON) !== 0);
    last = stroke(event, null);
    on.move();
  }
  function go(event) {
    if (!last) return;
    const parts = event.getCoalescedEvents?.() ?? [];
    for (const part of parts.length ? parts : [event]) last = stroke(part, last);
    on.move();
  }
  function end() {
    last = null;
  }
  if (draws) {
    canvas.addEventListener("pointerdown", begin);
    canvas.addEventListener("pointermove", go);
    for (const kind of ["pointerup", "pointercancel", "lostpointercapture"]) canvas.addEventListener(kind, end);
  }

  return {
    canvas,
    side: SIDE,
    erase: (on) => (erasing = on),
    clear: () => context.clearRect(0, 0, SIDE, SIDE),
    /** [side, side], from 0 to 1; the same array each time, written anew. */
    ink() {
      const { data } = context.getImageData(0, 0, SIDE, SIDE);
      for (let i = 0; i < ink.length; i++) ink[i] = data[4 * i + 3] / 255;
      return ink;
    },
    /** values: bytes [channels, height, width]; of one channel, they become ink. */
    showImage(values, { channels, height, width }) {
      const small = new OffscreenCanvas(width, height);
      const picture = small.getContext("2d").createImageData(width, height);
      const area = height * width;
      const [red, green, blue] = styleOf(canvas, "color").match(/\d+/g).map(Number);
      for (let i = 0; i < area; i++) {
        const colours = channels === 3 ? [values[i], values[area + i], values[2 * area + i], 255] : null;
        picture.data.set(colours ?? [red, green, blue, values[i]], 4 * i);
      }
      small.getContext("2d").putImageData(picture, 0, 0);
      context.globalCompositeOperation = "source-over";
      context.imageSmoothingEnabled = false;
      context.clearRect(0, 0, SIDE, SIDE);
      context.drawImage(small, 0, 0, SIDE, SIDE);
    },
    /** Gives the ink the colour of the present theme. */
    recolour() {
      context.globalCompositeOperation = "source-in";
      context.fillStyle = styleOf(canvas, "color");
      context.fillRect(0, 0, SIDE, SIDE);
    },
  };
}
