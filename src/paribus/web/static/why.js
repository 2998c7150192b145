// Why: suspected causes are tested by changing them. Before the test the view says what it does; while it runs, what is
// tested now and what came of the rest; after it the answer, which the server draws for the report as well.

import { button, el, fromServer, own, refill, renew, say } from "./elements.js";
import { hasEnded } from "./jobs.js";
import { jobControls, jobProgress, statePill, unreported } from "./jobs_view.js";
import { makeSaveable } from "./saveable.js";
import { inLanguage } from "./language.js";
import { lang, mark, t } from "./words.js";

const HOW = [
  [mark("Look."), mark("What was measured in the layers while they trained gives suspicions.")],
  [mark("Change."), mark("Each suspected cause is changed by itself, in short runs.")],
  [mark("Confirm."), mark("What helps is run at full length with fresh seeds. Only then is it called a cause.")],
];

/** Builds the view of comparison `app.address.id` in `host`; returns {update, close}. */
export function mountWhy(host, app) {
  const id = app.address.id;
  const head = el("div");
  const body = el("div.why-view");
  const [far, search] = [el("span"), el("div.part.searched")];
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
      app.noComparison(body, wrong, load);
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

const partOf = (app, id) => `/api/comparisons/${encodeURIComponent(id)}/why?lang=${lang()}`;
const titleOf = (app, found) => el("p.eyebrow", own(app.askedBy(found)));

function before(app, found, job) {
  const { comparison, explains } = found;
  const ask = async (event) => {
    event.target.disabled = true;
    const result = await app.server.post(`/api/comparisons/${encodeURIComponent(comparison.id)}/why`, {});
    event.target.disabled = false;
    if (result.ok) app.jobs.take(result.value.job);
    else
      refill(
        faults,
        result.lost ? t("The connection to Paribus is lost.") : result.faults.map(app.faultText).join(" "),
      );
  };
  const faults = el("p.faults", { role: "alert" });
  const step = ([title, more]) => el("li", el("strong", t(title)), el("span", t(more)));
  const arm = inLanguage(explains.arm);
  const calm = explains.all_trained;
  return [
    titleOf(app, found),
    el("h1", t("Why did it come out so?")),
    found.why_faults.length > 0 &&
      el(
        "div.faults",
        { role: "alert" },
        el("p", t("The explanation that was kept cannot be read. The test makes it anew.")),
        app.faultsOf({ faults: found.why_faults }),
      ),
    calm &&
      el(
        "p.banner",
        t(
          "All runs of all arms trained, so that there is no failure to explain. The test can be run all the same: it " +
            "looks for a change with which {arm}, the arm that ended lowest, does much better, and may well find none.",
          { arm },
        ),
      ),
    el(
      "p.lead",
      t(
        "A verdict says whether a change matters, not why. Paribus can look for what keeps an arm from training, " +
          "and test each suspicion: it changes that one thing, runs again, and sees whether the network then trains.",
      ),
    ),
    job?.state === "failed" && el("div.faults", app.faultsOf(job)),
    el("ol.how", HOW.map(step)),
    !calm && el("p.prose", t("The test is about {arm}, the arm that came off worst.", { arm })),
    faults,
    button(calm ? t("Test it all the same") : t("Test the explanation"), ask, {
      kind: calm ? "plain" : "primary",
      key: "why-start",
    }),
  ];
}

function underWay(app, found, job, far, search) {
  return [
    titleOf(app, found),
    el("h1", job.state === "waiting" ? t("The test waits in the queue") : t("Suspicions are being tested")),
    el("p.lead", t("This may take longer than the comparison did. The answer will come up here.")),
    el("p.train-state", statePill(job), " ", far),
    jobControls(app, job),
    search,
  ];
}

/** What is tested now, and what came of the rest, the latest first. */
function searched(app, search) {
  if (!search?.phase) return null;
  const names = (list) => list.map((one) => el("li", own(inLanguage(one))));
  return [
    el("h2", inLanguage(search.phase)),
    search.of !== null && el("p.what", t("{k} of {n} changes done", { k: search.ended, n: search.of })),
    search.doing.length > 0 && [el("h3", t("Being tested now")), el("ul.bullets.doing", names(search.doing))],
    search.done.length > 0 && [
      el("h3", t("Validation accuracy without and with each change so far")),
      el(
        "ul.tried",
        search.done.map((one) => el("li", el("strong", own(inLanguage(one.change))), el("span", inLanguage(one.text)))),
      ),
    ],
  ];
}

function answer(app, found, part, host) {
  refill(host, titleOf(app, found), unreported(app, found.comparison.id), fromServer(part.html), part.left_out.map((said) => el("p.faults", said)));
  makeSaveable(host, part);
}
