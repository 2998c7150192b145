// The queue with its states, and every comparison that the store keeps.

import { button, el, own, renew, say } from "./elements.js";
import { hasEnded } from "./jobs.js";
import { jobControls, jobProgress, statePill } from "./jobs_view.js";
import { createKept } from "./kept.js";
import { inLanguage } from "./language.js";
import { t } from "./words.js";

/** Builds the view in `host`; returns {update, close}. */
export function mountAll(host, app) {
  const queue = el("section.part", { "aria-labelledby": "queue-title" });
  const kept = createKept(app);
  host.append(el("h1", t("All comparisons")), queue, kept.node);

  const progress = new Map(); // job id -> where its progress stands

  const drawQueue = () => {
    const jobs = app.jobs.all().filter((job) => !hasEnded(job) || job.state === "failed" || job.state === "stopped");
    renew(
      queue,
      jobs.map((job) => [job.id, job.revision, job.state, job.faults.length]),
      () => {
        for (const job of jobs) progress.set(job.id, el("span"));
        const items = jobs.map((job, index) => jobItem(app, job, jobs, index, progress.get(job.id)));
        const none = () => el("p.prose", t("Nothing trains and nothing waits."));
        return [el("h2", { id: "queue-title" }, t("The queue")), items.length > 0 ? el("ol.job-list", items) : none()];
      },
    );
    for (const job of jobs) say(progress.get(job.id), jobProgress(app, job));
  };

  drawQueue();
  kept.load();
  return {
    update(kind) {
      if (["state", "job", "order", "epoch", "run"].includes(kind)) drawQueue();
      if (["verdict", "explained", "state"].includes(kind)) kept.load();
    },
    close: kept.close,
  };
}

function jobItem(app, job, jobs, index, progress) {
  const target = job.kind === "why" ? { view: "why", id: job.comparison } : { view: "train", id: job.id };
  const earlier =
    job.state === "waiting" ? jobs.slice(0, index).findLast((other) => other.state === "waiting") : undefined;
  return el(
    "li.job-item",
    el(
      "div",
      el("a.job-title", { href: app.hash(target), "data-key": `open-${job.id}` }, own(inLanguage(job.title))),
      job.kind === "why" && el("span.kind", t("why")),
      el("p.what", statePill(job), " ", progress),
      job.faults.map((fault) => el("p.faults", app.faultText(fault))),
    ),
    el(
      "div.job-buttons",
      earlier && button(t("Move up"), () => app.move(job, earlier.id), { key: `earlier-${job.id}` }),
      jobControls(app, job),
    ),
  );
}
