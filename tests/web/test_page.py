"""The lab page in a real browser, on real MNIST: from the question to the verdict; reload, kill, hostile names."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe

from paribus.web.server import Served, ServerOptions
from tests.cli.lab import killed_at_last, start
from tests.page.hostile import CORPUS, NAMES
from tests.web.client import Client
from tests.web.conftest import serving
from tests.web.page import OVERFLOWING, SLOW, fill_store, form_address, job_of, opened

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

pytestmark = pytest.mark.browser

LONG = form_address(seeds="1", epochs="400", **{"set.batch_size": "4"})  # nobody waits for its end


@pytest.fixture(scope="module")
def lab(places: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server whose store has comparisons made by hand."""
    store = tmp_path_factory.mktemp("page") / "store"
    fill_store(store)
    with serving(ServerOptions(store, port=0, workers=min(2, os.cpu_count() or 1))) as served:
        yield served


def test_the_whole_way_from_the_question_to_the_verdict(browser: Browser, lab: Served) -> None:
    from playwright.sync_api import expect

    with opened(browser, lab.address) as here:
        page = here.show(form_address(seeds="2", epochs="2"))
        page.locator("[data-key=start]:enabled").click()
        page.locator(".chart-canvas canvas").wait_for()
        cells = page.locator(".run-cell")
        assert cells.count() == 4, "two arms, two seeds"
        page.locator("[data-key=to-verdict]").click()
        page.locator("h1.display").wait_for()
        assert page.locator(".card").count() == 2
        assert here.heading() == page.locator("h1.display").inner_text()
        with page.expect_download() as download:
            page.locator("a[download]").click()
        assert "</html>" in Path(download.value.path()).read_text("utf-8")
        draw_a_one(page)
        page.go_back()
        page.locator("[data-key=to-verdict]").wait_for()
        expect(cells).to_have_count(4)  # the runs come with an answer of their own
        page.go_forward()
        page.locator("h1.display").wait_for()
        page.locator("[data-key=lang-ko]").click()
        assert "lang=ko" in page.url
        assert page.evaluate("document.documentElement.lang") == "ko"
        assert page.locator("[data-key=why]").inner_text() == "이유 알아보기"
        assert here.noise == []


def draw_a_one(page: Page) -> None:
    """Both networks of the finished comparison answer a stroke."""
    page.locator(".networks-part, .part").last.scroll_into_view_if_needed()
    pad = page.locator(".lab-digit canvas").first
    pad.scroll_into_view_if_needed()
    page.locator(".lab-images *").first.wait_for()
    before = page.locator(".bar-percent").all_inner_texts()
    page.get_by_role("button", name="Clear").click()
    box = pad.bounding_box()
    assert box is not None
    x = box["x"] + box["width"] / 2
    page.mouse.move(x, box["y"] + 0.2 * box["height"])
    page.mouse.down()
    for part in (0.4, 0.6, 0.8):
        page.mouse.move(x, box["y"] + part * box["height"])
    page.mouse.up()
    page.get_by_text("Your drawing").wait_for()
    after = page.locator(".bar-percent").all_inner_texts()
    assert len(after) == 20, "two arms, ten classes"
    assert after != before


def test_comparisons_are_tagged_and_found_by_words(browser: Browser, lab: Served) -> None:
    from playwright.sync_api import expect

    with opened(browser, lab.address) as here:
        page = here.show("#/all")
        items = page.locator(".kept-item")
        everyone = items.count() if items.first.wait_for() is None else 0
        assert everyone > 5, "so that there is a field to search by"
        page.locator("[data-key=tag-lesson]").click()
        page.keyboard.type("two words")
        page.keyboard.press("Enter")
        expect(page.locator(".tag-form .faults")).to_contain_text("a tag is a word")
        page.locator(".tag-form input").fill("thesis")
        page.keyboard.press("Enter")
        expect(page.locator(".tag")).to_have_count(1)
        page.locator("[data-key=search]").fill("THESIS relu")
        expect(items).to_have_count(1)
        expect(page.locator(".kept-item a")).to_have_attribute("data-key", "kept-lesson")
        page.reload()
        page.locator(".tag button").first.click()
        expect(items).to_have_count(1)
        assert page.locator("[data-key=search]").input_value() == "thesis"
        page.get_by_role("button", name="Remove the tag thesis").click()
        expect(items).to_have_count(0)
        page.locator("[data-key=search]").fill("")
        expect(items).to_have_count(everyone)
        assert ["422" in said for said in here.noise] == [True]  # the browser's own line of what was refused


