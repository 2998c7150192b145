// The form as texts, as they stand in the address, and as the values that the server takes.

import { fieldNamed } from "./language.js";

let ready = [];

/** Takes in the questions that are ready, as the server's options have them. */
export function learnPresets(list) {
  ready = list;
}

/** The questions that are ready: {factor, values, recipe, settings, about: words}; values and settings as texts. */
export const presets = () => ready;

/** The form that a preset fills in; seeds and epochs stay as they are. */
export function presetForm(preset, form) {
  const { factor, values, recipe, settings } = preset;
  return { ...form, factor, values: [...values], recipe, settings: { ...settings } };
}

/** The preset that a form is of: same factor and values, whatever else was changed. */
export function presetOf(form) {
  return ready.find((p) => p.factor === form.factor && p.values.join("\n") === form.values.join("\n"));
}

/** A form without gaps: what the address does not say is as a first visit has it. */
export function completed(form, defaults) {
  const start = form.factor === "" ? presetForm(ready[0], form) : form;
  return { ...start, recipe: start.recipe || defaults.recipe, seeds: start.seeds || String(defaults.seeds) };
}

/** One text as the value that it writes: 0.1, true, [6, 16]; anything else is a text. `list`: of a list's field. */
export function parseValue(text, list = false) {
  const trimmed = text.trim();
  if (list && !trimmed.startsWith("[")) {
    const parts = trimmed === "" ? [] : trimmed.split(/[\s,]+/);
    const numbers = parts.map(Number);
    return numbers.every(Number.isFinite) ? numbers : trimmed;
  }
  if (/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(trimmed)) {
    const number = Number(trimmed);
    return Number.isFinite(number) ? number : trimmed;
  }
  if (trimmed === "true" || trimmed === "false") return trimmed === "true";
  if (trimmed.startsWith("[")) {
    try {
      return JSON.parse(trimmed);
    } catch {
      return trimmed;
    }
  }
  return trimmed;
}

/** A value as the form writes it. */
export function writeValue(value) {
  return Array.isArray(value) ? value.join(", ") : String(value);
}

/** What the server takes. */
export function bodyOf(form) {
  const isList = (name) => fieldNamed(name)?.kind === "list";
  const settings = {};
  for (const [field, text] of Object.entries(form.settings)) {
    if (text.trim() !== "" && field !== form.factor) settings[field] = parseValue(text, isList(field));
  }
  const body = {
    factor: form.factor,
    values: form.values.filter((text) => text.trim() !== "").map((text) => parseValue(text, isList(form.factor))),
    recipe: form.recipe,
    settings,
    seeds: parseValue(form.seeds),
    epochs: null,
  };
  if (form.epochs.trim() !== "") body.epochs = parseValue(form.epochs);
  return body;
}

/** The form that an order was sent from. */
export function formOfOrder(order) {
  return {
    factor: order.factor,
    values: order.values.map(writeValue),
    recipe: order.recipe,
    seeds: String(order.seeds),
    epochs: String(order.epochs ?? ""),
    settings: Object.fromEntries(Object.entries(order.settings).map(([field, value]) => [field, writeValue(value)])),
  };
}
