// The first view: what is to be changed, between which values, under which recipe, how often.

import { button, el, freshId, own, refill } from "./elements.js";
import { settingsTable, valuesInput } from "./ask_fields.js";
import { bodyOf, completed, presetForm, presetOf, PRESETS } from "./form_state.js";

const CHECK_AFTER = 250; // ms without a change
const THOROUGHNESS = [3, 6, 12];

/** Builds the view in `host`; returns {update, close}. `app`: see app.js. */
export function mountAsk(host, app) {
  const { language } = app;
  let form = completed(app.address.form, app.options.defaults);
  let timer = 0;
  let asked = 0;
  let checked = null; // the server's last answer to this form

  const parts = { presets: el("div"), values: el("div"), recipe: el("div"), times: el("div"), settings: el("div") };
  const summary = el("aside", { class: "summary", "aria-labelledby": "summary-title" });
  const answer = el("div", { class: "answer-box", role: "status" });
  const faults = el("div", { class: "faults", role: "alert" });
  const start = button(language.t("ask.start"), begin, { kind: "primary", key: "start" });

  host.append(
    el("div", { class: "ask" },
      el("div", { class: "ask-form" },
        el("h1", {}, language.t("ask.title")),
        el("p", { class: "lead" }, language.t("ask.lead")),
        parts.presets, parts.values, parts.recipe, parts.times, parts.settings),
      summary));
  summary.append(
    el("h2", { id: "summary-title" }, language.t("ask.summary")), answer, faults, start);

  const change = (next, { redraw = [] } = {}) => {
    form = next;
    app.showForm(form);
    for (const part of redraw) draw[part]();
    check();
  };

  const draw = {
    presets() {
      const chosen = presetOf(form)?.name ?? "other";
      const pick = (preset) => change(preset ? presetForm(preset, form) : { ...form, factor: "dropout", values: ["0", "0.5"] },
        { redraw: ["presets", "values", "recipe", "times", "settings"] });
      refill(parts.presets, choices(language.t("ask.factor"), "preset", [
        ...PRESETS.map((preset) => ({
          key: preset.name, checked: chosen === preset.name, pick: () => pick(preset),
          title: language.field(preset.factor),
          note: language.either(preset.values.map((v) => language.value(preset.factor, known(preset.factor, v)))),
          more: language.t(`preset.${preset.name}`),
        })),
        { key: "other", checked: chosen === "other", pick: () => pick(null), title: language.t("ask.other"),
          note: language.t("ask.other.note"), more: "" },
      ], "cards"));
    },
    values() {
      const isOther = presetOf(form) === undefined;
      refill(parts.values, valuesInput({ app, form, withFactor: isOther,
        onValues: (values, redraw) => change({ ...form, values }, { redraw: redraw ? ["values", "presets"] : [] }),
        onFactor: (factor) => change({ ...form, factor, values: app.firstValues(factor) },
          { redraw: ["values", "presets", "settings"] }) }));
    },
    recipe() {
      refill(parts.recipe, choices(language.t("ask.recipe"), "recipe", app.options.recipes.map((recipe) => ({
        key: recipe.name, checked: form.recipe === recipe.name, title: recipe.name, note: language.of(recipe.meaning),
        more: "", pick: () => change({ ...form, recipe: recipe.name }, { redraw: ["recipe", "times", "settings"] }),
      })), "rows"));
    },
    times() {
      const epochs = app.field("epochs")?.[form.recipe];
      refill(parts.times, el("fieldset", { class: "times" },
        el("legend", {}, language.t("ask.times")),
        el("p", { class: "hint" }, language.t("ask.times.why")),
        el("div", { class: "quick" }, THOROUGHNESS.map((n) => button(
          language.t(`ask.seeds.${n}`), () => change({ ...form, seeds: String(n) }, { redraw: ["times"] }), { key: `seeds-${n}` }))),
        el("div", { class: "pair" },
          textField(language.t("ask.seeds"), form.seeds, "", (seeds) => { change({ ...form, seeds }); pressQuick(); }, "seeds"),
          textField(language.t("ask.epochs"), form.epochs, String(epochs ?? ""), (text) => change({ ...form, epochs: text }),
            "epochs"))));
      pressQuick();
    },
    settings() {
      refill(parts.settings, settingsTable({ app, form, open: parts.settings.querySelector("details")?.open ?? false,
        onSetting: (field, text) => {
          const settings = { ...form.settings };
          if (text.trim() === "") delete settings[field];
          else settings[field] = text;
          change({ ...form, settings });
        } }));
    },
  };

  /** Which of the ready numbers of seeds the form has. */
  const pressQuick = () => THOROUGHNESS.forEach((n, i) =>
    parts.times.querySelectorAll(".quick button")[i].setAttribute("aria-pressed", String(form.seeds.trim() === String(n))));

  /** The text of a value as its field has it: "true" is a switch's true. */
  const known = (field, text) => (text === "true" ? true : text === "false" ? false : text);

  function check() {
    if (checked !== null) answer.classList.add("stale");
    else refill(answer, el("p", { class: "hint" }, language.t("ask.checking")));
    checked = null;
    start.disabled = true;
    clearTimeout(timer);
    timer = setTimeout(askServer, CHECK_AFTER);
  }

  async function askServer() {
    asked += 1;
    const mine = asked;
    const result = await app.server.post("/api/check", bodyOf(form, app.isList));
    if (mine !== asked) return; // another change came meanwhile
    checked = result.ok ? result.value : { ok: false, faults: result.faults };
    if (!result.ok && result.lost) timer = setTimeout(askServer, 3000);
    showAnswer();
  }

  function showAnswer() {
    start.disabled = !checked.ok;
    answer.classList.remove("stale");
    if (!checked.ok) {
      refill(answer);
      refill(faults, el("p", {}, language.t("ask.faults")),
        el("ul", {}, (checked.faults ?? []).map((fault) => el("li", {}, app.faultText(fault)))));
      return;
    }
    refill(faults);
    const { estimate } = checked;
    const arms = form.values.filter((v) => v.trim() !== "").length;
    refill(answer,
      el("p", { class: "summary-question" }, own(app.question(form.factor, arms === 0 ? [] : checkedArms()))),
      el("p", {}, language.n("ask.runs", estimate.runs, { arms, seeds: form.seeds })),
      el("dl", { class: "figures-list" },
        pairOf(language.t("ask.takes"), estimate.seconds === null ? language.t("ask.unknown") : app.numbers.duration(estimate.seconds)),
        pairOf(language.t("ask.disk"), app.numbers.bytes(estimate.bytes))),
      checked.command && el("details", {}, el("summary", {}, language.t("ask.command")),
        el("code", { class: "command", tabindex: 0 }, checked.command)));
  }

  const checkedArms = () => bodyOf(form, app.isList).values.map((value) => language.short(form.factor, value));

  async function begin() {
    if (start.disabled) return;
    start.disabled = true; // a second click is of the same wish
    const result = await app.server.post("/api/comparisons", bodyOf(form, app.isList));
    if (result.ok) app.started(result.value);
    else {
      checked = { ok: false, faults: result.faults };
      showAnswer();
      start.disabled = false;
    }
  }

  app.showForm(form);
  for (const part of Object.values(draw)) part();
  check();
  return { update() {}, close: () => clearTimeout(timer) };
}

function pairOf(term, text) {
  return el("div", {}, el("dt", {}, term), el("dd", {}, text));
}

function choices(legend, name, items, look) {
  return el("fieldset", { class: `choices ${look}` }, el("legend", {}, legend),
    el("div", { class: "choice-list" }, items.map((item) => {
      const id = freshId(name);
      return el("label", { class: "choice", for: id },
        el("input", { type: "radio", id, name, "data-key": `${name}-${item.key}`, set: { checked: item.checked },
          on: { change: item.pick } }),
        el("span", { class: "choice-text" }, el("strong", {}, item.title), el("span", { class: "note" }, item.note),
          item.more && el("span", { class: "more" }, item.more)));
    })));
}

function textField(label, value, placeholder, onInput, key) {
  const id = freshId("field");
  return el("div", { class: "text-field" }, el("label", { for: id }, label),
    el("input", { id, type: "text", inputmode: "numeric", autocomplete: "off", placeholder, "data-key": key,
      set: { value }, on: { input: (event) => onInput(event.target.value) } }));
}
