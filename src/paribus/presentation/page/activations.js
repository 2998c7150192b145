/** The activation functions of `values/activations.py`, as torch computes them. */

const SELU_SCALE = 1.0507009873554805;
const SELU_ALPHA = 1.6732632423543772;

/**
 * By name: `f` of one number; `monotone`: it never falls, so the largest of four may be taken before it; `bounded`:
 * its outputs lie between these two.
 *
 * @type {Object<string, {f: (x: number) => number, monotone: boolean, bounded?: [number, number]}>}
 */
export const ACTIVATION_FUNCTIONS = {
  identity: { f: (x) => x, monotone: true },
  sigmoid: { f: logistic, monotone: true, bounded: [0, 1] },
  hard_sigmoid: { f: (x) => Math.min(Math.max(x + 3, 0), 6) / 6, monotone: true, bounded: [0, 1] },
  tanh: { f: Math.tanh, monotone: true, bounded: [-1, 1] },
  relu: { f: (x) => (x < 0 ? 0 : x), monotone: true },
  leaky_relu: { f: (x) => (x < 0 ? 0.01 * x : x), monotone: true },
  elu: { f: (x) => (x > 0 ? x : Math.expm1(x)), monotone: true },
  selu: { f: (x) => SELU_SCALE * (x > 0 ? x : SELU_ALPHA * Math.expm1(x)), monotone: true },
  gelu: { f: (x) => 0.5 * x * (1 + errorFunction(x * Math.SQRT1_2)), monotone: false },
  silu: { f: (x) => x * logistic(x), monotone: false },
  softplus: { f: (x) => (x > 20 ? x : Math.log1p(Math.exp(x))), monotone: true },
};

function logistic(x) {
  return 1 / (1 + Math.exp(-x));
}

/**
 * erf by its series with positive terms (Abramowitz and Stegun 1964, 7.1.6), good to a double's rounding; beyond 6
 * it is 1 to that precision.
 */
export function errorFunction(x) {
  const size = Math.abs(x);
  if (!(size <= 6)) return Math.sign(x); // NaN stays NaN
  let term = (2 / Math.sqrt(Math.PI)) * Math.exp(-size * size) * size;
  let sum = 0;
  for (let n = 1; term > 1e-17 * sum; n++) {
    sum += term;
    term *= (2 * size * size) / (2 * n + 1);
  }
  return x < 0 ? -sum : sum;
}
