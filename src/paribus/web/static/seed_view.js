// The inside of one seed while it trains: both networks answer one's own digit anew after every epoch, and show their
// layers and what pulls at their weights. The parts are the report's; only what feeds them is another.

import { keepAnswering } from "./lab_networks.js";
import { mount as mountAnswers } from "./class_bars.js";
import { mountDigit } from "./digit_input.js";
import { el, refill } from "./elements.js";
import { featuresHead, mount as mountFeatures } from "./features.js";
import { mount as mountForces } from "./forces.js";
import { createWatch } from "./live_runs.js";
import { createState } from "./state.js";
import { whenNear } from "./timing.js";
import { t } from "./words.js";

const EMPTY = { values: [], labels: [], places: [], disagree: [] };

/** The part of a job's view; returns {node, show, renew, close}. */
export function createInside(app) {
  const node = el("section.part", { "aria-labelledby": "inside-title" });
  const hint = el("p.prose");
  const body = el("div.network-lab");
  node.append(el("h2", { id: "inside-title" }, t("The networks as they are now")), hint, body);
  let shown = null; // what the view last asked for
  let key = "";
  let current = null; // of the seed that is shown
  let near = false;
  const giveUp = whenNear(node, () => {
    near = true;
    if (shown) begin();
  });

  /** Another seed: everything is built anew but the drawing, which is one's own. */
  function begin() {
    const ids = shown.runs.map((run) => run.run);
    const next = JSON.stringify([shown.seed, ids]);
    if (next === key) return;
    key = next;
    current?.close();
    current = seedView(app, body, shown.runs);
  }

  return {
    node,
    show(next) {
      const named = ({ name: arm }, i) => ({ ...next.runs.find((run) => run.arm === arm), name: next.names[i] });
      shown = { seed: next.seed, runs: next.arms.map(named).filter((run) => run.run) };
      hint.textContent = t("Seed {n}. Draw a digit: after every epoch both networks answer anew.", {
        n: next.seed ?? 0,
      });
      if (near) begin();
    },
    renew(run) {
      current?.renew(run);
    },
    close() {
      giveUp();
      current?.close();
    },
  };
}

/** One seed's view, of the arms' `runs`. */
function seedView(app, body, runs) {
  const shared = createState({ time: 0, theme: app.shared.get("theme"), digit: app.shared.get("digit") });
  const follow = app.shared.subscribe("theme", (theme) => shared.set("theme", theme));
  const keep = shared.subscribe("digit", (digit) => app.shared.set("digit", digit));
  const ages = runs.map(() => el("p.quiet", "\u00a0"));
  let ask = null;

  const watch = createWatch(app.server, runs, (list, changed) => {
    if (list.some((run) => run.foreign)) {
      refill(body, el("p.prose", t("This network is not built in: the page cannot run it.")));
      return;
    }
    if (ask === null && list.length > 0 && list.every((run) => run.network)) build(list);
    if (ask === null) return;
    list.forEach((run, i) => (ages[i].textContent = `${run.name}: ${ageText(run.moment)}`));
    ask();
    if (changed.story) drawForces(list);
  });
  const forces = el("div.lab-forces");
  refill(body, el("p.prose", t("The first answer comes after the first epoch.")));

  function build(arms) {
    const { plan, classes, images: some } = arms[0];
    const data = { classes, image: plan, draws: plan.channels === 1, images: some ?? EMPTY, arms };
    const [digit, answers, images, features] = ["digit", "answers", "images", "features"].map((name) =>
      el("div", { class: `lab-${name}` }),
    );
    refill(
      body,
      el("div.lab-first", digit, answers, images),
      el("div.ages", ages),
      el("h3", t("What pulls at the weights")),
      forces,
      featuresHead(),
      features,
    );
    mountAnswers(answers, data, shared);
    mountFeatures(features, data, shared);
    mountDigit(digit, images, data, shared);
    ask = keepAnswering(arms, shared);
    drawForces(arms);
  }

  function drawForces(arms) {
    if (arms.some((arm) => arm.story)) mountForces(forces, { moments: [{}], arms }, createState({ time: 0 }));
  }

  return {
    renew: watch.renew,
    close() {
      watch.close();
      follow();
      keep();
      shared.set("end", true);
    },
  };
}

function ageText(moment) {
  if (!moment) return "";
  if (moment.epoch !== null) return t("after epoch {n}", { n: moment.epoch });
  return t("after {n} steps", { n: moment.step ?? 0 });
}
