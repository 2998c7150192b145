// The first view: what is to be changed, between which values, under which recipe, how often.

import { presetChoices, recipeChoices, timesFields } from "./ask_choices.js";
import { valuesInput } from "./ask_fields.js";
import { settingsTable } from "./ask_settings.js";
import { createSummary } from "./ask_summary.js";
import { el, refill } from "./elements.js";
import { completed, presetForm } from "./form_state.js";
import { t } from "./words.js";

const SECTIONS = ["presets", "values", "recipe", "times", "settings"];
const OTHER = { factor: "dropout", values: ["0", "0.5"] }; // where "something else" begins

/** Builds the view in `host`; returns {update, close}. `app`: see app.js. */
export function mountAsk(host, app) {
  let form = completed(app.address.form, app.options.defaults);
  const hosts = Object.fromEntries(SECTIONS.map((name) => [name, el("div")]));
  const summary = createSummary(app);

  /** Another form: `redraw` names the sections that look otherwise now; what one types in stays as it is. */
  const change = (changes, redraw = []) => {
    form = { ...form, ...changes };
    app.showForm(form);
    for (const name of redraw) refill(hosts[name], sections[name]());
    summary.check(form);
  };

  const sections = {
    presets: () => presetChoices(app, form, (preset) => change(preset ? presetForm(preset, form) : OTHER, SECTIONS)),
    values: () =>
      valuesInput(app, form, {
        onValues: (values, redraw) => change({ values }, redraw ? ["values", "presets"] : []),
        onFactor: (factor) => change({ factor, values: app.firstValues(factor) }, ["values", "presets", "settings"]),
      }),
    recipe: () => recipeChoices(app, form, (recipe) => change({ recipe }, ["recipe", "times", "settings"])),
    times: () => timesFields(app, form, change),
    settings: () =>
      settingsTable(app, form, {
        open: hosts.settings.querySelector("details")?.open ?? false,
        onSettings: (settings) => change({ settings }),
      }),
  };

  const title = [
    el("h1", t("What do you want to change?")),
    el(
      "p.lead",
      t(
        "Choose one thing. Paribus trains the network with each of its values, several times, with everything else " +
          "the same. Then it tells you whether the change matters, how much, and how sure that is.",
      ),
    ),
  ];
  const asked = el("div.ask-form", title, Object.values(hosts));
  host.append(el("div.ask", asked, summary.node));
  change({}, SECTIONS);
  return { update() {}, close: summary.close };
}
