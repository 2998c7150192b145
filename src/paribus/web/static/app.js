// The lab page: one view at a time, by the address's hash. Everything that lasts lies with the server.

import { parseAddress, THEMES, writeAddress } from "./address.js";
import { drawConnection, drawHeader, steps } from "./page_frame.js";
import { mountAll } from "./library_view.js";
import { mountAsk } from "./ask.js";
import { el, own, refill } from "./elements.js";
import { learnPresets, writeValue } from "./form_state.js";
import { createJobs } from "./jobs.js";
import { either, fieldNamed, fieldLabel, inLanguage, learnFields, shortName } from "./language.js";
import { listen, server } from "./server.js";
import { createState } from "./state.js";
import { mountTrain } from "./train.js";
import { mountVerdict } from "./verdict.js";
import { mountWhy } from "./why.js";
import { LANGUAGES, lang, mark, t } from "./words.js";

const MOUNTS = { ask: mountAsk, all: mountAll, train: mountTrain, verdict: mountVerdict, why: mountWhy };
const EVENTS = ["state", "job", "order", "run", "epoch", "search", "verdict", "explained"];
const UNKNOWN = 401; // the server's answer to a cookie that is not its own
const ASK_AGAIN = 2000; // ms, where nobody answered
const SAY_AFTER = 150; // ms: what is said twice at once is said once

const root = document.documentElement;
const at = (id) => document.getElementById(id);
const TITLES = {
  ask: mark("A new comparison"),
  all: mark("All comparisons"),
  train: mark("Training"),
  verdict: mark("Verdict"),
  why: mark("Why"),
};
const remembered = (name) => {
  try {
    return localStorage.getItem(`paribus ${name}`);
  } catch {
    return null;
  }
};
const remember = (name, value) => {
  try {
    localStorage.setItem(`paribus ${name}`, value);
  } catch {
    /* a browser may keep nothing */
  }
};

const cache = new Map(); // comparison id -> the server's answer
const kept = new Set(); // ids of comparisons that the store is known to have
let view = null;
let shownKey = "";
let formTimer = 0;
let sayTimer = 0;

const app = {
  server,
  shared: createState(),
  memory: new Map(), // what a view wants to find again when it is built anew
  options: null,
  connection: "open",
  theme: "auto",
  address: parseAddress(location.hash, LANGUAGES),

  field: fieldNamed,
  known: (id) => cache.has(id) || kept.has(id),
  steps: (here, of) => steps(app, here, of),

  /** An address inside the page; language and theme stay. */
  hash: (to) => writeAddress({ ...to, lang: app.address.lang, theme: app.theme }),

  go(name, id = "", form = undefined) {
    location.hash = app.hash({ view: name, id, form });
  },

  /** The form is part of the address, without a step in the browser's history for each letter. */
  showForm(form) {
    app.address = { ...app.address, form };
    clearTimeout(formTimer);
    const here = location.hash;
    formTimer = setTimeout(() => {
      // Who has gone on meanwhile stays there, also where the page has not been told of it yet.
      if (location.hash === here) history.replaceState(null, "", app.hash(app.address));
    }, SAY_AFTER);
  },

  /** Sensible first values of a factor: two of its choices, or its default and something else. */
  firstValues(name) {
    const { kind, choices, default: usual } = fieldNamed(name) ?? { choices: [], default: "" };
    if (kind === "switch") return ["true", "false"];
    return choices.length > 1 ? choices.slice(0, 2).map(writeValue) : [writeValue(usual), ""];
  },

  /** What is asked, in a sentence. `names`: the arms', as they stand inside a sentence. */
  question(factor, names) {
    return t("Does the {field} matter: {names}?", { field: fieldLabel(factor), names: either(names) });
  },

  /** The same for a comparison, and for a job's order; where the factor is no field there is only the title. */
  askedBy: ({ comparison: { factor, arms }, title }) =>
    app.asked({ factor, values: arms.map((arm) => arm.value), title }),
  asked({ factor, values, title }) {
    if (!fieldNamed(factor)) return inLanguage(title);
    const names = values.map((value) => shortName(factor, value));
    return app.question(factor, names);
  },

  /** A fault in words, with the value received. */
  faultText(fault) {
    const rule = inLanguage(fault.rule);
    return fault.received === null || fault.received === undefined
      ? rule
      : `${rule} (${t("received: {received}", fault)})`;
  },
  faultsOf: ({ faults }) => el("ul", ...faults.map((fault) => el("li", app.faultText(fault)))),

  /** Says in `host` that there is nothing of the address's id. `title`: what is not there. */
  missing(host, title, faults) {
    const told = faults.map((fault) => el("p", app.faultText(fault)));
    refill(host, el("h1", title), el("p.lead", own(app.address.id)), told);
  },

  /** The same of a comparison that was asked for; where nobody answered, it is asked for `again`. */
  noComparison(host, wrong, again) {
    if (wrong.lost) setTimeout(again, ASK_AGAIN);
    else app.missing(host, t("There is no such comparison."), wrong.faults);
  },

  async comparison(id) {
    if (cache.has(id)) return { ok: true, value: cache.get(id) };
    const result = await server.get(`/api/comparisons/${encodeURIComponent(id)}`);
    if (result.ok) cache.set(id, result.value);
    return result;
  },

  async loadComparisons() {
    const result = await server.get("/api/comparisons");
    if (result.ok) for (const one of result.value.comparisons) kept.add(one.id);
    return result;
  },

  started({ job }) {
    app.jobs.take(job);
    app.go("train", job.id);
  },

  /** One command to a job; asked for twice it is done once. */
  async steer(job, action) {
    const result = await server.post(`/api/jobs/${encodeURIComponent(job.id)}/${action}`, {});
    if (result.ok) app.jobs.take(result.value.job);
    else if (result.lost) app.say(t("The connection to Paribus is lost."));
    else {
      app.say(result.faults.map(app.faultText).join(" "));
      await app.jobs.refresh(); // the state may have changed meanwhile
    }
  },
  async move(job, before) {
    const result = await server.post(`/api/jobs/${encodeURIComponent(job.id)}/move`, { before });
    if (result.ok) app.jobs.handle("state", result.value);
  },

  /** Says something aloud, for who cannot see it. */
  say(text) {
    clearTimeout(sayTimer);
    sayTimer = setTimeout(() => {
      at("spoken").textContent = text;
    }, SAY_AFTER);
  },

  /** Another language or theme: kept in the address and for the next visit. */
  prefer({ lang, theme }) {
    if (lang) {
      app.address.lang = lang;
      remember("lang", lang);
    }
    if (theme) {
      app.theme = theme;
      remember("theme", theme);
    }
    history.replaceState(null, "", app.hash(app.address));
    show();
  },
};

