// What came out: the verdict first and largest, then what it rests on, then the networks themselves.

import { armMark, armName, button, el, fromServer, own, refill, renew } from "./elements.js";
import { formOfOrder } from "./form_state.js";
import { unreported } from "./jobs_view.js";
import { mountLab } from "./lab_part.js";

const AGAIN = 2000; // ms, where nobody answered

/** Builds the view of comparison `app.address.id` in `host`; returns {update, close}. */
export function mountVerdict(host, app) {
  const id = app.address.id;
  const waiting = el("p", { class: "lead", role: "status" }, app.language.t("loading"));
  const body = el("div", { class: "verdict-view" }, waiting);
  const notice = el("div");
  let closed = false;
  let lab = null;
  let shown = "";
  host.append(body);
  const notify = () => renew(notice, app.jobs.lastDone(id)?.faults ?? [], () => unreported(app, id));

  async function load() {
    const result = await app.comparison(id);
    const text = result.ok ? JSON.stringify(result.value) : "";
    if (closed || (result.ok && text === shown)) return;
    shown = text;
    lab?.close();
    lab = null;
    notify();
    if (result.ok) lab = show(body, app, result.value, notice);
    else if (result.lost) setTimeout(load, AGAIN);
    else refill(body, app.missing("verdict.missing", result.faults));
  }

  load();
  return {
    update(kind, data) {
      // It was asked again, with more seeds; or that may have been missed.
      if (kind === "state" || (kind === "verdict" && data.comparison === id)) load();
      else if (kind === "job") notify();
    },
    close() {
      closed = true;
      lab?.close();
    },
  };
}

function show(body, app, found, notice) {
  const { language } = app;
  const { comparison } = found;
  const arms = found.arms.map((arm) => language.of(arm.label));
  const paragraphs = [found.opening, ...found.pairs.map((pair) => pair.sentence)].map(language.of).filter(Boolean);
  const part = el(
    "section",
    { class: "part", "aria-labelledby": "lab-title" },
    el("h2", { id: "lab-title" }, language.t("verdict.lab")),
  );
  refill(
    body,
    app.steps("verdict", { comparison: comparison.id, order: found.order }),
    comparison.confounded && el("p", { class: "banner" }, language.t("verdict.confounded")),
    el("p", { class: "eyebrow" }, own(app.askedBy(found))),
    headlines(app, found),
    notice,
    actions(app, found),
    el(
      "div",
      { class: "cards" },
      comparison.arms.map((arm, index) => armCard(app, arm, index, found.arms[index])),
    ),
    el(
      "section",
      { class: "part", "aria-labelledby": "words-title" },
      el("h2", { id: "words-title" }, language.t("verdict.words")),
      paragraphs.map((paragraph) => el("p", { class: "prose large" }, paragraph)),
      comparison.arms.some((arm) => arm.trained !== null) &&
        el(
          "details",
          {},
          el("summary", {}, language.t("verdict.trained.what")),
          el("p", { class: "prose" }, language.t("verdict.trained.note")),
        ),
    ),
    el(
      "section",
      { class: "part", "aria-labelledby": "pairs-title" },
      el("h2", { id: "pairs-title" }, language.t("verdict.differences")),
      el("p", { class: "prose" }, language.t("verdict.differences.how")),
      differencesDrawn(app, comparison),
      comparison.pairs.map((pair, at) => pairFigure(app, found, pair, found.pairs[at], arms)),
    ),
    part,
    el(
      "details",
      { class: "again" },
      el("summary", {}, language.t("verdict.again")),
      el("p", { class: "prose" }, language.t("verdict.command")),
      el("code", { class: "command", tabindex: 0 }, own(comparison.command)),
      el("p", { class: "prose small" }, own(comparison.id), " · ", app.numbers.when(comparison.created)),
    ),
  );
  return mountLab(part, app, comparison.id);
}

function headlines(app, found) {
  const lines = found.pairs.map((pair) => app.language.of(pair.headline));
  if (lines.length === 1) return el("h1", { class: "display" }, lines[0]);
  return [
    el("h1", { class: "sr-only" }, app.language.t("step.verdict")),
    el(
      "ul",
      { class: "headlines" },
      lines.map((line) => el("li", {}, line)),
    ),
  ];
}

