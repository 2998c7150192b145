// Inputs for the factor's values: chips where its field has choices, texts where one writes them.

import { button, el, freshId } from "./elements.js";
import { presetOf, writeValue } from "./form_state.js";
import { fieldLabel, inLanguage, valueName } from "./language.js";
import { mark, t } from "./words.js";

/** What the parts of the form are called. */
export const GROUPS = { data: mark("The data"), network: mark("The network"), optimiser: mark("The optimiser") };

/** They themselves, in the order of their fields. */
export const groupsOf = (app) => [...new Set(app.options.fields.map((field) => field.group))];

/** The fields of a group; epochs are asked for by themselves. */
export const fieldsOf = (app, group) =>
  app.options.fields.filter((field) => field.group === group && field.name !== "epochs");

/** The values that a field may have, or null where one writes a value. */
export function choicesOf(field) {
  if (!field) return null;
  if (field.kind === "switch") return [true, false];
  return field.kind === "choice" ? field.choices : null;
}

/** The factor, where it is none of the ready ones, and its values. `onValues(texts, redraw)`, `onFactor(name)`. */
export function valuesInput(app, form, { onValues, onFactor }) {
  const field = app.field(form.factor);
  const offered = choicesOf(field);
  return el(
    "fieldset.values",
    el("legend", t("Its values")),
    presetOf(form) === undefined && factorSelect(app, form.factor, onFactor),
    field && el("p.hint", inLanguage(field.meaning)),
    offered ? chips(app, form, offered, onValues) : texts(app, form, onValues),
  );
}

function factorSelect(app, factor, onFactor) {
  const id = freshId("factor");
  const option = ({ name }) => el("option", { value: name, selected: name === factor }, fieldLabel(name));
  const offered = (name) => fieldsOf(app, name).filter((field) => field.factor);
  const group = (name) => el("optgroup", { label: t(GROUPS[name]) }, offered(name).map(option));
  const unknown = app.field(factor) === undefined && el("option", { value: factor, selected: true }, factor);
  const on = { change: (event) => onFactor(event.target.value) };
  const select = el("select", { id, "data-key": "factor", on }, unknown, groupsOf(app).map(group));
  return el("div.text-field.wide", el("label", { for: id }, t("Setting")), select);
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
    return el("label.chip", { for: id }, input, el("span", valueName(form.factor, value)));
  };
  return el("div.chips", offered.map(chip));
}

/** At least two texts. Typing draws nothing anew; adding and leaving out do. */
function texts(app, form, onValues) {
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
    const label = t("Leave out value {n}", { n: index + 1 });
    return el(
      "div.value-text",
      el("label.sr-only", { for: id }, t("Value {n}", { n: index + 1 })),
      el("input", { id, ...plain, set: { value }, on }),
      values.length > 2 && button("×", () => drop(index), { key: `drop-${index}`, "aria-label": label }),
    );
  };
  const add = button(t("One more value"), () => onValues([...values, ""], true), { key: "add-value" });
  return el("div.value-texts", values.map(text), add);
}
