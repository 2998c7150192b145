// What stands around every view: the name, the ways to go, language and theme, and whether the server is there.

import { button, el, renew, svg } from "./elements.js";
import { formOfOrder } from "./form_state.js";
import { hasEnded } from "./jobs.js";
import { THEMES } from "./address.js";
import { LANGUAGES, lang, mark, t, tIn } from "./words.js";

const STEPS = { ask: mark("Ask"), train: mark("Train"), verdict: mark("Verdict"), why: mark("Why") };
const THEME_NAMES = { auto: mark("As the system"), light: mark("Light"), dark: mark("Dark") };

/** Draws the header; call again after a change of language, view or queue. */
export function drawHeader(host, app) {
  const busy = app.jobs.all().filter((job) => !hasEnded(job)).length;
  renew(host, [lang(), app.theme, app.address.view, busy], () => header(app, busy));
}

function header(app, busy) {
  const link = (view, text, extra) =>
    el(
      "a",
      {
        href: app.hash({ view }),
        "data-key": `nav-${view}`,
        "aria-current": app.address.view === view ? "page" : null,
      },
      text,
      extra,
    );
  return [
    el("a.wordmark", { href: app.hash({ view: "ask" }), "data-key": "home" }, logo(), "Paribus"),
    el(
      "nav",
      { "aria-label": t("Pages") },
      link("ask", t("New comparison")),
      link("all", t("All comparisons"), busy > 0 && el("span.count", t("{n} under way or waiting", { n: busy }))),
    ),
    el(
      "div.prefs",
      el(
        "div.segments",
        { role: "group", "aria-label": t("Language") },
        LANGUAGES.map((name) =>
          button(tIn(name, "English"), () => app.prefer({ lang: name }), {
            key: `lang-${name}`,
            lang: name,
            "aria-pressed": String(lang() === name),
          }),
        ),
      ),
      button(themeMark(app.theme), () => app.prefer({ theme: next(app.theme) }), {
        key: "theme",
        "aria-label": `${t("Colours")}: ${t(THEME_NAMES[app.theme])}`,
        title: t(THEME_NAMES[app.theme]),
      }),
    ),
  ];
}

/** A circle: half filled for the system's colours, empty for light, full for dark. */
function themeMark(theme) {
  const fill = { auto: "M8 2a6 6 0 0 1 0 12z", light: "", dark: "M8 2a6 6 0 0 1 0 12a6 6 0 0 1 0-12z" }[theme];
  return svg(
    "svg",
    { viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": "true" },
    svg("circle", { cx: 8, cy: 8, r: 6, fill: "none", stroke: "currentColor", "stroke-width": 1.5 }),
    svg("path", { d: fill, fill: "currentColor" }),
  );
}

const next = (theme) => THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];

function logo() {
  return svg(
    "svg",
    { viewBox: "0 0 16 16", width: 22, height: 22, "aria-hidden": "true" },
    svg("path.arm-0", { d: "M2 5h12", stroke: "currentColor", "stroke-width": 3 }),
    svg("path.arm-1", { d: "M2 11h12", stroke: "currentColor", "stroke-width": 3 }),
  );
}

/** Says that the connection is gone, until it is back. */
export function drawConnection(host, app) {
  const { connection } = app;
  const more =
    connection === "locked"
      ? t("The server has a new key: open the address that it printed when it started.")
      : t("What trains goes on. This page tries again by itself.");
  const said = () => el("p.lost", el("strong", t("The connection to Paribus is lost.")), " ", more);
  renew(host, [lang(), connection], () => connection !== "open" && said());
}

/** The way from the question to why, with where we are. `of`: {comparison, order} or {job}. */
export function steps(app, here, { comparison, order, job = app.jobs.compareJob(comparison) }) {
  const id = comparison ?? job?.comparison;
  const asked = job?.order ?? order;
  const ready = app.known(id) || job?.state === "finished";
  const target = {
    ask: { view: "ask", form: asked && formOfOrder(asked) },
    train: job && { view: "train", id: job.id },
    verdict: ready && { view: "verdict", id },
    why: ready && { view: "why", id },
  };
  return el(
    "nav.steps",
    { "aria-label": t("The way of a comparison") },
    el(
      "ol",
      Object.entries(STEPS).map(([step, name]) => {
        const text = t(name);
        if (step === here) return el("li", el("span", { "aria-current": "step" }, text));
        if (!target[step]) return el("li", el("span.later", text));
        return el("li", el("a", { href: app.hash(target[step]), "data-key": `step-${step}` }, text));
      }),
    ),
  );
}
