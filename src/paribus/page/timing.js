/** When work is done: once near the window, once a frame, once things have settled. */

/**
 * Calls `once` at the first time that the element comes near the window; returns a function that gives up waiting.
 *
 * @param {Element} node
 * @param {() => void} once
 */
export function whenNear(node, once) {
  const watcher = new IntersectionObserver(
    (entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      watcher.disconnect();
      once();
    },
    { rootMargin: "600px" },
  );
  watcher.observe(node);
  return () => watcher.disconnect();
}

/** A function that does `work` at the next frame, once, however often it is called before that. */
export function oncePerFrame(work) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      work();
    });
  };
}

/** A function that does `work` when it has not been called for so long: for what is read aloud. */
export function onceSettled(milliseconds, work) {
  let waiting = 0;
  return () => {
    clearTimeout(waiting);
    waiting = setTimeout(work, milliseconds);
  };
}