function actions(app, { comparison, order }) {
  const { language } = app;
  const more = () => app.go("ask", "", formOfOrder({ ...order, seeds: order.seeds + 6 }));
  const report = `/api/comparisons/${encodeURIComponent(comparison.id)}/report?lang=${language.lang}`;
  return el(
    "div",
    { class: "actions" },
    button(language.t("verdict.why"), () => app.go("why", comparison.id), { kind: "primary", key: "why" }),
    el("a", { class: "button plain", href: report, download: "" }, language.t("verdict.report")),
    order && button(language.t("verdict.more"), more, { key: "more" }),
  );
}

function armCard(app, arm, index, told) {
  const { language } = app;
  const trained = [
    el("p", { class: "big" }, language.t("verdict.trained", { k: arm.trained, n: arm.runs.length })),
    el("p", { class: "what" }, language.t("verdict.trained.label")),
    el(
      "div",
      { class: "run-dots", "aria-hidden": "true" },
      arm.runs.map((run) => el("span", { class: `run-dot arm-${index} ${run.trained ? "did" : "did-not"}` })),
    ),
  ];
  return el(
    "section",
    { class: "card arm-card" },
    el("h2", {}, armName(index, language.of(told.label))),
    arm.trained !== null && trained,
    el("p", { class: "big" }, language.of(told.figure)),
    el("p", { class: "what" }, language.of(told.over)),
  );
}

/** All pairs on one axis, as the report has them. */
function differencesDrawn(app, { id, pairs }) {
  const host = el("div", { class: "differences" });
  if (pairs.every(({ difference }) => difference === null)) return host;
  const path = `/api/comparisons/${encodeURIComponent(id)}/differences?lang=${app.language.lang}`;
  app.server.get(path).then((drawn) => {
    if (drawn.ok) refill(host, fromServer(drawn.value[window.innerWidth < 700 ? "narrow" : "wide"]));
  });
  return host;
}

function pairFigure(app, { comparison, metric }, pair, told, names) {
  const { language } = app;
  const index = (name) => comparison.arms.findIndex((arm) => arm.name === name);
  const [a, b] = [index(pair.a), index(pair.b)];
  if (pair.difference === null) return el("p", { class: "prose" }, language.t("verdict.no_pairs"));
  const interval = language.of(told.interval);
  return el(
    "figure",
    { class: "pair-figure" },
    el(
      "figcaption",
      {},
      el("span", { class: "pair-names" }, armMark(b), own(names[b]), " \u2212 ", armMark(a), own(names[a])),
      el("strong", { class: "pair-size" }, language.of(told.size)),
      interval && el("span", { class: "what" }, interval),
    ),
    pairTable(app, comparison, metric, pair, [a, b], names),
  );
}

/** The pair's figures, a row a seed, folded away. `places`: the arms' in the comparison. */
function pairTable(app, comparison, metric, pair, places, names) {
  const { language, numbers } = app;
  const head = (text) => el("th", { scope: "col", class: "number" }, text);
  const heads = el(
    "tr",
    {},
    el("th", { scope: "col" }, language.t("seed")),
    places.map((i) => head(own(names[i]))),
    head(language.t("verdict.difference")),
  );
  const figure = (text) => el("td", { class: "number" }, text);
  const reached = (i, seed) => comparison.arms[i].runs.find((run) => run.seed === seed)?.figures[metric.name];
  const row = (seed, place) =>
    el(
      "tr",
      {},
      el("th", { scope: "row" }, String(seed)),
      places.map((i) => figure(numbers.figure(reached(i, seed), metric))),
      figure(numbers.difference(pair.differences[place], metric)),
    );
  const label = `${language.t("table")}: ${names[places[1]]} \u2212 ${names[places[0]]}`;
  const table = el("table", { class: "data" }, el("thead", {}, heads), el("tbody", {}, pair.seeds.map(row)));
  return el(
    "details",
    {},
    el("summary", {}, language.t("table")),
    el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": label }, table),
  );
}
