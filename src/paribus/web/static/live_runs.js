// The newest weights of some runs, and what their probes saw so far: fetched after each epoch, and now and then before
// the first one's end, where most is decided.

import { filterMeans } from "./layer_view.js";
import { createNetwork } from "./network.js";
import { splitImages, unpackArrays } from "./unpack.js";

const EARLY = 1500; // ms between two looks as long as no epoch is done

/**
 * Watches `runs` ([{run: id, name, state}]). `onChange(list, {story})` after each answer; an entry of the list has
 * `name`, and `network`, `table`, `plan`, `classes`, `scales`, `moment`, `story` and `images` once they are known; `at()`
 * is its network; `foreign`: the page has no forward pass for it.
 */
export function createWatch(server, runs, onChange) {
  const list = runs.map((run) => ({
    id: run.run,
    name: run.name,
    begun: run.state !== "waiting",
    network: null,
    story: null,
    moment: null,
    foreign: false,
    busy: false,
    again: false,
    ended: ["finished", "diverged", "failed"].includes(run.state),
  }));
  for (const entry of list) entry.at = () => entry.network;
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
    const [weights, told] = await Promise.all([server.get(`${path}/weights`), server.get(`${path}/story`)]);
    if (closed) return;
    if (entry === list[0] && entry.images === undefined) entry.images = await testImages(server, path);
    if (weights.ok && weights.value.moment !== null) await take(entry, weights.value);
    const story = told.ok && JSON.stringify(told.value.story) !== JSON.stringify(entry.story);
    if (story) entry.story = told.value.story;
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
  return { values: splitImages(pixels, labels.length), labels, places, disagree: labels.map(() => false) };
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
