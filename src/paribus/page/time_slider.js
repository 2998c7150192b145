/** The slider over the moments of training. Sets `time` in the shared state, and follows it. */

import { element, button } from "./dom.js";
import { t } from "./words.js";

const BEAT = 800; // ms that each moment stays while it plays

/**
 * @param {HTMLElement} host
 * @param {{moments: {label: string, mark: string, within: boolean}[]}} data
 * @param {ReturnType<import("./state.js").createState>} shared
 */
export function mount(host, data, shared) {
  const { moments } = data;
  const last = moments.length - 1;
  const slider = element("input", { type: "range", min: 0, max: last, step: 1, "aria-label": t("Moment of training") });
  const label = element("output.moment-label");
  const play = button(t("Play"), () => (beat ? stop() : start()), { class: "play" });
  let beat = 0;

  function show(time) {
    slider.value = time;
    slider.setAttribute("aria-valuetext", moments[time].label);
    label.textContent = moments[time].label;
  }
  function start() {
    if (shared.get("time") >= last) shared.set("time", 0);
    beat = setInterval(() => {
      shared.set("time", shared.get("time") + 1);
      if (shared.get("time") >= last) stop();
    }, BEAT);
    play.textContent = t("Pause");
  }
  function stop() {
    clearInterval(beat);
    beat = 0;
    play.textContent = t("Play");
  }
  slider.addEventListener("input", () => {
    stop();
    shared.set("time", Number(slider.value));
  });
  shared.subscribe("time", show);
  const hidden = () => document.hidden && beat && stop();
  document.addEventListener("visibilitychange", hidden);
  shared.subscribe("end", () => {
    stop();
    document.removeEventListener("visibilitychange", hidden);
  });
  show(shared.get("time") ?? last);
  const rail = element("div.rail", slider, marks(data));
  host.replaceChildren(play, rail, label);
}

/** Numbers below the slider: of steps within the first epoch, then of epochs. */
function marks({ moments }) {
  const scale = element("div.marks", { "aria-hidden": "true" });
  const place = (i) => `${(100 * i) / Math.max(1, moments.length - 1)}%`;
  moments.forEach((moment, i) => {
    const mark = element("span.mark", moment.mark);
    mark.style.left = place(i);
    scale.append(mark);
  });
  for (const within of [true, false]) {
    const places = moments.map((moment, i) => (moment.within === within ? i : -1)).filter((i) => i >= 0);
    if (!places.length) continue;
    const group = element("span.mark-group", within ? t("step") : t("epoch"));
    if (places[0] === moments.length - 1) group.style.right = "0"; // a single one at the end: its word goes leftwards
    else group.style.left = place(places[0]);
    group.style.width = `calc(${place(places.at(-1))} - ${place(places[0])})`;
    scale.append(group);
  }
  return scale;
}
