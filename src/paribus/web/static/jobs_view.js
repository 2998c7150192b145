// The queue and its states, and the buttons that steer a job.

import { button, el } from "./elements.js";

/** What a job is doing, in words. */
export function jobStateText(app, job) {
  return app.language.t(`state.${job.state}`);
}

/** The buttons that a job in its state has, and what is said beside them. */
export function jobControls(app, job, note = null) {
  const { language } = app;
  const steer = async (event, action) => {
    const pressed = event.target;
    pressed.disabled = true;
    await app.steer(job, action);
    pressed.disabled = false; // where nobody answered, the job is as it was, and so are its buttons
  };
  return el(
    "div",
    { class: "actions", role: "group", "aria-label": language.t("steer") },
    job.commands.map((action) =>
      button(language.t(`steer.${action}`), (event) => steer(event, action), {
        key: `${action}-${job.id}`,
        kind: action === "resume" ? "primary" : "plain",
      }),
    ),
    note,
  );
}

/** How far a job has come, in words. */
export function jobProgress(app, job) {
  const { language } = app;
  const { runs, ended, epochs, done } = job.progress;
  if (job.state === "waiting" && job.place) return language.t("job.place", { n: job.place });
  if (runs === null || epochs === null) return done > 0 ? language.n("job.epochs.so_far", done) : "";
  return language.t("job.progress", { done, epochs, ended, runs });
}

/** Says that the answer is there but its report's file is not; null where all is well. `comparison`: its id. */
export function unreported(app, comparison) {
  const job = app.jobs.lastDone(comparison);
  if (!job || job.faults.length === 0) return null;
  return el("div", { class: "banner", role: "status" }, el("p", {}, app.language.t("report.failed")), app.faultsOf(job));
}
