/**
 * The activation functions of `core/activations.py`, as torch computes them. Their formulas are written here by
 * `module_source` of `bundling.py`.
 */

/**
 * By name: `f` of one number; `bounded`: its outputs lie between these two, or null.
 *
 * @type {Object<string, {f: (x: number) => number, bounded: ?[number, number]}>}
 */
export const ACTIVATION_FUNCTIONS = {
  // ACTIVATIONS
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
