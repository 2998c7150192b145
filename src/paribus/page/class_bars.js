/** What each arm answers: its class in large, and the probability of every class as a bar. */

import { element, say } from "./dom.js";
import { largest } from "./network.js";
import { onceSettled } from "./timing.js";
import { t } from "./words.js";

const READ_AFTER = 700; // ms without a change: then a screen reader is told

/**
 * @param {HTMLElement} host
 * @param {{arms: {name: string, held?: boolean[]}[], classes: string[]}} data `held`: at which moments
 *   an arm's training was over
 * @param {ReturnType<import("./state.js").createState>} shared its `answers` are shown (see `lab_networks.js`)
 */
export function mount(host, data, shared) {
  const cards = data.arms.map((arm, i) => answerCard(arm.name, i, data));
  const spoken = element("p.sr-only", {  role: "status", "aria-live": "polite" });
  const speak = onceSettled(READ_AFTER, () => {
    spoken.textContent = cards.map((card) => card.sentence()).filter(Boolean).join(". ");
  });
  shared.subscribe("answers", ({ networks, digit }) => {
    const time = shared.get("time");
    networks.forEach((network, i) => cards[i].show(network, digit, data.arms[i].held?.[time] ?? false));
    speak();
  });
  host.replaceChildren(...cards.map((card) => card.node), spoken);
}

function answerCard(name, arm, { classes }) {
  const said = element("p.said");
  const verdict = element("p.said-note");
  const rows = classes.map((label) => {
    const percent = element("span.bar-percent");
    const bar = element("span.bar");
    const title = element("span.bar-label", {  title: label }, element("bdi", label));
    return { bar, percent, node: element("li", title, bar, percent), shown: "" };
  });
  let sentence = "";

  /** Only what changed is written: a frame has 16 ms. */
  function show(network, digit, held) {
    const best = network ? largest(network.logits) : -1;
    const sound = network && !network.probabilities.some(Number.isNaN); // nor are logits that are infinite an answer
    rows.forEach((row, i) => {
      const probability = sound ? network.probabilities[i] : 0;
      const shown = sound ? percentText(probability) : "–";
      if (row.shown !== shown) {
        row.shown = row.percent.textContent = shown;
        row.bar.style.backgroundSize = `${(100 * probability).toFixed(2)}% 100%`;
      }
      row.node.classList.toggle("best", i === best && sound);
    });
    const answer = sound ? classes[best] : network ? t("no number") : "…";
    say(said, answer);
    said.classList.toggle("long", answer.length > 2);
    const right = sound && digit.label !== null ? digit.label === best : null;
    say(verdict, right === null ? "\u00a0" : right ? `✓ ${t("right")}` : `✗ ${t("wrong")}`);
    verdict.classList.toggle("good", right === true);
    verdict.classList.toggle("bad", right === false);
    over.hidden = !held;
    sentence = sound ? t("{arm}: {answer}, {percent}", { arm: name, answer, percent: rows[best].shown }) : "";
  }
  const over = element("p.quiet", {  hidden: true }, t("Its training was over by then."));
  const heading = element("h3", { class: `arm-${arm}` }, element("bdi", name));
  const list = element("ul", { class: `bars arm-${arm}`, "aria-label": t("Probability of each class, {arm}", { arm: name }) });
  list.append(...rows.map((row) => row.node));
  const node = element("div.answer", heading, element("div.said-row", said, verdict), over, list);
  return { node, show, sentence: () => sentence };
}

function percentText(probability) {
  const value = 100 * probability;
  const shown = value > 99.9 && value < 100 ? "> 99.9" : value > 0 && value < 0.1 ? "< 0.1" : value.toFixed(1);
  return t("{value} %", { value: shown });
}
