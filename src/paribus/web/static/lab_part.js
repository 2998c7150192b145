// A finished comparison's curves and its networks, as the report has them: fetched when somebody comes near.

import { mount as mountCurves } from "./charts.js";
import { el, refill } from "./elements.js";
import { mount as mountNetworks } from "./lab.js";
import { createState } from "./state.js";
import { whenNear } from "./timing.js";
import { lang, t } from "./words.js";

/** Adds the curves to `host` for comparison `id`, and its networks where it has any; returns {close}. */
export function mountLab(host, app, id, hasNetworks) {
  const shared = createState({ theme: app.shared.get("theme") });
  const follow = app.shared.subscribe("theme", (theme) => shared.set("theme", theme));
  const [curves, networks] = [el("div.curves-part"), el("div.networks-part")];
  let closed = false;
  let chart = null;
  const wait = el("p.prose", { role: "status" }, t("One moment …"));
  host.append(wait, curves, networks);

  const path = (what) => `/api/comparisons/${encodeURIComponent(id)}/${what}?lang=${lang()}`;
  async function load() {
    const asked = [app.server.get(path("curves")), hasNetworks && app.server.get(path("lab"))];
    const [lines, lab] = await Promise.all(asked);
    if (closed) return;
    wait.remove();
    if (lines.ok && lines.value.metrics.length > 0) chart = mountCurves(curves, lines.value, shared);
    host.hidden = !chart && !lab; // a program may have neither
    if (!lab) return;
    if (lab.ok) {
      mountNetworks(networks, lab.value, shared);
      networks.append(...lab.value.left_out.map((said) => el("p.faults", said)));
    } else
      refill(
        networks,
        lab.faults.map((fault) => el("p.prose", app.faultText(fault))),
      );
  }

  const giveUp = whenNear(wait, load);
  return {
    close() {
      closed = true;
      giveUp();
      follow();
      chart?.destroy();
      shared.set("end", true);
    },
  };
}
