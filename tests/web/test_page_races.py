"""What the page does when answers, events and clicks come in an unlucky order: its modules alone."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from paribus.runs.store import Store
from paribus.web.server import ServerOptions
from tests.diagnosis.explanations import EVERY_KIND, an_explanation
from tests.factories import make_comparison
from tests.web.conftest import serving
from tests.web.page import Lab, opened

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

# The page's model of the queue was told of a finished job twice: by its own question, and by a connection made anew.
DETAILS = """async () => {
  const { createJobs } = await import("/assets/jobs.js");
  const answers = [];
  const jobs = createJobs({ get: () => new Promise((done) => answers.push(done)) }, () => {});
  const job = { id: "j", state: "finished", revision: 3, progress: { runs: 1 } };
  const known = { ok: true, value: { ...job, arms: ["arm"], runs: [{ arm: "a", seed: 0, metrics: [] }] } };
  const first = jobs.open("j");
  let second = "waits";
  const again = jobs.open("j").then(() => (second = "knows"));
  await Promise.resolve().then(() => {}).then(() => {});
  const before = second;
  answers[0](known);
  await Promise.all([first, again]);
  jobs.handle("state", { jobs: [job] }); // the details are on their way once more
  const meanwhile = jobs.detail("j") === undefined;
  answers[1](known);
  await jobs.open("j");
  const { arms, runs } = jobs.detail("j");
  return { asked: answers.length, before, second, meanwhile, arms, runs: runs.size };
}"""

# Nobody answers the first time; the job and its revision are as they were.
BUTTON = """async () => {
  const { jobControls } = await import("/assets/jobs_view.js");
  const asked = [];
  const app = { steer: async (job, action) => asked.push(action) };
  const node = jobControls(app, { id: "j", state: "paused", commands: ["resume", "stop"] });
  const resume = node.querySelector("button");
  for (let i = 0; i < 2; i += 1) {
    resume.click();
    resume.click();
    await new Promise((done) => setTimeout(done));
  }
  return asked;
}"""

# The answer to an earlier form comes after the form was changed; of the later one, nobody answers once it is left.
LATE = """async () => {
  const { createSummary } = await import("/assets/ask_summary.js");
  const answers = [];
  const app = {
    faultText: (fault) => fault,
    server: { post: () => new Promise((done) => answers.push(done)) },
  };
  const summary = createSummary(app);
  const form = { factor: "f", values: [], settings: {}, seeds: "1", epochs: "" };
  const start = summary.node.querySelector("button");
  summary.check(form);
  while (answers.length < 1) await new Promise((done) => setTimeout(done, 20));
  summary.check({ ...form, seeds: "1000" });
  answers[0]({ ok: true, value: { ok: false, faults: ["of the earlier form"] } });
  await new Promise((done) => setTimeout(done));
  const said = summary.node.textContent;
  while (answers.length < 2) await new Promise((done) => setTimeout(done, 20));
  summary.close();
  let again = 0;
  const wait = window.setTimeout;
  window.setTimeout = () => (again += 1);
  answers[1]({ ok: false, lost: true });
  await Promise.resolve().then(() => {}).then(() => {});
  window.setTimeout = wait;
  return [said, again];
}"""


# Runs come in the order in which they train, and one has not begun: each stands below its own seed all the same.
CHART = """async () => {
  const { mount } = await import("/assets/charts.js");
  const run = (seed, value) => ({ seed, values: [value], inBand: true, diverged: false });
  const curve = { counted: 1, mean: [0.5], low: [null], high: [null], runs: [run(2, 0.2), run(0, 0.1)] };
  const metric = { key: "m", title: "m", description: "", fraction: true, guessing: null, log: false };
  const arms = [{ name: "a", short: "a", dash: [] }];
  const shown = { arms, metrics: [metric], curves: { m: [curve] } };
  const data = { epochs: [1], seeds: [0, 1, 2], name: "x", percent: "%", ...shown };
  const host = document.createElement("div");
  document.body.append(host);
  const chart = mount(host, data);
  host.querySelector("details.data-fold").open = true;
  while (!host.querySelector("tbody td")) await new Promise((done) => setTimeout(done));
  const [heads, cells] = ["th", "tbody td"].map((of) => [...host.querySelectorAll(of)].map((cell) => cell.textContent));
  chart.destroy();
  host.remove();
  return [heads.slice(-3), cells.slice(-3)];
}"""


# What listens outside its own part of the page would keep the part, with all its networks, as long as the page lives.
LEFT_BEHIND = """async () => {
  const [{ mount: features }, { mountDigit }, { mount: scrub }, { createState }] = await Promise.all(
    ["features", "digit_input", "time_slider", "state"].map((name) => import(`/assets/${name}.js`)));
  let held = 0;
  let most = 0;
  const { addEventListener: add, removeEventListener: remove } = EventTarget.prototype;
  const counted = (inner, step) => function (...given) {
    if (this === document || this === window || this instanceof MediaQueryList) most = Math.max(most, (held += step));
    return inner.apply(this, given);
  };
  Object.assign(EventTarget.prototype, { addEventListener: counted(add, 1), removeEventListener: counted(remove, -1) });
  const image = { channels: 1, height: 28, width: 28 };
  const plan = { ...image, activation: "relu", conv_channels: [2, 3], dense_widths: [4] };
  const moments = [0, 1].map((epoch) => ({ label: `${epoch}`, mark: `${epoch}`, within: false }));
  const images = { values: [], labels: [], places: [], disagree: [] };
  const data = { image, draws: true, classes: [], images, moments, arms: [{ name: "a", plan, scales: {} }] };
  const shared = createState({ time: 0 });
  const host = () => document.createElement("div");
  features(host(), data, shared);
  mountDigit(host(), host(), data, shared);
  scrub(host(), data, shared);
  shared.set("end", true);
  Object.assign(EventTarget.prototype, { addEventListener: add, removeEventListener: remove });
  return [most, held];
}"""


def test_unlucky_orders_leave_the_page_right(browser: Browser, places: None, tmp_path: Path) -> None:
    with serving(ServerOptions(tmp_path, port=0)) as served, opened(browser, served.address) as lab:
        lab.page.locator("main h1").first.wait_for()
        expected = {"asked": 2, "before": "waits", "second": "knows", "meanwhile": True, "arms": ["arm"], "runs": 1}
        assert lab.page.evaluate(DETAILS) == expected
        assert lab.page.evaluate(BUTTON) == ["resume", "resume"]  # a double click is one wish; a later one another
        said, again = lab.page.evaluate(LATE)
        assert "of the earlier form" not in said
        assert again == 0, "a form that was left is asked about no more"
        assert lab.page.evaluate(CHART) == [["Seed 0", "Seed 1", "Seed 2"], ["10.00%", "–", "20.00%"]]
        assert lab.page.evaluate(LEFT_BEHIND) == [3, 0]
        assert lab.noise == []


def test_an_explanation_that_came_while_the_page_was_away_is_shown(
    browser: Browser, places: None, tmp_path: Path
) -> None:
    comparison = make_comparison("lesson")
    Store(tmp_path).save_comparison(comparison)
    with serving(ServerOptions(tmp_path, port=0)) as served:
        lab = Lab(browser, served.address)
        page = lab.show(f"#/why/{comparison.id}")
        page.get_by_role("button", name="Test the explanation").wait_for()
    port = int(served.address.split(":")[2].partition("/")[0])
    Store(tmp_path).save_explanation(comparison.id, an_explanation(*EVERY_KIND, comparison=comparison))
    with serving(ServerOptions(tmp_path, port=port)):
        page.locator(".branch.cause .leaf").first.wait_for()
        lab.context.close()


def test_what_the_form_cannot_say_is_not_asked_again_with_another_margin(
    browser: Browser, places: None, tmp_path: Path
) -> None:
    usual = make_comparison("lesson").model_copy(update={"id": "usual"})
    strict = usual.model_copy(update={"id": "strict", "margin": 0.01})
    pair = usual.pairs[0].model_copy(update={"verdict": "open", "seeds_to_settle": 23})
    left_open = usual.model_copy(update={"id": "left-open", "pairs": (pair,)})
    for comparison in (usual, strict, left_open):
        Store(tmp_path).save_comparison(comparison)
    with serving(ServerOptions(tmp_path, port=0)) as served, opened(browser, served.address) as lab:
        more = lab.page.get_by_role("button", name="Ask again with more seeds")
        for comparison, offered in ((usual, 1), (strict, 0)):
            lab.show(f"#/verdict/{comparison.id}").get_by_role("button", name="Why?").wait_for()
            assert more.count() == offered, comparison.id
        lab.show("#/verdict/left-open").get_by_role("heading", name="What to try next").wait_for()
        links = lab.page.locator(".next a").all()
        assert [re.findall(r"factor=(\w+).*recipe=(\w+)", link.get_attribute("href") or "") for link in links] == [
            [("activation", "fair")], [("optimizer", "lesson")], [("weight_decay", "lesson")],
        ]  # fmt: skip
        more.click()
        lab.page.wait_for_url("**seeds=23**")  # the number that the verdict names


# What is to be done a moment after a form has changed is held back until it is asked for.
HOLD_BACK = """
  const wait = window.setTimeout;
  window.late = [];
  window.setTimeout = (task, after) => (after === 150 ? window.late.push(task) : wait(task, after));
"""


def test_who_leaves_the_form_at_once_is_not_taken_back_to_it(browser: Browser, places: None, tmp_path: Path) -> None:
    """The form comes into the address a moment later: also where the page has not been told yet that it was left."""
    Store(tmp_path).save_comparison(make_comparison("lesson"))
    with serving(ServerOptions(tmp_path, port=0)) as served, opened(browser, served.address) as lab:
        lab.page.add_init_script(HOLD_BACK)
        lab.page.reload()
        lab.page.locator(".choice").first.wait_for()
        assert lab.page.evaluate("() => window.late.length") > 0
        lab.page.evaluate("() => { location.hash = '#/all'; for (const task of window.late) task(); }")
        lab.page.locator(".kept-item").first.wait_for()
