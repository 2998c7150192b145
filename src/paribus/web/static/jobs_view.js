// The queue and its states, and the buttons that steer a job.

import { button, el } from "./elements.js";
import { mark, plural, t } from "./words.js";

const STATES = {
  waiting: mark("Waiting"),
  running: mark("Training"),
  pausing: mark("Pausing"),
  resuming: mark("Going on"),
  stopping: mark("Stopping"),
  paused: mark("Paused"),
  finished: mark("Finished"),
  stopped: mark("Stopped"),
  failed: mark("Failed"),
};
const COMMANDS = { pause: mark("Pause"), resume: mark("Go on"), stop: mark("Stop") };

/** What a job is doing, in words. */
export function jobStateText(job) {
  return t(STATES[job.state]);
}

/** The same as a mark in its colour. */
export const statePill = (job) => el("span", { class: `state-pill state-${job.state}` }, jobStateText(job));

/** The buttons that a job in its state has, and what is said beside them. */
export function jobControls(app, job, note = null) {
  const steer = async (event, action) => {
    const pressed = event.target;
    pressed.disabled = true;
    await app.steer(job, action);
    pressed.disabled = false; // where nobody answered, the job is as it was, and so are its buttons
  };
  return el(
    "div.actions",
    { role: "group", "aria-label": t("Steer the training") },
    job.commands.map((action) =>
      button(t(COMMANDS[action]), (event) => steer(event, action), {
        key: `${action}-${job.id}`,
        kind: action === "resume" ? "primary" : "plain",
      }),
    ),
    note,
  );
}

/** How far a job has come, in words. */
export function jobProgress(app, job) {
  const { runs, ended, epochs, done } = job.progress;
  if (job.state === "waiting" && job.place) return t("number {n} in the queue", { n: job.place });
  if (runs === null || epochs === null) return done > 0 ? plural("{n} epoch so far", "{n} epochs so far", done) : "";
  return t("{done} of {epochs} epochs, {ended} of {runs} runs ended", { done, epochs, ended, runs });
}

/** Says that the answer is there but its report's file is not; null where all is well. `comparison`: its id. */
export function unreported(app, comparison) {
  const job = app.jobs.lastDone(comparison);
  if (!job || job.faults.length === 0) return null;
  return el(
    "div.banner",
    { role: "status" },
    el("p", t("The answer is kept, but its report could not be written into the store.")),
    app.faultsOf(job),
  );
}
