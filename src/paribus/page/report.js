/** The report's start: each part is mounted when it comes near the window, from the data that lie in the page. */

import { mount as mountCurves } from "./charts.js";
import { element } from "./dom.js";
import { mount as mountLab } from "./lab.js";
import { mount as mountMistakes } from "./mistakes.js";
import { makeSaveable } from "./saveable.js";
import { createState } from "./state.js";
import { whenNear } from "./timing.js";

const PARTS = { curves: mountCurves, lab: mountLabWithCurves, mistakes: mountMistakes };

const shared = createState();

for (const host of document.querySelectorAll("[data-mount]")) {
  const mount = PARTS[host.dataset.mount];
  const data = document.getElementById(`${host.dataset.mount}-data`);
  if (!mount || !data) continue;
  whenNear(host, () => {
    mount(host, JSON.parse(data.textContent), shared);
    host.classList.add("mounted"); // what stood here without a script goes, by style
    for (const said of host.parentElement.querySelectorAll("[data-scripted]")) said.hidden = false;
  });
}
makeSaveable(document, JSON.parse(document.getElementById("tables-data").textContent));
followReader();

/** The curves stand below the lab's slider once more, where their cursor is seen to move with it. */
function mountLabWithCurves(host, data) {
  mountLab(host, data, shared);
  if (data.moments.length < 2) return;
  const curves = JSON.parse(document.getElementById("curves-data").textContent);
  const place = element("div");
  host.querySelector(".network-lab").append(element("h3", curves.title), place);
  mountCurves(place, curves, shared, { compact: true });
}

/** Marks in the list of contents where the reader is. */
function followReader() {
  const links = new Map();
  for (const link of document.querySelectorAll(".contents a")) links.set(link.hash.slice(1), link);
  const seen = new Set();
  const watcher = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) seen[isIntersecting ? "add" : "delete"](target);
      const ids = [...links.keys()].filter((id) => seen.has(sectionOf(id)));
      for (const [id, link] of links) {
        if (id === ids[0]) link.setAttribute("aria-current", "true");
        else link.removeAttribute("aria-current");
      }
    },
    { rootMargin: "-30% 0px -60% 0px" },
  );
  for (const id of links.keys()) watcher.observe(sectionOf(id));
}

function sectionOf(id) {
  const named = document.getElementById(id);
  return named.closest("section, header");
}
