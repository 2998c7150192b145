// What came out: the verdict first and largest, then what it rests on, then the networks themselves.

import { button, commandLine, el, fromServer, own, refill, renew } from "./elements.js";
import { formOfOrder } from "./form_state.js";
import { unreported } from "./jobs_view.js";
import { mountLab } from "./lab_part.js";
import { inLanguage, when } from "./language.js";
import { tryNext } from "./try_next.js";
import { lang, t } from "./words.js";

/** Builds the view of comparison `app.address.id` in `host`; returns {update, close}. */
export function mountVerdict(host, app) {
  const id = app.address.id;
  const waiting = el("p.lead", { role: "status" }, t("One moment …"));
  const body = el("div.verdict-view", waiting);
  const notice = el("div");
  let closed = false;
  let lab = null;
  let shown = "";
  host.append(body);
  const drawnPart = `/api/comparisons/${encodeURIComponent(id)}/verdict?lang=${lang()}`;
  const notify = () => renew(notice, app.jobs.lastDone(id)?.faults ?? [], () => unreported(app, id));

  async function load() {
    const answers = await Promise.all([app.comparison(id), app.server.get(drawnPart)]);
    const wrong = answers.find((one) => !one.ok);
    const [found, drawn] = answers.map((one) => one.value);
    const text = wrong ? "" : JSON.stringify([found, drawn]);
    if (closed || (!wrong && text === shown)) return;
    shown = text;
    lab?.close();
    lab = null;
    notify();
    if (!wrong) lab = show(body, app, found, drawn.html, notice);
    else app.noComparison(body, wrong, load);
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

/** `drawn`: the arms, the words and the differences, as the server drew them. */
function show(body, app, found, drawn, notice) {
  const { comparison } = found;
  const part = el("section.part", { "aria-labelledby": "lab-title" }, el("h2", { id: "lab-title" }, t("Look inside")));
  refill(
    body,
    app.steps("verdict", { comparison: comparison.id, order: found.order }),
    comparison.confounded &&
      el(
        "p.banner",
        t("Confounded: the arms differ in more than one thing, so what follows cannot be put down to any one of them."),
      ),
    el("p.eyebrow", own(app.askedBy(found))),
    headlines(app, found),
    notice,
    found.faults.length > 0 && el("div.faults", { role: "alert" }, app.faultsOf(found)),
    actions(app, found),
    fromServer(drawn),
    part,
    tryNext(app, found.order),
    el(
      "details.again",
      el("summary", t("Do it again")),
      el("p.prose", t("This command makes the same comparison.")),
      commandLine(comparison.command),
      el("p.prose.small", own(comparison.id), " · ", when(comparison.created)),
    ),
  );
  return mountLab(part, app, comparison.id, found.networks);
}

function headlines(app, found) {
  const lines = found.pairs.map((pair) => inLanguage(pair.headline));
  if (lines.length === 1) return el("h1.display", lines[0]);
  return [
    el("h1.sr-only", t("Verdict")),
    el(
      "ul.headlines",
      lines.map((line) => el("li", line)),
    ),
  ];
}

/** As many as the verdict names to settle what is open; where it names none, six more. */
function seedsToAsk(comparison, seeds) {
  const named = comparison.pairs.filter((pair) => pair.verdict === "open").map((pair) => pair.seeds_to_settle ?? 0);
  const most = Math.max(0, ...named);
  return most > seeds ? most : seeds + 6;
}

function actions(app, { comparison, order }) {
  const more = () => app.go("ask", "", formOfOrder({ ...order, seeds: seedsToAsk(comparison, order.seeds) }));
  const report = `/api/comparisons/${encodeURIComponent(comparison.id)}/report?lang=${lang()}`;
  return el(
    "div.actions",
    button(t("Why?"), () => app.go("why", comparison.id), { kind: "primary", key: "why" }),
    el("a.button.plain", { href: report, download: "" }, t("Download the report")),
    order && button(t("Ask again with more seeds"), more, { key: "more" }),
  );
}
