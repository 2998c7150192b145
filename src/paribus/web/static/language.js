// What the page says. Python hands it every sentence in each language; nothing is written here.

import { fill } from "./dom.js";

/**
 * `dictionary`: {en: {key: text | {one, other}}, ko: {...}}. A missing key is a fault of ours and shows as the key.
 */
export function createLanguage(dictionary, lang) {
  const language = {
    lang: dictionary[lang] ? lang : "en",
    languages: Object.keys(dictionary),

    /** What a language calls itself. */
    nameOf: (lang) => dictionary[lang]["language.name"],

    /** What follows a number in per cent, on the number's own line. */
    percentSign: () => language.t("number.percent").replace(" ", "\u00a0"),
    /** The text of a key with its {placeholders} filled in. */
    t(key, values = {}) {
      const found = dictionary[language.lang][key];
      if (found === undefined) return key;
      return fill(typeof found === "string" ? found : values.n === 1 ? found.one : found.other, values);
    },

    /** The text for `n` things. */
    n: (key, n, values = {}) => language.t(key, { n, ...values }),

    /** All texts whose keys begin so, by what follows: for parts that bring their own names. */
    group(start) {
      const entries = Object.entries(dictionary[language.lang]).filter(([key]) => key.startsWith(start));
      return Object.fromEntries(entries.map(([key, text]) => [key.slice(start.length), text]));
    },

    /** Whether there is such a text. */
    has: (key) => dictionary[language.lang][key] !== undefined,

    /** What people call a recipe field. */
    field: (name) => (language.has(`field.${name}`) ? language.t(`field.${name}`) : name),

    /** What people call a field's value, inside a sentence. */
    value(field, value) {
      const key = `value.${field}.${value}`;
      if (language.has(key)) return language.t(key);
      if (typeof value === "boolean") return language.t(value ? "yes" : "no");
      return typeof value === "string" ? value : `${language.field(field)} ${plain(value)}`;
    },

    /** The same where the field's own name stands beside it: 0.1 is no "weight decay 0.1" there. */
    short(field, value) {
      const named = typeof value === "string" || typeof value === "boolean" || language.has(`value.${field}.${value}`);
      return named ? language.value(field, value) : plain(value);
    },

    /** One of {en, ko, ...}. */
    of: (texts) => (texts === null || texts === undefined ? "" : (texts[language.lang] ?? texts.en ?? "")),

    /** Names to choose from: "a, b or c". */
    either(names) {
      if (names.length < 2) return names.join("");
      return language.t("list.or", { most: names.slice(0, -1).join(", "), last: names.at(-1) });
    },
  };
  return language;
}

/** A setting as one writes it: 0.1, [6, 16], true. */
export function plain(value) {
  if (Array.isArray(value)) return `[${value.map(plain).join(", ")}]`;
  if (typeof value === "number" && value !== 0 && Math.abs(value) < 1e-3) return value.toExponential();
  return String(value);
}

/** Numbers as people read them, in one language. Accuracies are fractions. */
export function createNumbers(language) {
  const minus = (text) => text.replace("-", "\u2212");
  return {
    /** A fraction as a percentage; what is short of 100 % is not rounded up to it. */
    percent(value, places = 1) {
      if (typeof value !== "number" || !Number.isFinite(value)) return "\u2013";
      let digits = places;
      while (value > 0 && value < 1 && [0, 100].includes(Number((100 * value).toFixed(digits))) && digits < 6)
        digits += 1;
      return minus((100 * value).toFixed(digits)) + language.percentSign();
    },

    /** A span of time, to the precision that one plans by. */
    duration(seconds) {
      if (typeof seconds !== "number" || !Number.isFinite(seconds)) return "\u2013";
      if (seconds < 99.5) return language.t("time.s", { n: Math.round(Math.max(0, seconds)) });
      const minutes = Math.round(seconds / 60);
      if (minutes < 100) return language.t("time.min", { n: minutes });
      const rest = String(minutes % 60).padStart(2, "0");
      return language.t("time.h", { hours: Math.floor(minutes / 60), minutes: rest });
    },

    /** A size on disk, in powers of 1000. */
    bytes(count) {
      let size = count;
      for (const unit of ["B", "kB", "MB", "GB"]) {
        if (size < 999.5) return `${unit !== "B" && size < 9.95 ? size.toFixed(1) : size.toFixed(0)} ${unit}`;
        size /= 1000;
      }
      return `${size.toFixed(1)} TB`;
    },

    /** A point in time, as the reader's own clock has it. */
    when(iso) {
      const date = new Date(iso);
      if (Number.isNaN(date.getTime())) return String(iso);
      return date.toLocaleString(language.t("date.locale"), {
        dateStyle: "medium",
        timeStyle: "short",
      });
    },
  };
}