def test_networks_that_train_answer_ones_digit(browser: Browser, lab: Served) -> None:
    with opened(browser, lab.address) as here:
        page = here.show(LONG)
        page.locator("[data-key=start]:enabled").click()
        page.locator("#inside-title").scroll_into_view_if_needed()
        page.locator(".answer").nth(1).wait_for()
        page.locator(".forces tbody tr").first.wait_for()
        assert page.locator(".lab-features canvas").count() > 0
        page.locator(".lab-images .strip-image").nth(4).click()
        picked = page.locator(".seen-row p").last.inner_text()
        page.locator("[data-key=lang-ko]").click()
        page.locator(".answer").nth(1).wait_for()
        assert page.locator(".seen-row p").last.inner_text() != picked, "in Korean now"
        page.locator("[data-key=lang-en]").click()
        page.locator(".answer").nth(1).wait_for()
        assert page.locator(".seen-row p").last.inner_text() == picked, "and the same image"
        page.reload()
        page.locator(".run-training").first.wait_for()
        job = job_of(page)
        buttons_stay_while_epochs_pass(page, job)
        page.locator(f"[data-key='pause-{job}']").click()
        page.locator(f"[data-key='resume-{job}']").wait_for()
        page.locator(".state-paused").wait_for()
        page.set_viewport_size({"width": 360, "height": 800})
        page.locator("#inside-title").scroll_into_view_if_needed()
        page.locator(".answer").nth(1).wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        assert page.evaluate(OVERFLOWING) == []
        found = Axe().run(page, options={"resultTypes": ["violations"]})
        assert found.violations_count == 0, found.generate_report()
        two_tabs_and_a_hundred_clicks(here.tab(), page, here.site, job)
        page.locator(f"[data-key='stop-{job}']").click()
        page.locator(".state-stopped").wait_for()
        assert here.noise == []


def buttons_stay_while_epochs_pass(page: Page, job: str) -> None:
    """A button that is put anew while somebody presses it would not hear of it."""
    keys = [f"pause-{job}", "run-0-0", "lang-ko"]
    marked = "(keys) => keys.map((key) => document.querySelector(`[data-key='${key}']`))"
    page.evaluate(f"(keys) => ({marked})(keys).forEach((node) => {{ node.kept = true; }})", keys)
    before = page.locator("progress").get_attribute("value")
    page.locator(f"progress:not([value='{before}'])").wait_for()
    assert page.evaluate(f"(keys) => ({marked})(keys).map((node) => node.kept)", keys) == [True] * 3


def two_tabs_and_a_hundred_clicks(other: Page, page: Page, site: str, job: str) -> None:
    """Whatever is clicked, both tabs end with the state that the server has."""
    other.goto(site + f"#/train/{job}")
    other.locator(f"[data-key='resume-{job}']").wait_for()
    buttons = "'.train-top [data-key^=pause-], .train-top [data-key^=resume-]'"
    click = f"document.querySelectorAll({buttons}).forEach((button) => button.click())"
    clicks = f"() => {{ for (let i = 0; i < 50; i += 1) {click}; }}"
    for tab in (page, other):
        tab.evaluate(clicks)
    end = time.monotonic() + SLOW / 1000
    while True:
        states = [tab.locator(".train-top .state-pill").inner_text() for tab in (page, other)]
        ask = "(job) => fetch(`/api/jobs/${job}`).then((answer) => answer.json()).then((one) => one.state)"
        state = page.evaluate(ask, job)
        if state in ("running", "paused") and set(states) == {"Training" if state == "running" else "Paused"}:
            break
        assert time.monotonic() < end, (states, state)
        time.sleep(0.1)
    other.close()


def test_killing_the_server_loses_nothing_and_the_page_finds_it_again(browser: Browser, tmp_path: Path) -> None:
    from playwright.sync_api import expect

    def served(port: int) -> tuple[subprocess.Popen[str], str]:
        words = ("serve", "--no-browser", "--port", str(port), "--out", tmp_path / "store", "--workers", "2")
        process = start(*words, env={"PYTHONUNBUFFERED": "1"})
        assert process.stdout is not None
        for line in process.stdout:
            if "http://" in line:
                return process, line[line.index("http://") :].strip()
        raise AssertionError("it never said where it is")

    process, address = served(0)
    with killed_at_last(process), opened(browser, address) as here:
        page = here.show(LONG)
        page.locator("[data-key=start]:enabled").click()
        page.locator(".chart-canvas canvas").wait_for()
        process.send_signal(signal.SIGKILL)
        process.wait()
        page.locator(".lost").wait_for()
        again, _ = served(int(here.site.rstrip("/").rpartition(":")[2]))
        with killed_at_last(again):
            page.locator(".lost").wait_for(state="detached")
            page.locator(".run-training").first.wait_for()
            expect(page.locator(".chart-canvas canvas")).to_have_count(1)
            dialogs = [said for said in here.noise if "dialog" in said or "Error" in said.partition(":")[0]]
            assert dialogs == []


