"""The lab page shows a comparison of a program that is no recipe, and why, from the store."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from paribus.comparison.compare import run_plan
from paribus.comparison.fair_design import design_from_factor
from paribus.diagnosis.explain import explain
from paribus.runs.planning import Settings, make_plan
from paribus.web.server import ServerOptions
from tests.programs.polynomial import FAULT, made_known, two_degrees
from tests.web.client import Client
from tests.web.conftest import serving
from tests.web.page import opened

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.mark.slow
def test_a_comparison_of_any_program_is_shown(tmp_path: Path) -> None:
    program = made_known()
    design = design_from_factor(program, "degree", (1, 3), program.fields({"ridge": FAULT}), "polynomial", range(4))
    with ThreadPoolExecutor(1) as executor:
        made = run_plan(make_plan(design, Settings(tmp_path, workers=1)), 0.0005, executor=executor)
        explain(made, workers=1, device="cpu", executor=executor)
    name = made.comparison.id
    with serving(ServerOptions(tmp_path, port=0, workers=1)) as served:
        client = Client(served.address).enter()
        listed = {one["id"]: one for one in client.get("/api/comparisons").json["comparisons"]}
        assert listed[name]["headline"]["en"]
        shown = client.get(f"/api/comparisons/{name}").json
        assert shown["comparison"]["program"]["kind"] == "polynomial"
        assert shown["order"] is None, "the form asks for recipes"
        drawn = {lang: client.get(f"/api/comparisons/{name}/verdict?lang={lang}").json["html"] for lang in ("en", "ko")}
        assert "squared error" in drawn["en"]
        assert shown["why"] is not None
        assert shown["networks"] is False
        for lang in ("en", "ko"):
            for part in ("why", "curves", "verdict", "lab", "report"):
                answer = client.get(f"/api/comparisons/{name}/{part}?lang={lang}")
                assert answer.status in (200, 404), (part, answer.status)
        text = json.dumps(shown["pairs"], ensure_ascii=False) + drawn["en"] + drawn["ko"]
        assert not re.search(r"accurac|image|정확도|이미지|%p|percentage point", text, re.IGNORECASE)
        run = shown["comparison"]["arms"][0]["runs"][0]["id"]
        for part in ("weights", "images", "story"):
            assert client.get(f"/api/runs/{run}/{part}").status in (200, 404), part


@pytest.mark.browser
def test_its_page_has_curves_and_asks_for_no_networks(browser: Browser, places: None, tmp_path: Path) -> None:
    with ThreadPoolExecutor(1) as executor:
        name = two_degrees(2, 0.05, tmp_path, executor).comparison.id
    with serving(ServerOptions(tmp_path, port=0)) as served, opened(browser, served.address) as lab:
        page = lab.show(f"#/verdict/{name}")
        page.get_by_role("heading", name="Look inside").wait_for()
        page.evaluate("window.scrollTo(0, document.body.scrollHeight)")  # it is mounted when it comes near
        page.get_by_role("button", name="Logarithmic axis").wait_for()
        assert page.get_by_text("Step 12").count() == 1
        assert "networks" not in page.locator("main").inner_text()
        assert lab.noise == [], "nothing was asked for that is not there"
