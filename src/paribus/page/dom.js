/** Elements from values. Texts become text nodes and attributes are set by name, so what a user named stays inert. */

const SVG = "http://www.w3.org/2000/svg";

/**
 * An HTML element: `element("p.hint.small", { title }, "text", node)`.
 * @param {string} name its tag, and its classes after dots
 * @param {...*} given first, if there are any, its attributes as an object: `on` is one of listeners, `set` one of
 *   properties, and false, null and undefined are left out. Then its children: nodes and texts, lists of them, and
 *   again what is left out.
 * @returns {HTMLElement}
 */
export function element(name, ...given) {
  return filled((tag) => document.createElement(tag), name, given);
}

/** The same for SVG. @returns {SVGElement} */
export function svgElement(name, ...given) {
  return filled((tag) => document.createElementNS(SVG, tag), name, given);
}

/** `{name}` in a sentence filled in. @param {string} sentence @param {Object<string, *>} values */
export function fill(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (all, name) => (name in values ? String(values[name]) : all));
}

/** Sets an element's text where it is another: the same written again would be laid out again. */
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
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

function filled(create, name, given) {
  const [tag, ...classes] = name.split(".");
  const { on = {}, set = {}, ...attributes } = isPlain(given[0]) ? given[0] : {};
  const node = create(tag);
  if (classes.length) node.setAttribute("class", classes.join(" "));
  for (const [kind, listener] of Object.entries(on)) node.addEventListener(kind, listener);
  for (const [key, value] of Object.entries(attributes)) {
    if (isThere(value)) node.setAttribute(key, value === true ? "" : String(value));
  }
  Object.assign(node, set).append(...shown(given.slice(isPlain(given[0]) ? 1 : 0)));
  return node;
}

/** Children without what is left out, in one list. */
export const shown = (children) => children.flat(Infinity).filter(isThere);

const isPlain = (value) => value?.constructor === Object;
const isThere = (value) => value !== false && value !== null && value !== undefined;
