// Elements as the lab page makes them, on top of the page's shared dom.js: names become text, never HTML.

import { element, svgElement } from "./dom.js";

const children = (list) =>
  list.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);

/** An element. `props`: attributes; `on`: listeners by event; `set`: properties. Children may be lists. */
export function el(tag, { set = {}, ...props } = {}, ...content) {
  return Object.assign(element(tag, props, ...children(content)), set);
}

/** The same in SVG's namespace. */
export function svg(tag, props = {}, ...content) {
  return svgElement(tag, props, ...children(content));
}

/** A user's own words: kept from turning the direction of what stands around them. */
export function own(text, props = {}) {
  return el("bdi", props, String(text));
}

/** Puts other children into `host`; the focus stays on what has the same `data-key`. */
export function refill(host, ...content) {
  const key = host.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  host.replaceChildren(...children(content));
  if (key === undefined) return;
  const same = [...host.querySelectorAll("[data-key]")].find((node) => node.dataset.key === key);
  if (same && !same.disabled) same.focus({ preventScroll: true });
  else focusable(host).focus({ preventScroll: true });
}

const keys = new WeakMap();

/**
 * Refills `host` with what `build()` gives, but only where `key` is another than the last time: a button that is put
 * anew while somebody presses it would never hear of that.
 */
export function renew(host, key, build) {
  const text = JSON.stringify(key);
  if (keys.get(host) === text) return;
  keys.set(host, text);
  refill(host, build());
}

/** Sets an element's text where it is another. */
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function focusable(host) {
  if (!host.hasAttribute("tabindex")) host.setAttribute("tabindex", "-1");
  return host;
}

/** A piece of HTML that the server made. Every name in it is escaped, and the page's policy runs no script of it. */
export function fromServer(html) {
  return [...document.adoptNode(new DOMParser().parseFromString(html, "text/html").body).childNodes];
}

let lastId = 0;

/** A new id, for labels and descriptions. */
export function freshId(stem) {
  lastId += 1;
  return `${stem}-${lastId}`;
}

/** A button. `kind`: "primary", "plain" or "quiet". */
export function button(text, onClick, { kind = "plain", key, disabled = false, ...rest } = {}) {
  return el(
    "button",
    {
      type: "button",
      class: `button ${kind}`,
      "data-key": key,
      disabled,
      ...rest,
      on: { click: onClick },
    },
    text,
  );
}

/** An arm's mark: a piece of its line in charts, in its colour and dashes (`index` counts arms from 0); decoration, for its name stands beside it. */
export function armMark(index) {
  return svg(
    "svg",
    { class: `arm-mark arm-${index}`, viewBox: "0 0 36 8", width: 36, height: 8, "aria-hidden": "true" },
    svg("path", { d: "M1 4h34", stroke: "currentColor", "stroke-width": 3, fill: "none" }),
  );
}
