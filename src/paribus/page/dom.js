/** Elements from values. Texts become text nodes and attributes are set by name, so what a user named stays inert. */

const SVG = "http://www.w3.org/2000/svg";

/**
 * An HTML element.
 * @param {string} tag
 * @param {Object<string, *>} attributes `on` is an object of listeners; false, null and undefined are left out
 * @param {...(Node|string|number)} children
 * @returns {HTMLElement}
 */
export function element(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

/** The same for SVG. @returns {SVGElement} */
export function svgElement(tag, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

/** `{name}` in a sentence filled in. @param {string} sentence @param {Object<string, *>} values */
export function fill(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (all, name) => (name in values ? String(values[name]) : all));
}

/** A button. @param {string} label @param {() => void} press @param {Object<string, *>} attributes */
export function button(label, press, attributes = {}) {
  return element("button", { type: "button", on: { click: press }, ...attributes }, label);
}

/** Says of a button whether it is pressed. */
export function press(which, on) {
  which.setAttribute("aria-pressed", String(on));
}

/** The value of a style property where `node` stands. @returns {string} */
export function styleOf(node, property) {
  return getComputedStyle(node).getPropertyValue(property).trim();
}

/**
 * Calls `redraw` when the colours change: by the reader's system, or by the page's own switch in `shared`. Returns a
 * function that ends it; it ends with `shared`, too.
 */
export function onTheme(shared, redraw) {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  dark.addEventListener("change", redraw);
  const forget = () => {
    dark.removeEventListener("change", redraw);
    for (const undo of subscribed) undo?.();
  };
  const subscribed = [shared?.subscribe?.("theme", redraw), shared?.subscribe?.("end", forget)];
  return forget;
}

function filled(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "on") {
      for (const [kind, listener] of Object.entries(value)) node.addEventListener(kind, listener);
    } else if (value !== false && value !== null && value !== undefined) {
      node.setAttribute(name, value === true ? "" : String(value));
    }
  }
  node.append(...children.map((child) => (child instanceof Node ? child : String(child))));
  return node;
}
