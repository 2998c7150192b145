/** Looking closer along a chart's horizontal axis: wheel, two fingers, keys. Dragging is uPlot's own. */

const LEAST = 1; // epochs that remain in sight
const STEP = 0.7; // of the width, a press of a key

/**
 * @param {import("./vendor/uplot.js").uPlot} plot
 * @param {{low: number, high: number}} whole the axis' full range
 * @param {HTMLElement} host has the keyboard's focus
 */
export function attachZoom(plot, whole, host) {
  const show = (low, high) => {
    const width = Math.min(Math.max(high - low, Math.min(LEAST, whole.high - whole.low)), whole.high - whole.low);
    const start = Math.min(Math.max(low, whole.low), whole.high - width);
    plot.setScale("x", { min: start, max: start + width });
  };
  const around = (centre, factor) => {
    const { min, max } = plot.scales.x;
    show(centre - (centre - min) * factor, centre + (max - centre) * factor);
  };
  const at = (clientX) => plot.posToVal(clientX - plot.over.getBoundingClientRect().left, "x");

  // A wheel scrolls the page unless the reader is plainly at this chart: with Ctrl (a pinch on a touchpad) or focus.
  const wheel = (event) => {
    if (!event.ctrlKey && document.activeElement !== host) return;
    event.preventDefault();
    around(at(event.clientX), Math.exp(Math.sign(event.deltaY) * Math.min(Math.abs(event.deltaY), 60) * 0.005));
  };
  plot.over.addEventListener("wheel", wheel, { passive: false });
  attachFingers(plot, at, around);
  return {
    whole: () => show(whole.low, whole.high),
    closer: () => around(middle(plot), STEP),
    farther: () => around(middle(plot), 1 / STEP),
  };
}

/** Whether less than the whole is in sight. */
export function isZoomed(plot, whole) {
  const { min, max } = plot.scales.x;
  return max - min < (whole.high - whole.low) * 0.999;
}

function middle(plot) {
  const { min, max } = plot.scales.x;
  const epoch = plot.cursor.idx === null ? null : plot.data[0][plot.cursor.idx];
  return epoch !== null && epoch >= min && epoch <= max ? epoch : (min + max) / 2;
}

/** One finger reads values, two look closer. A finger that moves up or down scrolls the page (touch-action: pan-y). */
function attachFingers(plot, at, around) {
  const fingers = new Map();
  const distance = () => {
    const [one, other] = [...fingers.values()];
    return Math.max(10, Math.abs(one.clientX - other.clientX));
  };
  plot.over.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "touch") fingers.set(event.pointerId, event);
  });
  plot.over.addEventListener("pointermove", (event) => {
    if (!fingers.has(event.pointerId)) return;
    const before = fingers.size === 2 ? distance() : 0;
    fingers.set(event.pointerId, event);
    if (fingers.size === 2) {
      const [one, other] = [...fingers.values()];
      around(at((one.clientX + other.clientX) / 2), before / distance());
    } else {
      const box = plot.over.getBoundingClientRect();
      plot.setCursor({ left: event.clientX - box.left, top: event.clientY - box.top });
    }
  });
  for (const kind of ["pointerup", "pointercancel", "pointerleave"]) {
    plot.over.addEventListener(kind, (event) => fingers.delete(event.pointerId));
  }
}
