// Why: suspected causes are tested by changing them. Before the test the view says what it does; after it, what came.

import { button, el, own, refill, say, svg } from "./elements.js";
import { hasEnded } from "./jobs.js";
import { jobControls, jobProgress, jobStateText } from "./jobs_view.js";
import { missing } from "./verdict.js";

const AGAIN = 2000; // ms, where nobody answered
const KINDS = ["causes", "remedies", "contributing", "ruled_out", "not_established"];

/** Builds the view of comparison `app.address.id` in `host`; returns {update, close}. */
export function mountWhy(host, app) {
  const id = app.address.id;
  const head = el("div");
  const body = el("div", { class: "why-view" });
  let closed = false;
  let found = null;
  const far = el("span");
  let drawn = "";
  host.append(head, body);

  const load = async () => {
    const result = await app.comparison(id);
    if (closed) return;
    if (!result.ok) {
      if (result.lost) setTimeout(load, AGAIN);
      else refill(body, missing(app, id, result.faults));
      return;
    }
    if (JSON.stringify(found) !== JSON.stringify(result.value)) drawn = "";
    found = result.value;
    update();
  };

  /** Draws what changed since the last time: the explanation, or the state of its test. */
  function update() {
    if (closed || found === null) return;
    const job = app.whyJob(id);
    if (job) say(far, jobProgress(app, job));
    const state = JSON.stringify([found.comparison.explanation !== null, job?.state, job?.revision]);
    if (state === drawn) return;
    drawn = state;
    const { comparison } = found;
    refill(head, app.steps("why", { comparison: id, form: app.formOf(comparison) }));
    if (job && !hasEnded(job)) refill(body, ...underWay(app, found, job, far));
    else if (comparison.explanation !== null) refill(body, ...answer(app, found));
    else refill(body, ...before(app, found, job));
  }

  load();
  return {
    update(kind, data) {
      if (kind === "state" || (kind === "explained" && data.comparison === id)) load();
      else update();
    },
    close() {
      closed = true;
    },
  };
}

const titleOf = (app, found) => el("p", { class: "eyebrow" }, own(app.askedBy(found)));

function before(app, found, job) {
  const { language } = app;
  const { comparison } = found;
  const ask = async (event) => {
    event.target.disabled = true;
    const result = await app.server.post(`/api/comparisons/${encodeURIComponent(comparison.id)}/why`, {});
    event.target.disabled = false;
    if (result.ok) app.jobs.take(result.value.job);
    else refill(faults, result.lost ? language.t("lost.title") : result.faults.map(app.faultText).join(" "));
  };
  const faults = el("p", { class: "faults", role: "alert" });
  const step = (name) => [
    el("strong", {}, language.t(`why.how.${name}`)),
    el("span", {}, language.t(`why.how.${name}.more`)),
  ];
  return [
    titleOf(app, found),
    el("h1", {}, language.t("why.title")),
    el("p", { class: "lead" }, language.t("why.lead")),
    job?.state === "failed" && el("div", { class: "faults" }, app.faultsOf(job)),
    el(
      "ol",
      { class: "how" },
      ["look", "change", "confirm"].map((name) => el("li", {}, step(name))),
    ),
    faults,
    button(language.t("why.start"), ask, { kind: "primary", key: "why-start" }),
  ];
}

function underWay(app, found, job, far) {
  return [
    titleOf(app, found),
    el("h1", {}, app.language.t(job.state === "waiting" ? "why.queued" : "why.running")),
    el("p", { class: "lead" }, app.language.t("why.running.more")),
    el(
      "p",
      { class: "train-state" },
      el("span", { class: `state-pill state-${job.state}` }, jobStateText(app, job)),
      " ",
      far,
    ),
    jobControls(app, job),
  ];
}

function answer(app, found) {
  const { language } = app;
  const { comparison } = found;
  const why = comparison.explanation;
  return [
    titleOf(app, found),
    el("h1", { class: "display" }, language.of(found.why.headline)),
    ...KINDS.filter((kind) => why[kind].length > 0).map((kind) => group(app, kind, why[kind])),
    symptoms(app, found.arms, why.symptoms),
    ...more(app, why),
    why.repaired && repaired(app, comparison, why.repaired),
    el(
      "p",
      { class: "prose small part" },
      language.t("why.effort", { time: app.numbers.duration(why.budget.seconds) }),
      why.budget.complete ? null : ` ${language.t("why.incomplete")}`,
    ),
  ];
}

