/** A strip of test images, one of which can be picked: by pointer, or by arrow keys. */

import { element } from "./dom.js";
import { paintSeen } from "./input_image.js";
import { mark, t } from "./words.js";

const SHOWS = mark("Test image {number}: {label}");
const DISAGREE = mark("Test image {number}: {label}. The arms disagree on it.");

/**
 * @param {object} data as `digit_input.js` takes it
 * @param {(place: number) => void} picked is told which one
 */
export function imageStrip({ image, images, classes }, picked) {
  const items = images.values.map((values, place) => {
    const label = t(images.disagree[place] ? DISAGREE : SHOWS, {
      number: images.places[place],
      label: classes[images.labels[place]],
    });
    const canvas = element("canvas", { width: image.width, height: image.height, "aria-hidden": "true" });
    paintSeen(canvas, values, image);
    const attributes = { type: "button", role: "radio", "aria-label": label, title: label, "aria-checked": "false" };
    const on = { click: () => pick(place) };
    const mark = images.disagree[place] ? " disagree" : "";
    return element("button", { ...attributes, class: `strip-image${mark}`, tabindex: place ? -1 : 0, on }, canvas);
  });
  const list = element("div.strip", { role: "radiogroup", "aria-label": t("Test images") }, ...items);
  list.addEventListener("keydown", (event) => key(event, true));
  let current = -1;

  function mark(place) {
    items.forEach((item, i) => {
      item.setAttribute("aria-checked", String(i === place));
      item.tabIndex = i === Math.max(place, 0) ? 0 : -1;
    });
    current = place;
  }
  function pick(place) {
    mark(place);
    const item = items[place];
    // scrollIntoView would move the page as well
    const [left, right] = [item.offsetLeft, item.offsetLeft + item.offsetWidth];
    if (left < list.scrollLeft) list.scrollLeft = left - 8;
    if (right > list.scrollLeft + list.clientWidth) list.scrollLeft = right - list.clientWidth + 8;
    picked(place);
  }
  /** Whether the key was for the strip. */
  function key(event, focus = false) {
    const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
    if (!(event.key in steps) || event.ctrlKey || event.altKey || event.metaKey || !items.length) return false;
    event.preventDefault();
    pick(current < 0 ? 0 : (current + steps[event.key] + items.length) % items.length);
    if (focus) items[current].focus({ preventScroll: true });
    return true;
  }
  return { list, key, pick, unpick: () => current >= 0 && mark(-1), hasMarks: images.disagree.some(Boolean) };
}
