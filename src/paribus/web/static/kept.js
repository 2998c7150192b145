// The comparisons that the store keeps: found by a text, and tagged with words.

import { button, el, freshId, own, refill } from "./elements.js";
import { inLanguage, when } from "./language.js";
import { plural, t } from "./words.js";

const SEARCH = "kept search"; // in the app's memory: who comes back finds the list as it was
const FEW = 5; // comparisons that are seen at a glance, and need no search

/** The list, in `node`; `load()` asks the server for it. */
export function createKept(app) {
  const count = el("p.hint", { role: "status" });
  const list = el("div");
  const search = searchField(app.memory.get(SEARCH) ?? "", (text) => {
    app.memory.set(SEARCH, text);
    draw();
  });
  const faults = el("div");
  const node = el(
    "section.part",
    { "aria-labelledby": "kept-title" },
    el("h2", { id: "kept-title" }, t("Answered")),
    faults,
    search.node,
    count,
    list,
  );
  let all = [];
  let closed = false;
  let adding = ""; // id of the comparison whose tag is being typed

  const draw = () => {
    const text = search.text();
    const found = all.filter((one) => fits(one, text));
    search.node.hidden = all.length <= FEW && text === "";
    count.textContent = text === "" ? "" : t("{n} of {all}", { n: found.length, all: all.length });
    refill(list, found.length > 0 ? el("ul.kept-list", found.map(item)) : el("p.prose", nothing(text)));
  };
  const item = (one) => keptItem(app, one, { ...tagging, adding: adding === one.id });
  const change = async (one, how) => {
    const answer = await app.server.post(`/api/comparisons/${encodeURIComponent(one.id)}/tags`, how);
    if (closed) return "";
    if (!answer.ok) return answer.lost ? t("The connection to Paribus is lost.") : answer.faults.map(app.faultText)[0];
    all = all.map((other) => (other.id === one.id ? { ...other, tags: answer.value.tags } : other));
    adding = "";
    draw();
    return "";
  };
  const tagging = {
    ask(one) {
      adding = one.id;
      draw();
      list.querySelector(`[data-key="${CSS.escape(`typed-${one.id}`)}"]`)?.focus();
    },
    add: (one, tag) => change(one, { add: [tag] }),
    remove: (one, tag) => change(one, { remove: [tag] }),
    show: (tag) => search.fill(tag),
    end() {
      adding = "";
      draw();
    },
  };

  return {
    node,
    async load() {
      const result = await app.loadComparisons();
      if (closed) return;
      all = result.ok ? result.value.comparisons : [];
      const wrong = result.ok ? result.value.faults : result.faults;
      refill(
        faults,
        wrong.map((fault) => el("p.faults", app.faultText(fault))),
      );
      if (!adding) draw(); // what is being typed stays
    },
    close() {
      closed = true;
    },
  };
}

const nothing = (text) =>
  text === "" ? t("No comparison has been finished here yet.") : t("No comparison has all of these words.");

/** A field that narrows the list: `text()` of it, `fill(text)`. */
function searchField(text, onChange) {
  const id = freshId("search");
  const input = el("input", { id, type: "search", "data-key": "search", autocomplete: "off", set: { value: text } });
  input.addEventListener("input", () => onChange(input.value.trim()));
  return {
    node: el("div.text-field.search", el("label", { for: id }, t("Show only what has all of these words")), input),
    text: () => input.value.trim(),
    fill(words) {
      input.value = words;
      onChange(words);
      input.focus();
    },
  };
}

/** Whether every word is in what a reader sees of a comparison, its id among it. */
export function fits(one, text) {
  const seen = [one.id, one.recipe_name, inLanguage(one.title), inLanguage(one.headline), ...one.tags];
  const within = seen.join(" ").toLocaleLowerCase();
  return text.toLocaleLowerCase().split(/\s+/).every((word) => within.includes(word));
}

function keptItem(app, one, tagging) {
  return el(
    "li.kept-item",
    el(
      "a",
      { href: app.hash({ view: "verdict", id: one.id }), "data-key": `kept-${one.id}` },
      el("span.kept-title", own(inLanguage(one.title))),
      el("strong.kept-headline", own(inLanguage(one.headline))),
    ),
    el(
      "p.what",
      own(one.recipe_name),
      " · ",
      plural("{n} seed", "{n} seeds", one.seeds),
      " · ",
      when(one.created),
      one.explained && ` · ${t("explained")}`,
      one.confounded && ` · ${t("confounded")}`,
    ),
    el(
      "div.tags",
      one.tags.map((tag) => tagMark(one, tag, tagging)),
      tagging.adding
        ? tagForm(one, tagging)
        : button(`+ ${t("Add a tag")}`, () => tagging.ask(one), { kind: "quiet", key: `tag-${one.id}` }),
    ),
  );
}

function tagMark(one, tag, tagging) {
  return el(
    "span.tag",
    button(own(tag), () => tagging.show(tag), { kind: "in-tag", title: t("Show only what has this tag") }),
    button("\u00d7", () => tagging.remove(one, tag), {
      kind: "in-tag",
      "aria-label": t("Remove the tag {tag}", { tag }),
    }),
  );
}

function tagForm(one, tagging) {
  const id = freshId("tag");
  const fault = el("span.faults", { role: "alert" });
  const input = el("input", { id, type: "text", maxlength: 40, "data-key": `typed-${one.id}`, autocomplete: "off" });
  const submit = async (event) => {
    event.preventDefault();
    const tag = input.value.trim();
    if (tag === "") tagging.end();
    else fault.textContent = await tagging.add(one, tag);
  };
  const leave = (event) => {
    if (event.key === "Escape") tagging.end();
  };
  return el(
    "form.tag-form",
    { on: { submit, keydown: leave } },
    el("label.sr-only", { for: id }, t("A tag: one word")),
    input,
    el("button.button.plain", { type: "submit" }, t("Add")),
    fault,
  );
}
