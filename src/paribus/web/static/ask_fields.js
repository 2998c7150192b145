// Inputs for the factor's values: chips where its field has choices, texts where one writes them.

import { button, el, freshId } from "./elements.js";
import { presetOf, writeValue } from "./form_state.js";

/** The parts of the form, in the order of their fields. */
export const groupsOf = (app) => [...new Set(app.options.fields.map((field) => field.group))];

/** The fields of a group; epochs are asked for by themselves. */
export const fieldsOf = (app, group) =>
  app.options.fields.filter((field) => field.group === group && field.name !== "epochs");

/** The values that a field may have, or null where one writes a value. */
export function choicesOf(field) {
  if (!field) return null;
  if (field.kind === "switch") return [true, false];
  return field.kind === "choice" ? field.choices.map((choice) => choice.value) : null;
}

/** The factor, where it is none of the ready ones, and its values. `onValues(texts, redraw)`, `onFactor(name)`. */
export function valuesInput(app, form, { onValues, onFactor }) {
  const { language } = app;
  const field = app.field(form.factor);
  const offered = choicesOf(field);
  return el(
    "fieldset",
    { class: "values" },
    el("legend", {}, language.t("ask.values")),
    presetOf(form) === undefined && factorSelect(app, form.factor, onFactor),
    field && el("p", { class: "hint" }, language.of(field.meaning)),
    offered ? chips(app, form, offered, onValues) : texts(app, form, onValues),
  );
}

function factorSelect(app, factor, onFactor) {
  const { language } = app;
  const id = freshId("factor");
  const option = ({ name }) => el("option", { value: name, selected: name === factor }, language.field(name));
  const offered = (name) => fieldsOf(app, name).filter((field) => field.factor);
  const group = (name) => el("optgroup", { label: language.t(`group.${name}`) }, offered(name).map(option));
  const unknown = app.field(factor) === undefined && el("option", { value: factor, selected: true }, factor);
  const on = { change: (event) => onFactor(event.target.value) };
  const select = el("select", { id, "data-key": "factor", on }, unknown, groupsOf(app).map(group));
  return el("div", { class: "text-field wide" }, el("label", { for: id }, language.t("ask.field")), select);
}

function chips(app, form, offered, onValues) {
  const toggle = (text, on) => {
    const kept = form.values.filter((value) => value !== text);
    onValues(on ? [...kept, text] : kept, true);
  };
  const chip = (value) => {
    const [id, text] = [freshId("value"), writeValue(value)];
    const on = { change: (event) => toggle(text, event.target.checked) };
    const set = { checked: form.values.includes(text) };
    const input = el("input", { type: "checkbox", id, "data-key": `value-${text}`, set, on });
    return el("label", { class: "chip", for: id }, input, el("span", {}, app.language.value(form.factor, value)));
  };
  return el("div", { class: "chips" }, offered.map(chip));
}

/** At least two texts. Typing draws nothing anew; adding and leaving out do. */
function texts(app, form, onValues) {
  const { language } = app;
  const values = [...form.values, "", ""].slice(0, Math.max(2, form.values.length));
  const write = (index, text) => {
    values[index] = text;
    onValues([...values], false);
  };
  const drop = (index) => onValues(values.toSpliced(index, 1), true);
  const text = (value, index) => {
    const id = freshId("value");
    const on = { input: (event) => write(index, event.target.value) };
    const plain = { type: "text", autocomplete: "off", spellcheck: "false", "data-key": `value-${index}` };
    const label = language.t("ask.value.drop", { n: index + 1 });
    return el(
      "div",
      { class: "value-text" },
      el("label", { class: "sr-only", for: id }, language.t("ask.value.n", { n: index + 1 })),
      el("input", { id, ...plain, set: { value }, on }),
      values.length > 2 && button("×", () => drop(index), { key: `drop-${index}`, "aria-label": label }),
    );
  };
  const add = button(language.t("ask.value.add"), () => onValues([...values, ""], true), { key: "add-value" });
  return el("div", { class: "value-texts" }, values.map(text), add);
}
