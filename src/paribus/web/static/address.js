// The address's hash holds what the page shows: view, comparison or job, the form, language and theme.
//   #/ask?factor=activation&value=sigmoid&value=relu&recipe=fair&seeds=6&set.dropout=0.5&lang=ko&theme=dark
//   #/train/JOB   #/verdict/COMPARISON   #/why/COMPARISON   #/all

export const VIEWS = ["ask", "all", "train", "verdict", "why"];
export const THEMES = ["auto", "light", "dark"];
const WITH_ID = new Set(["train", "verdict", "why"]);
const LONGEST = 4096; // characters; what is longer was not made by this page

/**
 * A hash as {view, id, form, lang, theme}; whatever is no address of ours is the form. `lang`, `theme`: null where
 * the address names none of `languages`, of the themes. `form`: {factor, values: [text], recipe, seeds, epochs, settings: {field: text}}, all text.
 */
export function parseAddress(hash, languages) {
  const [path, query = ""] = hash.slice(0, LONGEST).replace(/^#\/?/, "").split("?", 2);
  const [name, ...rest] = path.split("/");
  let id = "";
  try {
    id = decodeURIComponent(rest.join("/"));
  } catch {
    id = "";
  }
  const known = VIEWS.includes(name) && (!WITH_ID.has(name) || id !== "");
  const params = new URLSearchParams(query);
  const settings = {};
  for (const [key, value] of params) if (key.startsWith("set.")) settings[key.slice(4)] = value;
  const lang = params.get("lang");
  const theme = params.get("theme");
  return {
    view: known ? name : "ask",
    id: known && WITH_ID.has(name) ? id : "",
    lang: languages.includes(lang) ? lang : null,
    theme: THEMES.includes(theme) ? theme : null,
    form: {
      factor: params.get("factor") ?? "",
      values: params.getAll("value"),
      recipe: params.get("recipe") ?? "",
      seeds: params.get("seeds") ?? "",
      epochs: params.get("epochs") ?? "",
      settings,
    },
  };
}

/** The hash of such an address; the form is written for the view that has one. */
export function writeAddress({ view, id = "", form, lang, theme }) {
  const params = new URLSearchParams();
  if (view === "ask" && form) {
    if (form.factor) params.set("factor", form.factor);
    for (const value of form.values) params.append("value", value);
    for (const name of ["recipe", "seeds", "epochs"]) if (form[name]) params.set(name, form[name]);
    for (const [field, value] of Object.entries(form.settings)) params.set(`set.${field}`, value);
  }
  if (lang) params.set("lang", lang);
  if (theme && theme !== "auto") params.set("theme", theme);
  const query = params.toString();
  const path = WITH_ID.has(view) ? `${view}/${encodeURIComponent(id)}` : view;
  return `#/${path}${query ? `?${query}` : ""}`;
}
