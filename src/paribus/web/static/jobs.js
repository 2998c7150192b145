// What the page knows of the queue: jobs in order, and of those that somebody looks at every run and epoch.

const ENDED = new Set(["finished", "stopped", "failed"]);

/** Whether nothing more happens to a job unless somebody wants it. */
export function hasEnded(job) {
  return ENDED.has(job.state);
}

/**
 * The model. `onChange(kind, data)` is called after each change, with the event's kind. Events may come before or
 * after the answers to our own questions: each sets what it tells of, so that hearing it twice changes nothing.
 */
export function createJobs(server, onChange) {
  const jobs = new Map();
  let order = [];
  const details = new Map(); // job id -> {arms, runs: Map "arm\nseed" -> run}
  const searches = new Map(); // job id -> how far the search for an explanation is, as the server says it
  const pending = new Map(); // job id -> {answer, missed}: details on their way, and the events that came meanwhile

  const sort = () => {
    order = [...order.filter((id) => jobs.has(id)), ...[...jobs.keys()].filter((id) => !order.includes(id))];
  };

  const take = (job) => {
    const older = jobs.get(job.id);
    if (older && older.revision > job.revision) return;
    jobs.set(job.id, job);
    sort();
  };

  function apply(detail, kind, data) {
    const key = `${data.arm}\n${data.seed}`;
    const run = detail.runs.get(key) ?? {
      run: data.run,
      arm: data.arm,
      seed: data.seed,
      epochs: data.epochs,
      state: "waiting",
      metrics: [],
    };
    detail.runs.set(key, run);
    if (data.run) run.run = data.run;
    if (data.epochs) run.epochs = data.epochs;
    if (kind === "run") run.state = data.state;
    if (kind === "epoch") {
      run.metrics[data.epoch - 1] = data.metrics;
      if (run.state === "waiting") run.state = "training";
    }
  }

  async function fetchDetails(id, missed) {
    const result = await server.get(`/api/jobs/${encodeURIComponent(id)}`);
    pending.delete(id);
    if (!result.ok) return result;
    const { arms, runs, search, ...job } = result.value;
    if (search && !searches.has(id)) searches.set(id, search); // an event that came meanwhile knows more
    const detail = { arms, runs: new Map(runs.map((run) => [`${run.arm}\n${run.seed}`, run])) };
    for (const [kind, data] of missed) apply(detail, kind, data);
    details.set(id, detail);
    take(job);
    onChange("detail", job);
    return result;
  }

  const model = {
    all: () => order.map((id) => jobs.get(id)),
    get: (id) => jobs.get(id),
    detail: (id) => details.get(id),
    search: (id) => searches.get(id),
    compareJob: (comparison) => model.all().findLast((job) => job.kind === "compare" && job.comparison === comparison),
    lastDone: (comparison) => model.all().findLast((job) => job.comparison === comparison && job.state === "finished"),
    whyJob: (comparison) => model.all().findLast((job) => job.kind === "why" && job.comparison === comparison),

    take(job) {
      take(job);
      onChange("job", job);
    },

    /** Everything anew from the server. */
    async refresh() {
      const result = await server.get("/api/jobs");
      if (result.ok) model.handle("state", result.value);
      return result;
    },

    /** A job's arms and runs, with all their epochs so far; asked for once, and kept up to date by events. */
    async open(id) {
      if (details.has(id)) return { ok: true };
      if (!pending.has(id)) {
        const missed = [];
        pending.set(id, { missed, answer: fetchDetails(id, missed) });
      }
      return pending.get(id).answer;
    },

    /** One event of the server. */
    handle(kind, data) {
      if (kind === "state") {
        jobs.clear();
        searches.clear();
        order = data.jobs.map((job) => job.id);
        for (const job of data.jobs) jobs.set(job.id, job);
        for (const id of [...details.keys()]) {
          details.delete(id); // events may have been missed
          if (jobs.has(id)) model.open(id);
        }
      } else if (kind === "job") {
        take(data);
        // Which runs a job needs is known only once it has begun.
        if ((details.get(data.id)?.runs.size ?? Infinity) < data.progress.runs) {
          details.delete(data.id);
          model.open(data.id);
        }
      } else if (kind === "search") {
        searches.set(data.job, data);
      } else if (kind === "order") {
        order = data.jobs;
        sort();
      } else if (kind === "run" || kind === "epoch") {
        pending.get(data.job)?.missed.push([kind, data]);
        if (details.has(data.job)) apply(details.get(data.job), kind, data);
      }
      onChange(kind, data);
    },
  };
  return model;
}
