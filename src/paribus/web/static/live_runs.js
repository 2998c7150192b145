// The newest weights of some runs, and what their probes saw so far: fetched after each epoch, and now and then before
// the first one's end, where most is decided.

import { filterMeans } from "./layer_view.js";
import { createNetwork } from "./network.js";
import { unpackArrays } from "./unpack.js";

const EARLY = 1500; // ms between two looks as long as no epoch is done
const FIGURES = ["weight_norm", "gradient_norm", "decay_pull", "slope", "dead", "saturated_low", "saturated_high"];
const COURSE = FIGURES.slice(0, 3);
const MOST_POINTS = 120; // of a layer's course

/**
 * Watches `runs` ([{run: id, state, metrics}]). `onChange(list, {story})` after each answer; an entry of the list has
 * `network`, `table`, `plan`, `classes`, `scales`, `moment`, `story` and `images` once they are known; `foreign`: the
 * page has no forward pass for it.
 */
export function createWatch(server, runs, onChange) {
  const list = runs.map((run) => ({
    id: run.run,
    begun: run.state !== "waiting",
    network: null,
    story: null,
    steps: [],
    moment: null,
    foreign: false,
    busy: false,
    again: false,
    ended: ["finished", "diverged", "failed"].includes(run.state),
  }));
  let closed = false;

  async function look(entry) {
    if (closed) return;
    if (entry.busy) {
      entry.again = true;
      return;
    }
    entry.busy = true;
    entry.again = false;
    const path = `/api/runs/${encodeURIComponent(entry.id)}`;
    const after = entry.steps.at(-1)?.step ?? -1;
    const [weights, trace] = await Promise.all([
      server.get(`${path}/weights?moment=last`),
      server.get(`${path}/trace?after=${after}`),
    ]);
    if (closed) return;
    if (entry === list[0] && entry.images === undefined) entry.images = await testImages(server, path);
    if (weights.ok && weights.value.moment !== null) await take(entry, weights.value);
    const story = trace.ok && trace.value.steps.length > 0;
    if (story) {
      entry.steps.push(...trace.value.steps);
      entry.story = storyOf(entry.steps);
    }
    entry.busy = false;
    if (closed) return;
    if (weights.ok || story) onChange(list, { story });
    if (entry.again) look(entry);
  }

  const early = setInterval(() => {
    for (const entry of list) if (entry.begun && !entry.ended && !(entry.moment?.epoch >= 1)) look(entry);
  }, EARLY);
  for (const entry of list) if (entry.begun) look(entry);
  return {
    renew(id) {
      const entry = list.find((one) => one.id === id);
      if (!entry) return;
      entry.begun = true;
      look(entry);
    },
    close() {
      closed = true;
      clearInterval(early);
    },
  };
}

/** Some test images, for who would rather pick than draw; null where they cannot be had. */
async function testImages(server, path) {
  const found = await server.get(`${path}/images`);
  if (!found.ok) return null;
  const { packed, labels, places } = found.value;
  const { pixels } = await unpackArrays(packed);
  const size = pixels.length / labels.length;
  const values = labels.map((_, i) => pixels.subarray(i * size, (i + 1) * size));
  return { values, labels, places, disagree: labels.map(() => false) };
}

async function take(entry, { network, moment }) {
  if (network === null) {
    entry.foreign = true;
    return;
  }
  const arrays = await unpackArrays(network.weights);
  entry.table ??= (await unpackArrays(network.table)).table;
  entry.network = createNetwork(network.plan, arrays);
  const inputs = [1, ...network.plan.conv_channels]; // a filter of the first convolution is drawn as it is
  entry.scales ??= Object.fromEntries(
    network.plan.conv_channels.map((count, i) => {
      const filters = arrays[`conv${i + 1}.weight`];
      return [`conv${i + 1}`, largestSize(i ? filterMeans(filters, { count, inputs: inputs[i] }) : filters)];
    }),
  );
  Object.assign(entry, { plan: network.plan, classes: network.classes, moment });
}

/** Which weight is drawn in full colour: the largest of the first ones seen, so that one sees weights fade or grow. */
function largestSize(values) {
  const most = values.reduce((size, value) => Math.max(size, Math.abs(value)), 0);
  return most > 0 && Number.isFinite(most) ? most : 1;
}

/** The steps that the probes saw, as forces.js takes them: the last one, and each layer's course. */
function storyOf(steps) {
  const layers = Object.keys(steps[0].layers);
  const last = steps.at(-1);
  const stride = Math.max(1, (steps.length - 1) / (MOST_POINTS - 1));
  const course =
    steps.length <= MOST_POINTS ? steps : Array.from({ length: MOST_POINTS }, (_, i) => steps[Math.round(i * stride)]);
  const figure = (step, layer, name) => step.layers[layer]?.[name] ?? null;
  return {
    layers,
    decoupled: Boolean(steps[0].decoupled),
    moments: [
      {
        done: last.step,
        layers: Object.fromEntries(layers.map((layer) => [layer, FIGURES.map((name) => figure(last, layer, name))])),
      },
    ],
    course: {
      epochs: course.map((step) => step.step),
      layers: Object.fromEntries(
        layers.map((layer) => [
          layer,
          Object.fromEntries(COURSE.map((name) => [name, course.map((step) => figure(step, layer, name))])),
        ]),
      ),
    },
  };
}
