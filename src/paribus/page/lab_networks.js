/** The networks of a lab: unpacked one after the other, and asked anew whenever the digit or the moment changes. */

import { createNetwork, imageInput, largest } from "./network.js";
import { unpackArrays } from "./unpack.js";
import { oncePerFrame } from "./timing.js";

/**
 * @typedef {object} ArmNetworks
 * @property {(moment: number) => import("./network.js").Network | null} at null while it is not unpacked
 * @property {Float32Array} table [256] the network's input for each byte of an image
 */

/**
 * All networks of the data. `ready` is kept when those of the last moment are there; `unpackRest` goes on with the
 * others, the latest first, and calls `each` after every one.
 *
 * @param {object} data what `lab_data.py` made
 */
export function createNetworks(data) {
  const arms = data.arms.map((arm) => ({ arm, table: null, found: new Map(), final: null }));
  for (const entry of arms) {
    entry.at = (moment) => (entry.arm.snapshots[moment] ? (entry.found.get(moment) ?? null) : entry.final);
  }

  async function unpackFinal(entry) {
    entry.table = (await unpackArrays(entry.arm.table)).table;
    entry.final = createNetwork(entry.arm.plan, await unpackArrays(entry.arm.final));
  }
  async function unpackRest(each) {
    for (let moment = data.moments.length - 1; moment >= 0; moment--) {
      for (const entry of arms) {
        const packed = entry.arm.snapshots[moment];
        if (packed) entry.found.set(moment, createNetwork(entry.arm.plan, await unpackArrays(packed)));
      }
      each(moment);
    }
  }
  return { ready: Promise.all(arms.map(unpackFinal)), unpackRest, /** @type {ArmNetworks[]} */ arms };
}

/**
 * Answers to `digit` at `time`: at once to a digit, which comes at most once a frame, and in the next frame to the
 * rest. `answers` in the shared state is then `{networks: (Network | null)[], digit}`: the networks hold what they
 * answered until the next answer.
 *
 * @param {ArmNetworks[]} arms
 * @param {ReturnType<import("./state.js").createState>} shared
 * @returns {() => void} ask again, for instance after a network has come
 */
export function keepAnswering(arms, shared) {
  const inputs = arms.map(() => new Float32Array(0));
  function answer() {
    const digit = shared.get("digit");
    if (!digit) return;
    const networks = arms.map((arm, i) => {
      const network = arm.at(shared.get("time"));
      if (!network) return null;
      if (inputs[i].length !== digit.values.length) inputs[i] = new Float32Array(digit.values.length);
      return network.run(imageInput(digit.values, arm.table, inputs[i]));
    });
    shared.set("answers", { networks, digit });
  }
  const ask = oncePerFrame(answer);
  shared.subscribe("digit", answer);
  shared.subscribe("time", ask);
  ask();
  return ask;
}

/**
 * On how many of the images every final network says what PyTorch said.
 *
 * @param {object} data what `lab_data.py` made
 * @param {ArmNetworks[]} arms
 * @param {Uint8Array[]} images
 */
export function agreeing(data, arms, images) {
  const last = data.moments.length - 1;
  const input = new Float32Array(images[0]?.length ?? 0);
  return images.filter((image, place) =>
    arms.every((arm, i) => {
      const network = arm.at(last).run(imageInput(image, arm.table, input));
      return largest(network.logits) === data.arms[i].predicted[place];
    }),
  ).length;
}
