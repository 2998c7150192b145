/** Every layer of every arm, drawn: filters, feature maps and dense units, as they answer to the digit. */

import { ACTIVATION_FUNCTIONS } from "./activations.js";
import { element, onTheme } from "./dom.js";
import { createLayerView } from "./layer_view.js";
import { onceSettled } from "./timing.js";
import { mark, t } from "./words.js";

const QUIET = 700; // ms without a change: then the rest follows
const MAPS = mark("Above, its {n} filters; below, what each makes of the image, {height} × {width}.");
const MEANS = mark(
  "Above, its {n} filters, each as the mean over its inputs; below, what each makes of them, {height} × {width}.",
);
const TITLES = { conv1: mark("First convolution"), conv2: mark("Second convolution") };

/** What stands above them. */
export function featuresHead() {
  const note = t(
    "What every layer answers to the image above. Colour is a positive number, grey a negative one, and bare ground " +
      "is zero. One scale holds for all moments of a training: what fades here has faded.",
  );
  return [element("h3", t("Inside the networks")), element("p.prose", note)];
}

/**
 * @param {HTMLElement} host
 * @param {{arms: {name: string, plan: import("./network.js").Plan, scales: Object<string, number>}[]}} data
 * @param {ReturnType<import("./state.js").createState>} shared its `answers` are drawn (see `lab_networks.js`)
 * @returns {{observe: (arm: number, network: import("./network.js").Network) => void}} `observe` widens an arm's scales
 *   so that these answers fit in as well
 */
export function mount(host, data, shared) {
  const arms = data.arms.map((arm, i) => ({ arm, views: layerViews(arm, i), scales: new Map() }));
  const names = [...new Set(arms.flatMap(({ views }) => [...views.keys()]))];

  function observe(i, network) {
    const bounds = ACTIVATION_FUNCTIONS[network.plan.activation].bounded;
    for (const layer of network.layers) {
      const before = arms[i].scales.get(layer.name) ?? 0;
      arms[i].scales.set(layer.name, bounds ? 1 : Math.max(before, extent(layer.values)));
    }
  }
  const settle = onceSettled(QUIET, () => {
    for (const { views } of arms) for (const view of views.values()) view.settle();
  });
  function show({ networks }) {
    networks.forEach((network, i) => {
      if (!network) return;
      for (const layer of network.layers) {
        if (!arms[i].scales.has(layer.name)) observe(i, network);
        arms[i].views.get(layer.name).show(layer, network.weights, arms[i].scales.get(layer.name));
      }
    });
    settle();
  }
  shared.subscribe("answers", show);
  onTheme(shared, () =>
    requestAnimationFrame(() => {
      for (const { views } of arms) for (const view of views.values()) view.recolour();
    }),
  );
  host.replaceChildren(
    ...names.map((name) => {
      const views = arms.map(({ views }) => views.get(name)).filter(Boolean);
      const heading = element("h4", views[0].title, element("span.quiet", ` ${views[0].size}`));
      return element("div.layer", heading, element("div.side-by-side", ...views.map((v) => v.node)));
    }),
  );
  return { observe };
}

/** A view of each layer but the last, by name. */
function layerViews(arm, place) {
  const { plan } = arm;
  const found = new Map();
  let [channels, height, width] = [plan.channels, plan.height, plan.width];
  plan.conv_channels.forEach((count, i) => {
    const name = `conv${i + 1}`;
    if (i > 0) [height, width] = [(height >> 1) - 4, (width >> 1) - 4]; // pooled, then a 5x5 convolution without padding
    const size = t(channels > 1 ? MEANS : MAPS, { n: count, height, width });
    const shape = { name, count, height, width, inputs: channels, scale: arm.scales[name] };
    found.set(name, createLayerView({ arm: arm.name, place, title: t(TITLES[name]), size, shape }));
    channels = count;
  });
  plan.dense_widths.forEach((count, i) => {
    const name = `fc${i + 1}`;
    const shape = { name, count, height: 1, width: 1, inputs: 0, scale: 0 };
    const title = t("Dense layer {number}", { number: i + 1 });
    const size = t("{n} units", { n: count });
    found.set(name, createLayerView({ arm: arm.name, place, title, size, shape }));
  });
  return found;
}

/** The largest size of a number; what is infinite or no number does not count. */
function extent(values) {
  let most = 0;
  for (const value of values) {
    const size = Math.abs(value);
    if (size > most && size < Infinity) most = size;
  }
  return most;
}
