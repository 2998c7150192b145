// Both arms while they train: how far they are, every run, the curves, and the inside of one seed.

import { mount as mountCurves } from "./charts.js";
import { armMark, button, el, own, refill } from "./elements.js";
import { createInside } from "./inside.js";
import { jobControls, jobProgress, jobStateText } from "./jobs_view.js";
import { liveCurves } from "./live_curves.js";
import { createPace } from "./pace.js";

const REDRAW = 400; // ms between two drawings of the curves, however fast epochs come

/** Builds the view of job `app.address.id` in `host`; returns {update, close}. */
export function mountTrain(host, app) {
  const { language } = app;
  const id = app.address.id;
  const parts = { steps: el("div"), top: el("div", { class: "train-top" }), grid: el("div"), curves: el("div") };
  const inside = createInside(app);
  const pace = createPace();
  let frame = 0;
  let timer = 0;
  let chart = null;
  let seed = app.memory.get(`seed ${id}`) ?? null;
  let told = "";
  let closed = false;

  host.append(parts.steps, parts.top, el("section", { class: "part", "aria-labelledby": "curves-title" },
    el("h2", { id: "curves-title" }, language.t("train.curves")), parts.curves, parts.grid), inside.node);

  async function load() {
    const result = await app.jobs.open(id);
    if (!result.ok && !result.lost) {
      refill(parts.top, el("h1", {}, language.t("train.missing")), el("p", { class: "lead" }, own(id)),
        result.faults.map((fault) => el("p", {}, app.faultText(fault))));
    }
    const job = app.jobs.get(id);
    if (job?.state === "finished" && app.jobs.detail(id)?.runs.size === 0) {
      const kept = await app.comparison(job.comparison);
      if (kept.ok) app.jobs.fill(id, kept.value.comparison);
    }
    draw();
  }

  function draw() {
    frame = 0;
    const job = app.jobs.get(id);
    if (!job || closed) return;
    refill(parts.steps, app.steps("train", { job }));
    drawTop(job);
    const detail = app.jobs.detail(id);
    if (!detail) return;
    const runs = [...detail.runs.values()];
    const seeds = [...new Set(runs.map((run) => run.seed))].sort((a, b) => a - b);
    if (seed === null || !seeds.includes(seed)) seed = firstBusy(runs, seeds);
    const names = detail.arms.map((arm) => language.of(arm.label));
    drawCurves({ arms: detail.arms, names, runs, seed, job });
    const scrolled = parts.grid.querySelector(".scroll")?.scrollLeft ?? 0;
    refill(parts.grid, seeds.length > 0 && runsTable(detail, names, runs, seeds));
    if (scrolled > 0) parts.grid.querySelector(".scroll").scrollLeft = scrolled;
    inside.show({ job, arms: detail.arms, names, runs: runs.filter((run) => run.seed === seed), seed });
    tell(job, runs);
  }

  /** The curves, at most every REDRAW ms: a chart that is built anew all the time cannot be looked into. */
  function drawCurves(of) {
    clearTimeout(timer);
    const paint = () => {
      const data = liveCurves(app, of);
      if (chart) chart.update(data);
      else chart = mountCurves(parts.curves, data, app.shared);
    };
    if (chart) timer = setTimeout(paint, REDRAW);
    else if (of.runs.some((run) => run.metrics.length > 0)) paint();
    else refill(parts.curves, el("p", { class: "prose" }, language.t("train.curves.none")));
  }

  function drawTop(job) {
    const { epochs, done } = job.progress;
    const left = job.state === "running" ? pace.left(job) : null;
    refill(parts.top,
      el("p", { class: "eyebrow" }, language.t("train.eyebrow")),
      el("h1", {}, own(app.jobQuestion(job))),
      el("div", { class: "train-state" },
        el("span", { class: `state-pill state-${job.state}` }, jobStateText(app, job)),
        el("span", { class: "what" }, jobProgress(app, job), left !== null && ` · ${language.t("train.left", { time: app.numbers.duration(left) })}`)),
      epochs !== null && el("progress", { max: epochs, value: done, "aria-label": language.t("train.progress") }),
      job.state === "finished"
        ? el("div", { class: "actions" }, button(language.t("train.verdict"), () => app.go("verdict", job.comparison), { kind: "primary", key: "to-verdict" }))
        : jobControls(app, job, el("span", { class: "hint" }, language.t(`train.note.${job.state}`))),
      job.faults.length > 0 && el("div", { class: "faults", role: "alert" }, app.faultsOf(job)));
  }

  function runsTable(detail, names, runs, seeds) {
    const cell = (arm, index, number) => {
      const run = runs.find((one) => one.arm === arm.name && one.seed === number);
      return el("td", {}, runButton(run, index, names[index], number));
    };
    return [
      el("h3", {}, language.t("train.runs")),
      el("p", { class: "hint" }, language.t("train.runs.hint")),
      el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": language.t("train.runs") },
        el("table", { class: "runs-grid" },
          el("thead", {}, el("tr", {}, el("td"), seeds.map((number) => el("th", { scope: "col" }, language.t("seed.n", { n: number }))))),
          el("tbody", {}, detail.arms.map((arm, index) => el("tr", {},
            el("th", { scope: "row" }, armMark(index), own(names[index])), seeds.map((number) => cell(arm, index, number))))))),
    ];
  }

  function runButton(run, index, name, number) {
    const last = run?.metrics.at(-1);
    const accuracy = last ? app.numbers.percent(last.val_accuracy) : "\u2013";
    const where = language.t(`run.${run?.state ?? "waiting"}`);
    const done = run ? run.metrics.length : 0;
    const choose = () => {
      seed = number;
      app.memory.set(`seed ${id}`, seed);
      draw();
    };
    return el("button", { type: "button", class: `run-cell edge-${index % 6} run-${run?.state ?? "waiting"}`, "data-key": `run-${index}-${number}`,
      "aria-pressed": String(seed === number), on: { click: choose },
      "aria-label": `${name}, ${language.t("seed.n", { n: number })}: ${where}, ${language.t("train.epochs", { done, epochs: run?.epochs ?? 0 })}, ${accuracy}` },
    el("span", { class: "run-accuracy" }, accuracy),
    el("span", { class: "run-state" }, run?.state === "training" ? `${done}/${run.epochs}` : where));
  }

  /** Says aloud that a run ended or the state changed, and nothing else: an epoch a second would be chatter. */
  function tell(job, runs) {
    const ended = runs.filter((run) => run.state === "finished" || run.state === "diverged").length;
    const now = `${job.state} ${ended}`;
    if (told !== "" && told !== now) app.say(`${jobStateText(app, job)}. ${language.t("train.told", { ended, runs: runs.length })}`);
    told = now;
  }

  load();
  return {
    update(kind, data) {
      if (kind === "state" && !app.jobs.detail(id)) load();
      if (kind === "job" && data.id === id) pace.heard(data);
      if ((kind === "epoch" || kind === "run") && data.job === id && data.seed === seed) inside.renew(data.run);
      const mine = kind === "state" || data?.id === id || data?.job === id;
      if (mine && frame === 0) frame = requestAnimationFrame(draw);
      if (kind === "verdict" && data.job === id && document.visibilityState === "visible") app.say(language.t("train.ready"));
    },
    close() {
      closed = true;
      cancelAnimationFrame(frame);
      inside.close();
      clearTimeout(timer);
      chart?.destroy();
    },
  };
}

/** The seed that trains first, else the first. */
function firstBusy(runs, seeds) {
  return runs.find((run) => run.state === "training")?.seed ?? seeds[0] ?? null;
}

