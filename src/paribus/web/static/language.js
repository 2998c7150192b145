// What the page calls fields and their values, and how it writes numbers; its sentences are those of words.js.

import { lang, t } from "./words.js";

const fields = new Map();

/** Takes in the fields of a recipe, as the server's options have them. */
export function learnFields(list) {
  for (const one of list) fields.set(one.name, one);
}

/** A field of a recipe by its name. */
export const fieldNamed = (name) => fields.get(name);

/** One of {en, ko, ...}. */
export const inLanguage = (texts) => texts?.[lang()] ?? texts?.en ?? "";

/** What people call a recipe field. */
export const fieldLabel = (name) => inLanguage(fieldNamed(name)?.label) || name;

/** What people call a field's value, inside a sentence. */
export function valueName(name, value) {
  const known = fieldNamed(name)?.names[value];
  if (known) return inLanguage(known);
  if (typeof value === "boolean") return value ? t("yes") : t("no");
  return typeof value === "string" ? value : `${fieldLabel(name)} ${plain(value)}`;
}

/** The same where the field's own name stands beside it: 0.1 is no "weight decay 0.1" there. */
export function shortName(name, value) {
  const named = typeof value === "string" || typeof value === "boolean" || fieldNamed(name)?.names[value];
  return named ? valueName(name, value) : plain(value);
}

/** Names to choose from: "a, b or c". */
export function either(names) {
  if (names.length < 2) return names.join("");
  return t("{most} or {last}", { most: names.slice(0, -1).join(", "), last: names.at(-1) });
}

/** A setting as one writes it: 0.1, [6, 16], true. */
export function plain(value) {
  if (Array.isArray(value)) return `[${value.map(plain).join(", ")}]`;
  if (typeof value === "number" && value !== 0 && Math.abs(value) < 1e-3) return value.toExponential();
  return String(value);
}

/** What follows a number in per cent, on the number's own line. */
export const percentSign = () => t(" %").replace(" ", "\u00a0");

/** A fraction as a percentage; what is short of 100 % is not rounded up to it. */
export function percent(value, places = 1) {
  if (typeof value !== "number" || !Number.isFinite(value)) return "\u2013";
  let digits = places;
  while (value > 0 && value < 1 && [0, 100].includes(Number((100 * value).toFixed(digits))) && digits < 6) digits += 1;
  return (100 * value).toFixed(digits).replace("-", "\u2212") + percentSign();
}

/** A span of time, to the precision that one plans by. */
export function duration(seconds) {
  if (typeof seconds !== "number" || !Number.isFinite(seconds)) return "\u2013";
  if (seconds < 99.5) return t("{n} s", { n: Math.round(Math.max(0, seconds)) });
  const minutes = Math.round(seconds / 60);
  if (minutes < 100) return t("{n} min", { n: minutes });
  const rest = String(minutes % 60).padStart(2, "0");
  return t("{hours} h {minutes} min", { hours: Math.floor(minutes / 60), minutes: rest });
}

/** A size on disk, in powers of 1000. */
export function bytes(count) {
  let size = count;
  for (const unit of ["B", "kB", "MB", "GB"]) {
    if (size < 999.5) return `${unit !== "B" && size < 9.95 ? size.toFixed(1) : size.toFixed(0)} ${unit}`;
    size /= 1000;
  }
  return `${size.toFixed(1)} TB`;
}

/** A point in time, as the reader's own clock has it. */
export function when(iso) {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return String(iso);
  return date.toLocaleString(t("en-GB"), { dateStyle: "medium", timeStyle: "short" });
}
