// The form's choices: ready questions, recipes, and how often everything is trained.

import { button, el, freshId } from "./elements.js";
import { parseValue, presetOf, PRESETS } from "./form_state.js";

const THOROUGHNESS = [3, 6, 12]; // seeds

/** The ready questions, and "something else"; `onPick` is told a preset, or null for the latter. */
export function presetChoices(app, form, onPick) {
  const { language } = app;
  const chosen = presetOf(form)?.name ?? "other";
  const names = (preset) => preset.values.map((text) => language.short(preset.factor, parseValue(text)));
  const ready = PRESETS.map((preset) => ({
    key: preset.name,
    title: language.field(preset.factor),
    note: language.either(names(preset)),
    more: language.t(`preset.${preset.name}`),
    pick: () => onPick(preset),
  }));
  const other = {
    key: "other",
    title: language.t("ask.other"),
    note: language.t("ask.other.note"),
    pick: () => onPick(null),
  };
  return choices(language.t("ask.factor"), "preset", chosen, [...ready, other], "cards");
}

/** The built-in recipes; `onPick` is told a name. */
export function recipeChoices(app, form, onPick) {
  const items = app.options.recipes.map(({ name, meaning }) => ({
    key: name,
    title: name,
    note: app.language.of(meaning),
    pick: () => onPick(name),
  }));
  return choices(app.language.t("ask.recipe"), "recipe", form.recipe, items, "rows");
}

/** Seeds and epochs; `onChange` is told {seeds} or {epochs}, as texts. */
export function timesFields(app, form, onChange) {
  const { language } = app;
  const usual = app.field("epochs")[form.recipe] ?? app.field("epochs").lesson;
  const ready = THOROUGHNESS.map((n) =>
    button(language.t(`ask.seeds.${n}`), () => seeds(String(n), true), { key: `seeds-${n}` }),
  );
  const press = (text) =>
    ready.forEach((one, i) => one.setAttribute("aria-pressed", String(text.trim() === String(THOROUGHNESS[i]))));
  const typed = textField(language.t("ask.seeds"), form.seeds, { key: "seeds", onInput: (text) => seeds(text, false) });
  const epochs = { key: "epochs", placeholder: String(usual), onInput: (text) => onChange({ epochs: text }) };
  const seeds = (text, fill) => {
    if (fill) typed.querySelector("input").value = text;
    press(text);
    onChange({ seeds: text });
  };
  press(form.seeds);
  return el(
    "fieldset",
    { class: "times" },
    el("legend", {}, language.t("ask.times")),
    el("p", { class: "hint" }, language.t("ask.times.why")),
    el("div", { class: "quick" }, ready),
    el("div", { class: "pair" }, typed, textField(language.t("ask.epochs"), form.epochs, epochs)),
  );
}

function choices(legend, name, chosen, items, look) {
  const list = items.map((item) => choice(name, item, item.key === chosen));
  return el(
    "fieldset",
    { class: `choices ${look}` },
    el("legend", {}, legend),
    el("div", { class: "choice-list" }, list),
  );
}

function choice(name, { key, title, note, more, pick }, checked) {
  const id = freshId(name);
  const input = { type: "radio", id, name, "data-key": `${name}-${key}`, set: { checked }, on: { change: pick } };
  const text = [
    el("strong", {}, title),
    el("span", { class: "note" }, note),
    more && el("span", { class: "more" }, more),
  ];
  return el("label", { class: "choice", for: id }, el("input", input), el("span", { class: "choice-text" }, text));
}

function textField(label, value, { key, placeholder, onInput }) {
  const id = freshId("field");
  const on = { input: (event) => onInput(event.target.value) };
  const rest = { inputmode: "numeric", autocomplete: "off", placeholder, "data-key": key };
  return el(
    "div",
    { class: "text-field" },
    el("label", { for: id }, label),
    el("input", { id, type: "text", ...rest, set: { value }, on }),
  );
}
