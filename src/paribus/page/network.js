/**
 * The forward pass of the built-in models, as `programs/recipe/models/` has it, for one image at a time: 5x5 convolutions,
 * each with pooling, then dense layers; a perceptron has no convolutions.
 *
 * Arrays are row-major: maps [channels, height, width], images likewise. Sums are taken in doubles and rounded to
 * float32 after each layer, so that answers differ from torch's by torch's own rounding alone.
 */

import { ACTIVATION_FUNCTIONS } from "./activations.js";

const KERNEL = 5; // both convolutions are 5x5, the first padded by 2
const PADDING = 2;
const NORM_EPSILON = 1e-5;
const POOLS = { max: (a, b, c, d) => Math.max(a, b, c, d), avg: (a, b, c, d) => (a + b + c + d) / 4 };

/**
 * @typedef {object} Plan the network's form, in the words of a recipe
 * @property {string} activation
 * @property {"max"|"avg"} pooling
 * @property {number} channels of the image
 * @property {number} height
 * @property {number} width
 * @property {number} classes
 * @property {number[]} conv_channels
 * @property {number[]} dense_widths
 * @property {boolean} batch_norm
 *
 * @typedef {object} Layer what one layer answered, after its activation and before any pooling
 * @property {string} name conv1, conv2, fc1, ...
 * @property {number} channels 1 for a dense layer
 * @property {number} height 1 for a dense layer
 * @property {number} width
 * @property {Float32Array} values [channels, height, width]
 *
 * @typedef {object} Network
 * @property {Plan} plan
 * @property {Layer[]} layers all but the last, in order; their arrays are written anew by every run
 * @property {Float32Array} logits [classes]
 * @property {Float32Array} probabilities [classes]
 * @property {Object<string, Float32Array>} weights as given
 * @property {(input: Float32Array) => Network} run answers to an image [channels, height, width]; returns itself
 */

/**
 * A network of this form with these weights, by the names of torch's `state_dict`.
 *
 * @param {Plan} plan
 * @param {Object<string, Float32Array>} weights
 * @returns {Network}
 */
export function createNetwork(plan, weights) {
  const stages = [];
  let [channels, high, wide] = [plan.channels, plan.height + 2 * PADDING, plan.width + 2 * PADDING];
  plan.conv_channels.forEach((count, place) => {
    const stage = convolution(plan, weights, place + 1, channels, high, wide);
    stages.push(stage);
    [channels, high, wide] = [count, stage.pooledHeight, stage.pooledWidth];
  });
  const convolves = stages.length > 0;
  let width = convolves ? channels * high * wide : plan.channels * plan.height * plan.width;
  plan.dense_widths.forEach((units, place) => {
    stages.push(dense(weights, `fc${place + 1}`, width, units, plan));
    width = units;
  });
  const last = dense(weights, `fc${plan.dense_widths.length + 1}`, width, plan.classes, null);
  const padded = new Float32Array(plan.channels * (plan.height + 2 * PADDING) * (plan.width + 2 * PADDING));
  const network = {
    plan,
    weights,
    layers: stages.map((stage) => stage.layer),
    logits: last.layer.values,
    probabilities: new Float32Array(plan.classes),
    run(input) {
      let x = convolves ? pad(input, plan, padded) : input;
      for (const stage of stages) x = stage.run(x);
      softmax(last.run(x), network.probabilities);
      return network;
    },
  };
  return network;
}

/** The place of the largest value, the first one on a tie, as torch's argmax; NaN counts as largest. */
export function largest(values) {
  let best = 0;
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i])) return i;
    if (values[i] > values[best]) best = i;
  }
  return best;
}

/** An image's bytes as the network's input, by a table of 256 numbers. */
export function imageInput(bytes, table, into) {
  for (let i = 0; i < bytes.length; i++) into[i] = table[bytes[i]];
  return into;
}

function pad(input, plan, padded) {
  const wide = plan.width + 2 * PADDING;
  const area = (plan.height + 2 * PADDING) * wide;
  for (let c = 0; c < plan.channels; c++) {
    for (let y = 0; y < plan.height; y++) {
      const row = (c * plan.height + y) * plan.width;
      padded.set(input.subarray(row, row + plan.width), c * area + (y + PADDING) * wide + PADDING);
    }
  }
  return padded;
}

