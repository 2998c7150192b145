// What the form asks for, in a sentence; what it takes; what is wrong with it; and the button that begins.

import { button, el, own, refill } from "./elements.js";
import { bodyOf } from "./form_state.js";

const CHECK_AFTER = 250; // ms without a change
const AGAIN = 3000; // ms, where nobody answered

/** Returns {node, check, close}; `check(form)` asks the server about it once nothing changes any more. */
export function createSummary(app) {
  const { language } = app;
  const answer = el("div", { class: "answer-box", role: "status" });
  const faults = el("div", { class: "faults", role: "alert" });
  const start = button(language.t("ask.start"), begin, { kind: "primary", key: "start", disabled: true });
  const title = el("h2", { id: "summary-title" }, language.t("ask.summary"));
  const node = el("aside", { class: "summary", "aria-labelledby": "summary-title" }, title, answer, faults, start);
  let form = null;
  let timer = 0;
  let asked = 0;

  function check(next) {
    form = next;
    asked += 1; // an answer that is on its way is of another form
    if (answer.childElementCount > 0) answer.classList.add("stale");
    else refill(answer, el("p", { class: "hint" }, language.t("ask.checking")));
    start.disabled = true;
    clearTimeout(timer);
    timer = setTimeout(ask, CHECK_AFTER);
  }

  async function ask() {
    const mine = asked;
    const result = await app.server.post("/api/check", bodyOf(form, app.isList));
    if (mine !== asked) return; // another change came meanwhile
    if (result.lost) timer = setTimeout(ask, AGAIN);
    else show(result.ok ? result.value : { ok: false, faults: result.faults });
  }

  function show(checked) {
    start.disabled = !checked.ok;
    answer.classList.remove("stale");
    refill(answer, checked.ok && whatItTakes(app, form, checked));
    refill(faults, !checked.ok && [el("p", {}, language.t("ask.faults")), app.faultsOf(checked)]);
  }

  async function begin() {
    if (start.disabled) return;
    start.disabled = true; // a second click is of the same wish
    const result = await app.server.post("/api/comparisons", bodyOf(form, app.isList));
    if (result.ok) app.started(result.value);
    else if (result.lost)
      start.disabled = false; // the page says that nobody answers
    else show({ ok: false, faults: result.faults });
  }

  return { node, check, close: () => clearTimeout(timer) };
}

function whatItTakes(app, form, { estimate, command }) {
  const { language, numbers } = app;
  const { factor, values } = bodyOf(form, app.isList);
  const names = values.map((value) => language.short(factor, value));
  const seconds = estimate.seconds === null ? language.t("ask.unknown") : numbers.duration(estimate.seconds);
  const pair = (term, text) => el("div", {}, el("dt", {}, term), el("dd", {}, text));
  return [
    el("p", { class: "summary-question" }, own(app.question(factor, names))),
    el("p", {}, language.n("ask.runs", estimate.runs, { arms: values.length, seeds: form.seeds })),
    el(
      "dl",
      { class: "figures-list" },
      pair(language.t("ask.takes"), seconds),
      pair(language.t("ask.disk"), estimate.bytes === null ? language.t("ask.unknown") : numbers.bytes(estimate.bytes)),
      estimate.download > 0 && pair(language.t("ask.download"), numbers.bytes(estimate.download)),
    ),
    estimate.download > 0 && el("p", { class: "hint" }, language.t("ask.download.when")),
    el(
      "details",
      {},
      el("summary", {}, language.t("ask.command")),
      el("code", { class: "command", tabindex: 0 }, command),
    ),
  ];
}
