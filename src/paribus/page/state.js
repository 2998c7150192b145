/**
 * What the parts of a page share: a few values by name, and who wants to hear when one changes.
 *
 * The names in use:
 *   time      number: which moment of the training is shown, an index into `moments`
 *   moments   [{epoch: number, label: string}]: set by the lab; `epoch` counts epochs done, fractions included
 *   digit     {values: Uint8Array [channels * height * width], label: number | null, place: number | null}
 *   theme     "light" | "dark" | undefined (as the system has it)
 *   end       true: what shares this has left the page, and lets go of what lies outside it
 */

/**
 * A new set of shared values. A listener is called after each change, with the new value and the one before; setting
 * what is there already is no change. `subscribe` returns a function that ends it.
 *
 * @param {Object<string, unknown>} [initial]
 */
export function createState(initial = {}) {
  const values = new Map(Object.entries(initial));
  const listeners = new Map();
  return {
    get(key) {
      return values.get(key);
    },
    set(key, value) {
      const before = values.get(key);
      if (Object.is(before, value)) return;
      values.set(key, value);
      for (const listener of [...(listeners.get(key) ?? [])]) listener(value, before);
    },
    subscribe(key, listener) {
      if (!listeners.has(key)) listeners.set(key, new Set());
      listeners.get(key).add(listener);
      return () => listeners.get(key).delete(listener);
    },
  };
}