function group(app, kind, list) {
  const { language } = app;
  return el(
    "section",
    { class: `part tested ${kind}` },
    el("h2", {}, language.t(`why.${kind}`)),
    el("p", { class: "prose" }, language.t(`why.${kind}.means`)),
    el(
      "ul",
      { class: "interventions" },
      list.map((tested) => intervention(app, tested)),
    ),
  );
}

function intervention(app, tested) {
  const { language } = app;
  const fields = tested.factor.split("+");
  const [from, to] = fields.length === 1 ? [[tested.from], [tested.to]] : [tested.from, tested.to];
  return el(
    "li",
    { class: "intervention" },
    el(
      "h3",
      {},
      fields.map((field, i) =>
        el(
          "span",
          { class: "change" },
          own(language.value(field, from[i])),
          el("span", { "aria-hidden": "true" }, " → "),
          el("span", { class: "sr-only" }, ` ${language.t("why.to")} `),
          own(language.value(field, to[i])),
        ),
      ),
    ),
    tested.effect && effectBars(app, tested.effect),
    el("p", { class: "prose" }, language.of(tested.text)),
  );
}

/** Two bars: validation accuracy without and with the change. */
function effectBars(app, effect) {
  const { language, numbers } = app;
  const bar = (y, value, kind) => [
    svg("rect", { class: "effect-room", x: 0, y, width: 240, height: 12, rx: 3 }),
    svg("rect", { class: `effect-bar ${kind}`, x: 0, y, width: Math.max(1, 240 * value), height: 12, rx: 3 }),
    svg("text", { x: 248, y: y + 10.5 }, numbers.percent(value)),
  ];
  return svg(
    "svg",
    {
      class: "chart effect",
      viewBox: "0 0 310 34",
      role: "img",
      "aria-label": language.t("why.effect.alt", {
        before: numbers.percent(effect.before),
        after: numbers.percent(effect.after),
      }),
    },
    bar(2, effect.before, "without"),
    bar(19, effect.after, "with"),
  );
}

function symptoms(app, arms, list) {
  const { language } = app;
  const found = list.filter((one) => one.findings.length > 0);
  if (found.length === 0) return null;
  return el(
    "section",
    { class: "part" },
    el("h2", {}, language.t("why.symptoms")),
    el("p", { class: "prose" }, language.t("why.symptoms.means")),
    found.map((one) => {
      const arm = arms.find((other) => other.name === one.arm);
      return el(
        "div",
        { class: "symptoms" },
        arm && el("h3", {}, own(language.of(arm.label))),
        el(
          "ul",
          { class: "bullets" },
          one.findings.map((finding) => el("li", {}, language.of(finding.text))),
        ),
      );
    }),
  );
}

/** What else was asked of the same runs: claims, saturation, interaction; whatever brings its own sentences. */
function more(app, why) {
  return ["saturation", "interaction", "claims"].map((name) => {
    const texts = [why[name] ?? []]
      .flat()
      .map((one) => app.language.of(one.text))
      .filter((text) => text !== "");
    if (texts.length === 0) return null;
    return el(
      "section",
      { class: "part" },
      el("h2", {}, app.language.t(`why.${name}`)),
      el(
        "ul",
        { class: "bullets" },
        texts.map((text) => el("li", {}, text)),
      ),
    );
  });
}

function repaired(app, comparison, again) {
  const { language } = app;
  const side = (title, one) =>
    el(
      "div",
      { class: "card" },
      el("h3", {}, title),
      language
        .of(one.verdict)
        .split("\n\n")
        .map((text) => el("p", {}, text)),
    );
  return el(
    "section",
    { class: "part" },
    el("h2", {}, language.t("why.repaired")),
    el("div", { class: "cards two" }, side(language.t("why.first"), comparison), side(language.t("why.again"), again)),
  );
}
