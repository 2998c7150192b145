// How long a job will go on, from the epochs that this page saw pass.

const FEWEST = 3; // epochs seen, before a pace is told

/** `heard(job)` after each change; `left(job)`: seconds, or null as long as it cannot be told. */
export function createPace(now = () => performance.now() / 1000) {
  let first = null; // {done, time} where this stretch began
  let last = null;
  let waiting = 0;
  return {
    heard(job) {
      const { done } = job.progress;
      if (job.state !== "running") first = null;
      else if (first === null || done < first.done) first = { done, time: now() };
      // Runs that were made earlier end at once, and say nothing of the pace.
      else if (last !== null && done - last.done > 3 * FEWEST && now() - last.time < 1) first = { done, time: now() };
      last = { done, time: now() };
      waiting = job.progress.epochs === null ? 0 : job.progress.epochs - done;
    },
    left() {
      if (first === null || last.done - first.done < FEWEST || waiting <= 0) return null;
      const pace = (last.time - first.time) / (last.done - first.done);
      return Math.max(0, waiting * pace - (now() - last.time));
    },
  };
}
