// Inputs for the factor's values and for every field of the recipe.

import { button, el, freshId } from "./elements.js";
import { writeValue } from "./form_state.js";

const GROUPS = ["data", "network", "optimiser"];

/** The factor's values: chips where the field has choices, else a text for each. */
export function valuesInput({ app, form, withFactor, onValues, onFactor }) {
  const { language } = app;
  const field = app.field(form.factor);
  const offered = choicesOf(field);
  return el("fieldset", { class: "values" },
    el("legend", {}, language.t("ask.values")),
    withFactor && factorSelect(app, form.factor, onFactor),
    field && el("p", { class: "hint" }, language.of(field.meaning)),
    offered ? chips(app, form, offered, onValues) : texts(app, form, onValues));
}

function factorSelect(app, factor, onFactor) {
  const { language } = app;
  const id = freshId("factor");
  const known = app.field(factor) !== undefined;
  return el("div", { class: "text-field wide" }, el("label", { for: id }, language.t("ask.field")),
    el("select", { id, "data-key": "factor", on: { change: (event) => onFactor(event.target.value) } },
      !known && el("option", { value: factor, selected: true }, factor),
      GROUPS.map((group) => el("optgroup", { label: language.t(`group.${group}`) }, fieldsOf(app, group).map(({ name }) =>
        el("option", { value: name, selected: name === factor }, language.field(name)))))));
}

/** The fields of a group; epochs are asked for by themselves. */
const fieldsOf = (app, group) => app.options.fields.filter((field) => field.group === group && field.name !== "epochs");

/** The values that a field may have, or null where one writes a value. */
function choicesOf(field) {
  if (!field) return null;
  if (field.kind === "switch") return [true, false];
  return field.kind === "choice" ? field.choices.map((choice) => choice.value) : null;
}

function chips(app, form, offered, onValues) {
  const toggle = (text, on) => {
    const kept = form.values.filter((value) => value !== text);
    onValues(on ? [...kept, text] : kept, true);
  };
  return el("div", { class: "chips" }, offered.map((value) => {
    const id = freshId("value");
    const text = writeValue(value);
    return el("label", { class: "chip", for: id },
      el("input", { type: "checkbox", id, "data-key": `value-${text}`, set: { checked: form.values.includes(text) },
        on: { change: (event) => toggle(text, event.target.checked) } }),
      el("span", {}, app.language.value(form.factor, value)));
  }));
}

function texts(app, form, onValues) {
  const { language } = app;
  const values = form.values.length < 2 ? [...form.values, "", ""].slice(0, 2) : form.values;
  const changed = (index, text) => onValues(values.map((old, i) => (i === index ? text : old)), false);
  return el("div", { class: "value-texts" },
    values.map((value, index) => {
      const id = freshId("value");
      const label = language.t("ask.value.n", { n: index + 1 });
      return el("div", { class: "value-text" },
        el("label", { class: "sr-only", for: id }, label),
        el("input", { id, type: "text", autocomplete: "off", spellcheck: "false", "data-key": `value-${index}`, set: { value },
          on: { input: (event) => { values[index] = event.target.value; changed(index, event.target.value); } } }),
        values.length > 2 && button("×", () => onValues(values.filter((_, i) => i !== index), true),
          { key: `drop-${index}`, "aria-label": language.t("ask.value.drop", { n: index + 1 }) }));
    }),
    button(language.t("ask.value.add"), () => onValues([...values, ""], true), { key: "add-value" }));
}

/** All settings, folded: yours, and what the lesson and the fair recipe have. */
export function settingsTable({ app, form, open, onSetting }) {
  const { language } = app;
  const count = el("span", { class: "count" });
  const recount = () => {
    const changed = Object.keys(app.address.form.settings).filter((name) => name !== form.factor).length;
    count.hidden = changed === 0;
    count.textContent = language.n("ask.settings.changed", changed);
  };
  const set = (field, text) => { onSetting(field, text); recount(); };
  recount();
  return el("details", { class: "settings", open },
    el("summary", {}, language.t("ask.settings"), count),
    el("p", { class: "hint" }, language.t("ask.settings.hint")),
    GROUPS.map((group) => el("table", { class: "settings-table" },
      el("caption", {}, language.t(`group.${group}`)),
      el("thead", {}, el("tr", {}, ["setting", "yours", "lesson", "fair"].map((c) =>
        el("th", { scope: "col" }, language.t(`ask.column.${c}`))))),
      el("tbody", {}, fieldsOf(app, group).map((field) => settingRow(app, form, field, set))))));
}

function settingRow(app, form, field, onSetting) {
  const { language } = app;
  const id = freshId("setting");
  const isFactor = field.name === form.factor;
  const show = (value) => (value === undefined ? "\u2013" : language.short(field.name, value));
  const differs = writeValue(field.lesson) !== writeValue(field.fair);
  return el("tr", { class: isFactor ? "is-factor" : differs ? "differs" : null },
    el("th", { scope: "row" }, el("label", { for: id }, language.field(field.name)),
      el("span", { class: "meaning" }, language.of(field.meaning))),
    el("td", {}, isFactor ? el("span", { id, class: "hint" }, language.t("ask.settings.factor"))
      : settingInput(app, form, field, id, field[form.recipe] ?? field.lesson, onSetting)),
    ["lesson", "fair"].map((name) => el("td", { "data-label": language.t(`ask.column.${name}`) }, show(field[name]))));
}

function settingInput(app, form, field, id, usual, onSetting) {
  const value = form.settings[field.name] ?? "";
  const props = { id, "data-key": `set-${field.name}` };
  const offered = choicesOf(field);
  const listener = (event) => onSetting(field.name, event.target.value);
  if (!offered) {
    return el("input", { ...props, type: "text", autocomplete: "off", spellcheck: "false",
      placeholder: usual === undefined ? "" : writeValue(usual), set: { value }, on: { input: listener } });
  }
  const foreign = value !== "" && !offered.some((choice) => writeValue(choice) === value);
  return el("select", { ...props, on: { change: listener } },
    el("option", { value: "" }, app.language.t("ask.settings.usual", { value: app.language.short(field.name, usual) })),
    foreign && el("option", { value, selected: true }, value),
    offered.map((choice) => el("option", { value: writeValue(choice), selected: writeValue(choice) === value },
      app.language.short(field.name, choice))));
}
