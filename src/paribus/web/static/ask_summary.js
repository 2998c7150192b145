// What the form asks for, in a sentence; what it takes; what is wrong with it; and the button that begins.

import { button, commandLine, el, own, refill } from "./elements.js";
import { bodyOf } from "./form_state.js";
import { bytes, duration, inLanguage, shortName } from "./language.js";
import { plural, t } from "./words.js";

const CHECK_AFTER = 250; // ms without a change
const AGAIN = 3000; // ms, where nobody answered

/** Returns {node, check, close}; `check(form)` asks the server about it once nothing changes any more. */
export function createSummary(app) {
  const answer = el("div.answer-box", { role: "status" });
  const faults = el("div.faults", { role: "alert" });
  const start = button(t("Start training"), begin, { kind: "primary", key: "start", disabled: true });
  const title = el("h2", { id: "summary-title" }, t("Your comparison"));
  const node = el("aside.summary", { "aria-labelledby": "summary-title" }, title, answer, faults, start);
  let form = null;
  let timer = 0;
  let asked = 0;

  function check(next) {
    form = next;
    asked += 1; // an answer that is on its way is of another form
    if (answer.childElementCount > 0) answer.classList.add("stale");
    else refill(answer, el("p.hint", t("Working out how long it takes …")));
    start.disabled = true;
    clearTimeout(timer);
    timer = setTimeout(ask, CHECK_AFTER);
  }

  async function ask() {
    const mine = asked;
    const result = await app.server.post("/api/check", bodyOf(form));
    if (mine !== asked) return; // another change came meanwhile
    if (result.lost) timer = setTimeout(ask, AGAIN);
    else show(result.ok ? result.value : { ok: false, faults: result.faults });
  }

  function show(checked) {
    start.disabled = !checked.ok;
    answer.classList.remove("stale");
    refill(answer, checked.ok && whatItTakes(app, form, checked));
    refill(faults, !checked.ok && [el("p", t("This does not work yet:")), app.faultsOf(checked)]);
  }

  async function begin() {
    if (start.disabled) return;
    start.disabled = true; // a second click is of the same wish
    const result = await app.server.post("/api/comparisons", bodyOf(form));
    if (result.ok) app.started(result.value);
    else if (result.lost)
      start.disabled = false; // the page says that nobody answers
    else show({ ok: false, faults: result.faults });
  }

  function close() {
    asked += 1; // nor is it asked again, where nobody answers
    clearTimeout(timer);
  }

  return { node, check, close };
}

function whatItTakes(app, form, { estimate, command, foreseen }) {
  const { factor, values } = bodyOf(form);
  const names = values.map((value) => shortName(factor, value));
  const seconds = estimate.seconds === null ? t("not known yet") : duration(estimate.seconds);
  const pair = (term, text) => el("div", el("dt", term), el("dd", text));
  return [
    el("p.summary-question", own(app.question(factor, names))),
    el(
      "p",
      plural(
        "{n} run: {arms} values, {seeds} seeds each.",
        "{n} runs: {arms} values, {seeds} seeds each.",
        estimate.runs,
        { arms: values.length, seeds: form.seeds },
      ),
    ),
    foreseen && el("p.hint", inLanguage(foreseen)),
    el(
      "dl.figures-list",
      pair(t("Takes about"), seconds),
      pair(t("On disk"), estimate.bytes === null ? t("not known yet") : bytes(estimate.bytes)),
      estimate.download > 0 && pair(t("To download"), bytes(estimate.download)),
    ),
    estimate.download > 0 &&
      el(
        "p.hint",
        t(
          "The images are not on this machine. They are downloaded when the training starts; until then it is not known " +
            "how long it takes.",
        ),
      ),
    el("details", el("summary", t("The same as a command")), commandLine(command)),
  ];
}
