/** The drawing pad, and the test images to pick from. Sets `digit` in the shared state. */

import { element, button, press, onTheme, say } from "./dom.js";
import { imageStrip } from "./image_picker.js";
import { centredImage, reducedImage } from "./ink_to_image.js";
import { createPad } from "./pad.js";
import { paintSeen } from "./input_image.js";
import { oncePerFrame } from "./timing.js";
import { t } from "./words.js";

/**
 * @param {HTMLElement} host
 * @param {HTMLElement} stripHost where the test images go
 * @param {{image: {channels: number, height: number, width: number}, draws: boolean, classes: string[],
 *   images: {values: Uint8Array[], labels: number[], places: number[], disagree: boolean[]}}} data
 * @param {ReturnType<import("./state.js").createState>} shared
 */
export function mountDigit(host, stripHost, data, shared) {
  const { image } = data;
  const caption = element("p");
  const seen = element("canvas.seen", { width: image.width, height: image.height, "aria-hidden": "true" });
  let source = "drawn"; // or "image", a test image as it is; or "edited", one that was drawn over

  const drawn = oncePerFrame(() => {
    const convert = source === "edited" ? reducedImage : centredImage;
    shared.set("digit", { values: convert(pad.ink(), pad.side, image.height, image.width), label: null, place: null });
  });
  const pad = createPad(data.draws, { start, move: drawn });
  const strip = imageStrip(data, show);

  /** A pen begins a drawing of its own; an eraser changes the image that is there. */
  function start(erasing) {
    if (source !== "image") return;
    source = erasing ? "edited" : "drawn";
    if (!erasing) pad.clear();
    strip.unpick();
  }
  function show(place) {
    source = "image";
    pad.showImage(data.images.values[place], image);
    const [label, number] = [data.images.labels[place], data.images.places[place]];
    shared.set("digit", { values: data.images.values[place], label, place: number });
  }
  function goOn(values) {
    source = "edited";
    pad.showImage(values, image);
    shared.set("digit", { values, label: null, place: null });
  }
  function clear() {
    source = "drawn";
    pad.clear();
    strip.unpick();
    drawn();
  }
  shared.subscribe("digit", (digit) => {
    say(caption, captionOf(digit, data));
    paintSeen(seen, digit.values, image);
  });
  pad.canvas.addEventListener("keydown", (event) => {
    if (strip.key(event) || !data.draws || !["Delete", "Backspace"].includes(event.key)) return;
    event.preventDefault();
    clear();
  });
  const note = element("p.quiet", t("A dot marks images on which the arms disagree."));
  if (data.draws) onTheme(shared, () => requestAnimationFrame(pad.recolour));

  const below = element("div", element("p.quiet", t("What the networks see")), caption);
  const side = element("div.pad-side", pad.canvas);
  if (data.draws) side.append(tools(pad, clear));
  side.append(element("div.seen-row", seen, below));
  host.replaceChildren(side);
  if (data.images.values.length) stripHost.replaceChildren(strip.list, strip.hasMarks ? note : "");
  const before = shared.get("digit"); // where the pad is built anew, one's drawing or choice stays
  const place = data.images.places.indexOf(before?.place);
  if (before?.place === null && before.values.some(Boolean)) goOn(before.values);
  else if (data.images.values.length) strip.pick(Math.max(0, place));
  else clear();
}

function tools(pad, clear) {
  const pen = button(t("Pen"), () => choose(false));
  const eraser = button(t("Eraser"), () => choose(true));
  function choose(erasing) {
    pad.erase(erasing);
    press(pen, !erasing);
    press(eraser, erasing);
  }
  choose(false);
  return element("div.pad-tools", pen, eraser, button(t("Clear"), clear));
}

function captionOf(digit, { classes }) {
  if (digit.label !== null)
    return t("Test image {number}: {label}", { number: digit.place, label: classes[digit.label] });
  return digit.values.some(Boolean) ? t("Your drawing") : t("Nothing is drawn");
}
