// What the lab page does with elements beside making them: names stay text, and what is focused stays so.

import { button as plainButton, element as el, say, shown, svgElement as svg } from "./dom.js";

export { el, say, svg };

/** A user's own words: kept from turning the direction of what stands around them. */
export function own(text, props = {}) {
  return el("bdi", props, String(text));
}

/** Puts other children into `host`; the focus stays on what has the same `data-key`. */
export function refill(host, ...content) {
  const key = host.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  host.replaceChildren(...shown(content));
  if (key === undefined) return;
  const same = [...host.querySelectorAll("[data-key]")].find((node) => node.dataset.key === key);
  if (same && !same.disabled) same.focus({ preventScroll: true });
  else focusable(host).focus({ preventScroll: true });
}

/** A command that breaks between its words, and within one only where that is longer than a line. */
export function commandLine(text) {
  const words = text.split(" ").map((word, place) => [place > 0 && " ", el("span", word)]);
  return el("code.command", { tabindex: 0 }, el("bdi", words));
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

/** A button. `kind`: "primary", "plain" or "quiet"; `key`: by which the focus finds it again. */
export function button(text, onClick, { kind = "plain", key, ...rest } = {}) {
  return plainButton(text, onClick, { class: `button ${kind}`, "data-key": key, ...rest });
}
