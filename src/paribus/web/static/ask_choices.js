// The form's choices: ready questions, recipes, and how often everything is trained.

import { button, el, freshId } from "./elements.js";
import { parseValue, presetOf, presets } from "./form_state.js";
import { either, fieldLabel, inLanguage, shortName } from "./language.js";
import { mark, t } from "./words.js";

const THOROUGHNESS = { 3: mark("3: a first look"), 6: mark("6: as usual"), 12: mark("12: more certain") }; // seeds

/** The ready questions, and "something else"; `onPick` is told a preset, or null for the latter. */
export function presetChoices(app, form, onPick) {
  const chosen = presetOf(form)?.factor ?? "other";
  const names = (preset) => preset.values.map((text) => shortName(preset.factor, parseValue(text)));
  const ready = presets().map((preset) => ({
    key: preset.factor,
    title: fieldLabel(preset.factor),
    note: either(names(preset)),
    more: inLanguage(preset.about),
    pick: () => onPick(preset),
  }));
  const other = {
    key: "other",
    title: t("Something else"),
    note: t("any setting of the recipe"),
    pick: () => onPick(null),
  };
  return choices(t("The one thing that changes"), "preset", chosen, [...ready, other], "cards");
}

/** The built-in recipes; `onPick` is told a name. */
export function recipeChoices(app, form, onPick) {
  const items = app.options.recipes.map(({ name, meaning }) => ({
    key: name,
    title: name,
    note: inLanguage(meaning),
    pick: () => onPick(name),
  }));
  return choices(t("Everything else, the same for all: the recipe"), "recipe", form.recipe, items, "rows");
}

/** Seeds and epochs; `onChange` is told {seeds} or {epochs}, as texts. */
export function timesFields(app, form, onChange) {
  const usual = app.field("epochs")[form.recipe] ?? app.field("epochs").lesson;
  const ready = Object.entries(THOROUGHNESS).map(([n, told]) =>
    button(t(told), () => seeds(n, true), { key: `seeds-${n}` }),
  );
  const press = (text) =>
    ready.forEach((one, i) => one.setAttribute("aria-pressed", String(text.trim() === Object.keys(THOROUGHNESS)[i])));
  const typed = textField(t("Seeds for each value"), form.seeds, {
    key: "seeds",
    onInput: (text) => seeds(text, false),
  });
  const epochs = { key: "epochs", placeholder: String(usual), onInput: (text) => onChange({ epochs: text }) };
  const seeds = (text, fill) => {
    if (fill) typed.querySelector("input").value = text;
    press(text);
    onChange({ seeds: text });
  };
  press(form.seeds);
  return el(
    "fieldset.times",
    el("legend", t("How often, how long")),
    el(
      "p.hint",
      t("A run draws its random numbers from its seed. One run can be luck; more seeds make a surer answer."),
    ),
    el("div.quick", ready),
    el("div.pair", typed, textField(t("Epochs (passes over the data)"), form.epochs, epochs)),
  );
}

function choices(legend, name, chosen, items, look) {
  const list = items.map((item) => choice(name, item, item.key === chosen));
  return el("fieldset", { class: `choices ${look}` }, el("legend", legend), el("div.choice-list", list));
}

function choice(name, { key, title, note, more, pick }, checked) {
  const id = freshId(name);
  const input = { type: "radio", id, name, "data-key": `${name}-${key}`, set: { checked }, on: { change: pick } };
  const text = [el("strong", title), el("span.note", note), more && el("span.more", more)];
  return el("label.choice", { for: id }, el("input", input), el("span.choice-text", text));
}

function textField(label, value, { key, placeholder, onInput }) {
  const id = freshId("field");
  const on = { input: (event) => onInput(event.target.value) };
  const rest = { inputmode: "numeric", autocomplete: "off", placeholder, "data-key": key };
  return el(
    "div.text-field",
    el("label", { for: id }, label),
    el("input", { id, type: "text", ...rest, set: { value }, on }),
  );
}