def test_hostile_names_do_nothing(browser: Browser, lab: Served) -> None:
    with opened(browser, lab.address, width=360) as here:
        page = here.show("#/all")
        page.locator(".kept-item").nth(len(NAMES)).wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        for number in (0, 1, 7, 8, 9):
            here.show(f"#/verdict/hostile-{number}")
            page.locator(".card").first.wait_for()
            assert page.evaluate("document.documentElement.scrollWidth") == 360
        for name in NAMES[:4]:
            here.show(f"#/verdict/{name}")
            here.show(f"#/train/{name}")
        here.show("#/ask?factor=<img src=x onerror=alert(1)>&value=<script>alert(1)</script>&value=2&recipe=__proto__")
        page.locator(".faults li").first.wait_for()
        assert [said for said in here.noise if "404" not in said and "422" not in said] == []


def joined(text: str) -> str:
    """With surrogate pairs as one letter, and half a pair as a browser hands it over."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def answering(body: str) -> Callable[[Route], None]:
    """In ASCII, as the server writes it: half of a surrogate pair has no UTF-8."""
    return lambda route: route.fulfill(body=body, content_type="application/json")


def test_hundreds_of_hostile_names_are_text(browser: Browser, lab: Served) -> None:
    """As titles and verdicts in the list, as names of arms, classes and faults: what the server sends is replaced."""
    said = {"en": "", "ko": ""}
    kept = [
        {"id": f"c{n}", "factor": name, "recipe_name": name, "title": {"en": name, "ko": name}, "created": name}
        | {"seeds": 6, "confounded": True, "explained": True, "verdict": None, "headline": {"en": name, "ko": name}}
        | {"tags": [name]}
        for n, name in enumerate(CORPUS)
    ]
    faults = [{"rule": {"en": name, "ko": name}, "received": name, "choices": [name]} for name in CORPUS]
    job = {
        "id": "j",
        "kind": "compare",
        "state": "failed",
        "revision": 1,
        "commands": ["resume"],
        "order": None,
        "comparison": "c",
    }
    job |= {"title": {**said, "en": CORPUS[0]}, "place": None, "commands": ["resume"], "faults": faults}
    job |= {"progress": {"runs": None, "ended": 0, "epochs": None, "done": 0}}
    runs = [
        {"run": name, "arm": name, "seed": 0, "epochs": 1, "state": "finished", "metrics": []} for name in CORPUS[:40]
    ]
    arms = [{"name": name, "label": {"en": name, "ko": name}} for name in CORPUS[:40]]
    with opened(browser, lab.address, width=360) as here:
        page = here.page
        answers = {
            "comparisons": {"comparisons": kept, "faults": faults},
            "jobs": {"jobs": [job]},
            "jobs/j": {**job, "arms": arms, "runs": runs},
        }
        for path, data in answers.items():
            page.route(f"**/api/{path}", answering(json.dumps(data)))
        page.route("**/api/events", lambda route: route.abort())
        here.show("#/all")
        page.reload()
        page.locator(".kept-item").nth(len(CORPUS) - 1).wait_for()
        shown = page.locator(".kept-headline").all_text_contents()
        assert [joined(text) for text in shown] == [joined(name) for name in CORPUS], "each is there, letter by letter"
        here.show("#/train/j")
        page.locator(".run-cell").nth(39).wait_for()
        assert page.evaluate(OVERFLOWING) == []
        assert page.locator("main script, main img, main iframe, main style, main form").count() == 0
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        assert [said for said in here.noise if "dialog" in said or "Refused" in said or "Error:" in said] == []


def test_a_form_shows_all_faults_and_keeps_itself_in_the_address(browser: Browser, lab: Served) -> None:
    with opened(browser, lab.address) as here:
        page = here.show(form_address(seeds="0", epochs="2"))
        page.locator(".faults li").first.wait_for()
        assert page.locator("[data-key=start]").is_disabled()
        page.locator("[data-key=seeds]").fill("3")
        page.locator("[data-key=start]:enabled").wait_for()
        page.wait_for_url("**seeds=3**")
        page.reload()
        assert page.locator("[data-key=seeds]").input_value() == "3"
        assert page.locator("[data-key=value-sigmoid]").is_checked()
        page.locator("[data-key=preset-pooling]").check()
        page.locator("[data-key=value-avg]").wait_for()
        page.wait_for_url("**factor=pooling**")
        assert "train_size" not in page.url


def test_the_client_of_the_tests_sees_what_the_page_started(browser: Browser, lab: Served) -> None:
    jobs = Client(lab.address).enter().get("/api/jobs").json["jobs"]
    assert all(job["state"] != "failed" for job in jobs)
