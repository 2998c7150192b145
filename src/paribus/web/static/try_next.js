// What to try next: three questions beside the one that was answered, each a link that fills the form.

import { el } from "./elements.js";
import { formOfOrder, parseValue, presetForm, presets } from "./form_state.js";
import { inLanguage } from "./language.js";
import { t } from "./words.js";

/** The section below a verdict that was asked for by `order`; nothing where the form cannot say what was asked. */
export function tryNext(app, order) {
  if (!order) return null;
  return el(
    "section.again",
    { "aria-labelledby": "next-title" },
    el("h2", { id: "next-title" }, t("What to try next")),
    el(
      "ul.next",
      nextForms(app, order).map(({ form, about }) => {
        const title = app.asked({ factor: form.factor, values: form.values.map((text) => parseValue(text)) });
        return el("li", el("a", { href: app.hash({ view: "ask", id: "", form }) }, title), el("p.note", inLanguage(about)));
      }),
    ),
  );
}

/** Three forms with a sentence each: the same question under the other recipe, and the next two ready ones. */
export function nextForms(app, order) {
  const asked = formOfOrder(order);
  const { elsewhere } = app.options;
  const other = elsewhere[order.recipe] ?? elsewhere.fair;
  const ready = presets();
  const place = ready.findIndex((preset) => preset.factor === order.factor);
  const following = [...ready.slice(place + 1), ...ready.slice(0, place + 1)];
  const two = following.filter((preset) => preset.factor !== order.factor).slice(0, 2);
  return [
    { form: { ...asked, recipe: other.recipe }, about: other.about },
    ...two.map((preset) => ({ form: presetForm(preset, asked), about: preset.about })),
  ];
}
