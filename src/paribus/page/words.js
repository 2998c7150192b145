/** What the page says: scripts name English sentences, and the page holds what they are in other languages. */

import { fill } from "./dom.js";

const block = document.getElementById("words"); // of `words.py`
const sentences = block ? JSON.parse(block.textContent) : {};

/** The languages of the page. */
export const LANGUAGES = Object.keys(sentences);

/** The language that the page speaks now. */
export const lang = () => document.documentElement.lang;

/** A sentence in the page's language, with its `{places}` filled in. One literal, for `words.py` reads it here. */
export function t(sentence, values = {}) {
  return tIn(lang(), sentence, values);
}

/** The same in a named language. */
export function tIn(language, sentence, values = {}) {
  return fill(sentences[language]?.[sentence] ?? sentence, values);
}

/** The one or the other, by the number that is its `{n}`. */
export function plural(one, other, n, values = {}) {
  return t(n === 1 ? one : other, { n, ...values });
}

/** Says that a sentence of a table is shown by `t`. */
export const mark = (sentence) => sentence;
