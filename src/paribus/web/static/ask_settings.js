// Every field of the recipe, folded away: yours, and what the lesson and the fair recipe have.

import { choicesOf, fieldsOf, GROUPS, groupsOf } from "./ask_fields.js";
import { el, freshId } from "./elements.js";
import { writeValue } from "./form_state.js";
import { fieldLabel, inLanguage, shortName } from "./language.js";
import { mark, t } from "./words.js";

const COLUMNS = { setting: mark("Setting"), yours: mark("Yours"), lesson: mark("lesson"), fair: mark("fair") };

/** `onSettings` is told all settings, {field: text}; what is left empty is as the recipe has it. */
export function settingsTable(app, form, { open, onSettings }) {
  const settings = { ...form.settings };
  const count = el("span.count");
  const recount = () => {
    const changed = Object.keys(settings).filter((name) => name !== form.factor).length;
    count.hidden = changed === 0;
    count.textContent = t("{n} changed", { n: changed });
  };
  const set = (field, text) => {
    if (text.trim() === "") delete settings[field];
    else settings[field] = text;
    recount();
    onSettings({ ...settings });
  };
  const heads = () => Object.values(COLUMNS).map((name) => el("th", { scope: "col" }, t(name)));
  const table = (group) =>
    el(
      "table.settings-table",
      el("caption", t(GROUPS[group])),
      el("thead", el("tr", heads())),
      el(
        "tbody",
        fieldsOf(app, group).map((field) => row(app, form, field, set)),
      ),
    );
  recount();
  return el(
    "details.settings",
    { open },
    el("summary", t("All settings of the recipe"), count),
    el(
      "p.hint",
      t(
        "What you leave empty is as the recipe has it. Marked are those in which the lesson and the fair recipe differ.",
      ),
    ),
    groupsOf(app).map(table),
  );
}

function row(app, form, field, set) {
  const id = freshId("setting");
  const isFactor = field.name === form.factor;
  const differs = writeValue(field.lesson) !== writeValue(field.fair);
  const label = el("label", { for: id }, fieldLabel(field.name));
  const factor = () => el("span", { id, class: "hint" }, t("this is what changes"));
  const known = (recipe) => el("td", { "data-label": t(COLUMNS[recipe]) }, shortName(field.name, field[recipe]));
  return el(
    "tr",
    { class: isFactor ? "is-factor" : differs ? "differs" : null },
    el("th", { scope: "row" }, label, el("span.meaning", inLanguage(field.meaning))),
    el("td", isFactor ? factor() : input(app, form, field, id, set)),
    ["lesson", "fair"].map(known),
  );
}

function input(app, form, field, id, set) {
  const value = form.settings[field.name] ?? "";
  const usual = field[form.recipe] ?? field.lesson;
  const props = { id, "data-key": `set-${field.name}` };
  const listener = (event) => set(field.name, event.target.value);
  const offered = choicesOf(field);
  if (!offered) {
    const plain = { type: "text", autocomplete: "off", spellcheck: "false", placeholder: writeValue(usual) };
    return el("input", { ...props, ...plain, set: { value }, on: { input: listener } });
  }
  const option = (choice) => {
    const text = writeValue(choice);
    return el("option", { value: text, selected: text === value }, shortName(field.name, choice));
  };
  const foreign = value !== "" && !offered.some((choice) => writeValue(choice) === value);
  return el(
    "select",
    { ...props, on: { change: listener } },
    el("option", { value: "" }, t("as the recipe: {value}", { value: shortName(field.name, usual) })),
    foreign && el("option", { value, selected: true }, value),
    offered.map(option),
  );
}
