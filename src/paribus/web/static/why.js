// Why: suspected causes are tested by changing them. Before the test the view says what it does; while it runs, what is
// tested now and what came of the rest; after it the answer, which the server draws for the report as well.

import { button, el, fromServer, own, refill, renew, say } from "./elements.js";
import { hasEnded } from "./jobs.js";
import { jobControls, jobProgress, jobStateText, unreported } from "./jobs_view.js";
import { makeSaveable } from "./saveable.js";

const AGAIN = 2000; // ms, where nobody answered

/** Builds the view of comparison `app.address.id` in `host`; returns {update, close}. */
export function mountWhy(host, app) {
  const id = app.address.id;
  const head = el("div");
  const body = el("div", { class: "why-view" });
  const [far, search] = [el("span"), el("div", { class: "part searched" })];
  let closed = false;
  let found = null;
  let part = null; // the answer as the server drew it
  let drawn = "";
  host.append(head, body);

  async function load() {
    const result = await app.comparison(id);
    const answered = result.ok && result.value.why ? await app.server.get(partOf(app, id)) : null;
    if (closed) return;
    const wrong = [result, answered].find((one) => one && !one.ok);
    if (wrong) {
      if (wrong.lost) setTimeout(load, AGAIN);
      else refill(body, app.missing("verdict.missing", wrong.faults));
      return;
    }
    if (JSON.stringify([found, part]) !== JSON.stringify([result.value, answered?.value])) drawn = "";
    found = result.value;
    part = answered?.value;
    update();
  }

  /** Draws what changed since the last time: the explanation, or the state of its test. */
  function update() {
    if (closed || found === null) return;
    const job = app.jobs.whyJob(id);
    const busy = job && !hasEnded(job);
    if (busy) {
      app.jobs.open(job.id);
      say(far, jobProgress(app, job));
      renew(search, app.jobs.search(job.id) ?? null, () => searched(app, app.jobs.search(job.id)));
    }
    const state = JSON.stringify([part !== undefined, job?.state, job?.revision]);
    if (state === drawn) return;
    drawn = state;
    refill(head, app.steps("why", { comparison: id, order: found.order }));
    if (busy) refill(body, ...underWay(app, found, job, far, search));
    else if (part) answer(app, found, part, body);
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

const partOf = (app, id) => `/api/comparisons/${encodeURIComponent(id)}/why?lang=${app.language.lang}`;
const titleOf = (app, found) => el("p", { class: "eyebrow" }, own(app.askedBy(found)));

function before(app, found, job) {
  const { language } = app;
  const { comparison, explains } = found;
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
  const arm = language.of(explains.arm);
  const calm = explains.all_trained;
  return [
    titleOf(app, found),
    el("h1", {}, language.t("why.title")),
    found.why_faults.length > 0 &&
      el(
        "div",
        { class: "faults", role: "alert" },
        el("p", {}, language.t("why.damaged")),
        app.faultsOf({ faults: found.why_faults }),
      ),
    calm && el("p", { class: "banner" }, language.t("why.nothing", { arm })),
    el("p", { class: "lead" }, language.t("why.lead")),
    job?.state === "failed" && el("div", { class: "faults" }, app.faultsOf(job)),
    el(
      "ol",
      { class: "how" },
      ["look", "change", "confirm"].map((name) => el("li", {}, step(name))),
    ),
    !calm && el("p", { class: "prose" }, language.t("why.about", { arm })),
    faults,
    button(language.t(calm ? "why.start.anyway" : "why.start"), ask, {
      kind: calm ? "plain" : "primary",
      key: "why-start",
    }),
  ];
}

function underWay(app, found, job, far, search) {
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
    search,
  ];
}

/** What is tested now, and what came of the rest, the latest first. */
function searched(app, search) {
  if (!search?.phase) return null;
  const { language } = app;
  const names = (list) => list.map((one) => el("li", {}, own(language.of(one))));
  return [
    el("h2", {}, language.of(search.phase)),
    search.of !== null && el("p", { class: "what" }, language.t("why.count", { k: search.ended, n: search.of })),
    search.doing.length > 0 && [
      el("h3", {}, language.t("why.doing")),
      el("ul", { class: "bullets doing" }, names(search.doing)),
    ],
    search.done.length > 0 && [
      el("h3", {}, language.t("why.done")),
      el(
        "ul",
        { class: "tried" },
        search.done.map((one) =>
          el("li", {}, el("strong", {}, own(language.of(one.change))), el("span", {}, language.of(one.text))),
        ),
      ),
    ],
  ];
}

function answer(app, found, part, host) {
  refill(host, titleOf(app, found), unreported(app, found.comparison.id), fromServer(part.html));
  makeSaveable(host, part);
}