app.jobs = createJobs(server, (kind, data) => {
  if (kind === "verdict" || kind === "explained") {
    kept.add(data.comparison);
    cache.delete(data.comparison);
  } else if (kind === "state") {
    cache.clear(); // such events may have been missed
  }
  view?.update(kind, data);
  if (["state", "job"].includes(kind)) drawHeader(at("head"), app);
});

/** Brings the page to what the address says; a view is built anew only where it is another one. */
function show() {
  clearTimeout(formTimer);
  const theme = app.theme;
  root.dataset.theme = theme;
  app.shared.set("theme", theme === "auto" ? undefined : theme);
  const { view: name, id } = app.address;
  root.lang = app.address.lang ?? lang();
  const key = JSON.stringify([name, id, lang()]);
  if (key !== shownKey) build(name, key);
  drawHeader(at("head"), app);
  drawConnection(at("connection"), app);
  at("skip").textContent = t("Skip to the content");
}

function build(name, key) {
  const sameView = shownKey !== "" && JSON.parse(shownKey).slice(0, 2).join() === JSON.parse(key).slice(0, 2).join();
  const scroll = window.scrollY;
  const first = shownKey === "";
  shownKey = key;
  view?.close();
  const main = at("main");
  const host = el("div", { class: `view view-${name}` });
  refill(main, host);
  view = MOUNTS[name](host, app);
  document.title = `${t(TITLES[name])} \u00b7 Paribus`;
  window.scrollTo(0, sameView ? scroll : 0);
  if (!first && !sameView) main.focus({ preventScroll: true }); // who listens or tabs begins with the new view
}

/** A link that was made before another language or theme was chosen leads on with those of today. */
function keepPreferences(event) {
  const link = event.target.closest?.('a[href^="#/"]');
  if (link) link.setAttribute("href", app.hash(parseAddress(link.hash, LANGUAGES)));
}

function navigate() {
  const next = parseAddress(location.hash, LANGUAGES);
  const otherForm = next.view === "ask" && app.address.view === "ask" && location.hash !== app.hash(app.address);
  app.address = { ...next, lang: next.lang ?? app.address.lang };
  if (next.theme) app.theme = next.theme;
  if (otherForm) shownKey = "";
  show();
}

async function begin() {
  app.address.lang ??= LANGUAGES.includes(remembered("lang")) ? remembered("lang") : root.lang;
  root.lang = app.address.lang;
  app.theme = app.address.theme ?? (THEMES.includes(remembered("theme")) ? remembered("theme") : "auto");
  root.dataset.theme = app.theme;
  at("skip").addEventListener("click", (event) => {
    event.preventDefault(); // the hash is the page's address
    at("main").focus();
  });
  const options = await server.get("/api/options");
  if (!options.ok) {
    refill(
      at("main"),
      el("h1", t("The connection to Paribus is lost.")),
      el("p.lead", t("Is “paribus serve” still running? This page tries again by itself.")),
    );
    setTimeout(begin, 2000);
    return;
  }
  app.options = options.value;
  learnFields(app.options.fields);
  learnPresets(app.options.ready);
  await Promise.all([app.jobs.refresh(), app.loadComparisons()]);
  window.addEventListener("hashchange", navigate);
  document.addEventListener("click", keepPreferences, true);
  navigate(); // the address may have changed meanwhile
  listen("/api/events", EVENTS, app.jobs.handle, connected);
}

/** How the connection stands: open, lost, or locked, where another server has taken the place of ours. */
async function connected(state) {
  if (state === "lost" && app.connection !== "open") {
    const { status } = await server.get("/api/jobs");
    if (status === UNKNOWN) app.connection = "locked";
  } else if (state !== app.connection) {
    app.connection = state;
    if (state === "open") app.say(t("The connection is back."));
  }
  drawConnection(at("connection"), app);
}

begin();
