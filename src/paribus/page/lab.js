/** The lab: draw a digit and see what every layer of the trained networks makes of it, at any moment of training. */

import { mount as mountAnswers } from "./class_bars.js";
import { agreeing, createNetworks, keepAnswering } from "./lab_networks.js";
import { mountDigit } from "./digit_input.js";
import { element } from "./dom.js";
import { featuresHead, mount as mountFeatures } from "./features.js";
import { mount as mountForces } from "./forces.js";
import { mount as mountScrubber } from "./time_slider.js";
import { whenNear } from "./timing.js";
import { splitImages, unpackArrays } from "./unpack.js";
import { mark, t } from "./words.js";

const DRAW = mark(
  "The trained networks are in this page, and answer here. Draw a digit or pick a test image, and see what each of " +
    "them makes of it.",
);
const PICK = mark(
  "The trained networks are in this page, and answer here. Pick a test image, and see what each of them makes of it.",
);
const SLIDER = mark("The slider moves through the training, and all that is shown here goes with it.");
const CHECKED = mark("Checked: on {same} of {n} test images the networks in this page give PyTorch's answer.");
const CALIBRATION = 10; // images whose answers must fit into the scales of the pictures

/**
 * @param {HTMLElement} host the section to fill; what is in it is replaced
 * @param {object} data what `lab_data.py` made
 * @param {ReturnType<import("./state.js").createState>} shared `moments`, `time` and `digit` are set here
 */
export function mount(host, data, shared) {
  shared.set("moments", data.moments);
  shared.set("time", data.moments.length - 1);
  const parts = labParts(data);
  host.replaceChildren(parts.root);
  if (parts.scrubber) mountScrubber(parts.scrubber, data, shared);
  if (parts.forces) mountForces(parts.forces, data, shared);
  if (!data.absent) whenNear(host, () => wake(parts, data, shared));
}

/** The frame, with room for what comes once somebody is near. */
function labParts(data) {
  const root = element("div.network-lab");
  const parts = { root };
  const part = (name, attributes = {}) => (parts[name] = element("div", { class: `lab-${name}`, ...attributes }));
  root.append(element("p.prose", data.absent || t(data.draws ? DRAW : PICK)));
  const scrubs = data.moments.length > 1;
  const notes = [data.note, scrubs ? t(SLIDER) : ""].filter(Boolean).join(" ");
  if (notes) root.append(element("p.prose.small", notes));
  if (scrubs) root.append(part("scrubber", { role: "group", "aria-label": t("Moment of training") }));
  if (!data.absent) {
    root.append(element("div.lab-first", part("digit"), part("answers"), part("images")));
    root.append(...featuresHead(), part("features"));
    root.append(part("check"));
  }
  if (data.moments.length && data.arms.some((arm) => arm.story)) {
    root.append(element("h3", t("What moves the weights")), part("forces"));
  }
  return parts;
}

async function wake(parts, data, shared) {
  try {
    const pixels = (await unpackArrays(data.images.packed)).pixels;
    const images = { ...data.images, values: splitImages(pixels, data.images.labels.length) };
    if (shared.get("end")) return;
    const networks = createNetworks(data);
    mountAnswers(parts.answers, data, shared);
    const features = mountFeatures(parts.features, data, shared);
    mountDigit(parts.digit, parts.images, { ...data, images }, shared);
    await networks.ready;
    const ask = keepAnswering(networks.arms, shared);
    const same = agreeing(data, networks.arms, images.values);
    await networks.unpackRest((moment) => {
      calibrate(networks.arms, moment, images.values.slice(0, CALIBRATION), features);
      ask();
    });
    const checked = t(CHECKED, { same, n: images.values.length });
    parts.check.append(element("p.prose.small.checked", checked));
  } catch (error) {
    const unreadable = t("The networks in this page cannot be unpacked: {reason}", { reason: error.message });
    parts.root.prepend(element("p.prose.bad", {  role: "alert" }, unreadable));
  }
}

/** Lets the pictures' scales see what every layer answers at this moment. */
function calibrate(arms, moment, images, features) {
  arms.forEach((arm, i) => {
    const network = arm.at(moment);
    for (const image of images) features.observe(i, network.run(Float32Array.from(image, (byte) => arm.table[byte])));
  });
}