/** Convolution, batch normalisation, activation and 2x2 pooling, of maps that need no more padding. */
function convolution(plan, weights, place, inChannels, inHeight, inWidth) {
  const name = `conv${place}`;
  const kernel = expected(weights, `${name}.weight`, plan.conv_channels[place - 1] * inChannels * KERNEL * KERNEL);
  const bias = expected(weights, `${name}.bias`, plan.conv_channels[place - 1]);
  const channels = plan.conv_channels[place - 1];
  const [height, width] = [inHeight - KERNEL + 1, inWidth - KERNEL + 1];
  const values = new Float32Array(channels * height * width);
  const sums = new Float64Array(height * width);
  const settle = settling(weights, `bn${place}`, plan);
  const [pooledHeight, pooledWidth] = [height >> 1, width >> 1];
  const pooled = new Float32Array(channels * pooledHeight * pooledWidth);

  function run(x) {
    for (let c = 0; c < channels; c++) {
      sums.fill(bias[c]);
      for (let i = 0; i < inChannels; i++) {
        const taps = kernel.subarray((c * inChannels + i) * KERNEL * KERNEL, (c * inChannels + i + 1) * KERNEL * KERNEL);
        addCorrelation(x, i * inHeight * inWidth, inWidth, taps, sums, height, width);
      }
      settle(sums, c, values.subarray(c * height * width, (c + 1) * height * width));
    }
    poolFour(values, channels, height, width, pooled, POOLS[plan.pooling]);
    return pooled;
  }
  return { layer: { name, channels, height, width, values }, pooledHeight, pooledWidth, run };
}

/** Adds the 5x5 cross-correlation of one map to `sums` [height, width]; `start` is where the map begins in x. */
function addCorrelation(x, start, inWidth, taps, sums, height, width) {
  for (let row = 0; row < KERNEL; row++) {
    const at = row * KERNEL;
    const k0 = taps[at];
    const k1 = taps[at + 1];
    const k2 = taps[at + 2];
    const k3 = taps[at + 3];
    const k4 = taps[at + 4];
    for (let y = 0; y < height; y++) {
      let from = start + (y + row) * inWidth;
      let a = x[from];
      let b = x[from + 1];
      let c = x[from + 2];
      let d = x[from + 3];
      from += KERNEL - 1;
      const to = y * width;
      for (let i = 0; i < width; i++) {
        const e = x[from + i];
        sums[to + i] += k0 * a + k1 * b + k2 * c + k3 * d + k4 * e;
        a = b;
        b = c;
        c = d;
        d = e;
      }
    }
  }
}

/** A dense layer; `plan` null for the last one, whose outputs are the logits. */
function dense(weights, name, inputs, units, plan) {
  const matrix = expected(weights, `${name}.weight`, inputs * units);
  const bias = expected(weights, `${name}.bias`, units);
  const values = new Float32Array(units);
  const sums = new Float64Array(1);
  const settle = plan ? settling(weights, `${name}_bn`, plan) : (from, _, to) => (to[0] = from[0]);

  function run(x) {
    for (let u = 0; u < units; u++) {
      let sum = bias[u];
      const row = u * inputs;
      for (let i = 0; i < inputs; i++) sum += matrix[row + i] * x[i];
      sums[0] = sum;
      settle(sums, u, values.subarray(u, u + 1));
    }
    return values;
  }
  return { layer: { name, channels: 1, height: 1, width: units, values }, run };
}

/** Normalisation by what training saw, then the activation: from sums of unit `c` to its outputs. */
function settling(weights, norm, plan) {
  const activate = ACTIVATION_FUNCTIONS[plan.activation].f;
  if (!plan.batch_norm) {
    return (sums, c, outputs) => {
      for (let i = 0; i < outputs.length; i++) outputs[i] = activate(Math.fround(sums[i]));
    };
  }
  const [mean, variance] = [weights[`${norm}.running_mean`], weights[`${norm}.running_var`]];
  const [scale, shift] = [weights[`${norm}.weight`], weights[`${norm}.bias`]];
  return (sums, c, outputs) => {
    const factor = scale[c] / Math.sqrt(variance[c] + NORM_EPSILON);
    for (let i = 0; i < outputs.length; i++) outputs[i] = activate((sums[i] - mean[c]) * factor + shift[c]);
  };
}

/** Over 2x2; an odd last row or column is left out, as torch leaves it. */
function poolFour(values, channels, height, width, pooled, one) {
  let to = 0;
  for (let c = 0; c < channels; c++) {
    for (let y = 0; y + 1 < height; y += 2) {
      const row = (c * height + y) * width;
      for (let x = 0; x + 1 < width; x += 2) {
        const at = row + x;
        pooled[to++] = one(values[at], values[at + 1], values[at + width], values[at + width + 1]);
      }
    }
  }
}

function softmax(logits, into) {
  let top = -Infinity;
  for (const logit of logits) top = Math.max(top, logit);
  let sum = 0;
  for (let i = 0; i < logits.length; i++) sum += Math.exp(logits[i] - top);
  for (let i = 0; i < logits.length; i++) into[i] = Math.exp(logits[i] - top) / sum;
}

function expected(weights, name, size) {
  const array = weights[name];
  if (!array || array.length !== size) {
    throw new Error(`${name} must have ${size} numbers; got ${array ? array.length : "none"}`);
  }
  return array;
}
