// What to try next: three questions beside the one that was answered, each a link that fills the form.

import { el } from "./elements.js";
import { formOfOrder, parseValue, presetForm, PRESETS } from "./form_state.js";
import { mark, t } from "./words.js";

const ELSEWHERE = {
  lesson: { recipe: "fair", about: mark("The same question where both can learn: no weight decay, shuffled batches.") },
  fair: { recipe: "lesson", about: mark("The same question under the lesson's own settings, with its weight decay.") },
};

/** The section below a verdict that was asked for by `order`; nothing where the form cannot say what was asked. */
export function tryNext(app, order) {
  if (!order) return null;
  return el(
    "section.again",
    { "aria-labelledby": "next-title" },
    el("h2", { id: "next-title" }, t("What to try next")),
    el(
      "ul.next",
      nextForms(order).map(({ form, about }) => {
        const title = app.asked({ factor: form.factor, values: form.values.map((text) => parseValue(text)) });
        return el("li", el("a", { href: app.hash({ view: "ask", id: "", form }) }, title), el("p.note", t(about)));
      }),
    ),
  );
}

/** Three forms with a sentence each: the same question under the other recipe, and the next two ready ones. */
export function nextForms(order) {
  const asked = formOfOrder(order);
  const other = ELSEWHERE[order.recipe] ?? ELSEWHERE.fair;
  const place = PRESETS.findIndex((preset) => preset.factor === order.factor);
  const following = [...PRESETS.slice(place + 1), ...PRESETS.slice(0, place + 1)];
  const ready = following.filter((preset) => preset.factor !== order.factor).slice(0, 2);
  return [
    { form: { ...asked, recipe: other.recipe }, about: other.about },
    ...ready.map((preset) => ({ form: presetForm(preset, asked), about: preset.about })),
  ];
}
