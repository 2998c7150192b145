// Both arms while they train: how far they are, the curves, every run, and the inside of one seed.

import { button, el, own, refill, renew } from "./elements.js";
import { createInside } from "./seed_view.js";
import { jobControls, jobProgress, jobStateText, statePill } from "./jobs_view.js";
import { createLiveChart } from "./live_curves.js";
import { createPace } from "./time_left.js";
import { createRunsGrid } from "./runs_grid.js";
import { duration, inLanguage } from "./language.js";
import { mark, t } from "./words.js";

const ENDING = mark("Everything is kept but the epochs in progress.");
const NOTES = {
  waiting: mark("It begins once those before it in the queue are done."),
  running: mark("You may close this page: the training goes on, and this page finds it again."),
  pausing: ENDING,
  resuming: ENDING,
  stopping: ENDING,
  paused: mark("Everything is kept but the epochs that were in progress. It goes on when you want."),
  finished: mark("All runs are done."),
  stopped: mark("What was trained is kept. The same comparison goes on from there."),
  failed: mark("What was trained is kept. It can be tried again from there."),
};

/** Builds the view of job `app.address.id` in `host`; returns {update, close}. */
export function mountTrain(host, app) {
  const id = app.address.id;
  const [steps, top, curves, grid] = [el("div"), el("div.train-top"), el("div"), el("div")];
  const heading = el("h2", { id: "curves-title" }, t("How they learn"));
  const [inside, pace, chart] = [createInside(app), createPace(), createLiveChart(app, curves)];
  const runsGrid = createRunsGrid(app, grid, choose);
  let head = null;
  let frame = 0;
  let seed = app.memory.get(`seed ${id}`) ?? null;
  let told = "";
  let closed = false;
  const part = el("section.part", { "aria-labelledby": "curves-title" }, heading, curves, grid);
  host.append(steps, top, part, inside.node);

  async function load() {
    const result = await app.jobs.open(id);
    if (closed) return;
    if (!result.ok && !result.lost) app.missing(top, t("This training is not in the queue."), result.faults);
    draw();
  }

  function draw() {
    frame = 0;
    const job = app.jobs.get(id);
    if (!job || closed) return;
    renew(steps, [job.state, app.known(job.comparison)], () => app.steps("train", { job }));
    head ??= createHead(app, top);
    head(job, job.state === "running" ? pace.left() : null);
    const detail = app.jobs.detail(id);
    if (detail) drawRuns(job, detail);
  }

  function drawRuns(job, { arms, runs: known }) {
    const runs = [...known.values()];
    const seeds = [...new Set(runs.map((run) => run.seed))].sort((a, b) => a - b);
    if (seed === null || !seeds.includes(seed)) seed = firstBusy(runs, seeds);
    const names = arms.map((arm) => inLanguage(arm.label));
    const shown = { job, arms, names, runs, seeds, seed };
    chart.show(shown);
    runsGrid(shown);
    inside.show({ ...shown, runs: runs.filter((run) => run.seed === seed) });
    tell(job, runs);
  }

  function choose(number) {
    seed = number;
    app.memory.set(`seed ${id}`, seed);
    draw();
  }

  /** Says aloud that a run ended or the state changed, and nothing else: an epoch a second would be chatter. */
  function tell(job, runs) {
    const ended = runs.filter((run) => ["finished", "diverged", "failed"].includes(run.state)).length;
    const now = `${job.state} ${ended}`;
    const sentence = `${jobStateText(job)}. ${t("{ended} of {runs} runs ended.", { ended, runs: runs.length })}`;
    if (told !== "" && told !== now) app.say(sentence);
    told = now;
  }

  function update(kind, data) {
    const mine = kind === "state" || data?.id === id || data?.job === id;
    if (!mine) return;
    if (kind === "state" && !app.jobs.detail(id)) load();
    if (kind === "job") pace.heard(data);
    if ((kind === "epoch" || kind === "run") && data.seed === seed) inside.renew(data.run);
    if (kind === "verdict") app.say(t("The verdict is there."));
    if (frame === 0) frame = requestAnimationFrame(draw);
  }

  function close() {
    closed = true;
    cancelAnimationFrame(frame);
    for (const part of [inside, chart]) part.close();
  }

  load();
  return { update, close };
}

/** The seed that trains first, else the first. */
function firstBusy(runs, seeds) {
  return runs.find((run) => run.state === "training")?.seed ?? seeds[0] ?? null;
}

/** What is asked, how far it is, and the buttons; `show` changes only what is otherwise than before. */
function createHead(app, host) {
  const [title, state, bar, controls, faults] = [el("div"), el("div"), el("div"), el("div"), el("div")];
  const way = { kind: "primary", key: "to-verdict" };
  const build = (job) => {
    const note = el("span.hint", t(NOTES[job.state]));
    if (job.state !== "finished") return jobControls(app, job, note);
    const verdict = () => app.go("verdict", job.comparison);
    return el("div.actions", button(t("See the verdict"), verdict, way), note);
  };
  const progress = ({ epochs, done }) =>
    epochs !== null && el("progress", { max: epochs, value: done, "aria-label": t("Epochs done") });
  refill(host, title, state, bar, controls, faults);

  /** `left`: seconds, or null. */
  return function show(job, left) {
    const soon = left === null ? "" : ` · ${t("about {time} left", { time: duration(left) })}`;
    const far = `${jobProgress(app, job)}${soon}`;
    const heading = () => [
      el("p.eyebrow", t("In training")),
      el("h1", own(app.asked({ ...job.order, title: job.title }))),
    ];
    renew(title, job.title, heading);
    renew(state, [job.state, far], () => el("div.train-state", statePill(job), el("span.what", far)));
    renew(bar, job.progress.epochs, () => progress(job.progress));
    bar.querySelector("progress")?.setAttribute("value", job.progress.done);
    renew(controls, [job.id, job.revision, job.state], () => build(job));
    renew(faults, job.faults, () => job.faults.length > 0 && alert(app, job));
  };
}

const alert = (app, job) => el("div.faults", { role: "alert" }, app.faultsOf(job));
