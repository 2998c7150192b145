"""The lab page shows a comparison of a program that is no recipe, and why, from the store."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from paribus.comparison.compare import run_plan
from paribus.comparison.design import design_from_factor
from paribus.diagnosis.explain import explain
from paribus.runs.planning import Settings, make_plan
from paribus.web.server import ServerOptions
from tests.programs.polynomial import FAULT, made_known
from tests.web.client import Client
from tests.web.conftest import serving


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
        for lang in ("en", "ko"):
            for part in ("why", "curves", "verdict", "lab", "report"):
                answer = client.get(f"/api/comparisons/{name}/{part}?lang={lang}")
                assert answer.status in (200, 404), (part, answer.status)
        text = json.dumps(shown["pairs"], ensure_ascii=False) + drawn["en"] + drawn["ko"]
        assert not re.search(r"accurac|image|정확도|이미지|%p|percentage point", text, re.IGNORECASE)
        run = shown["comparison"]["arms"][0]["runs"][0]["id"]
        for part in ("weights", "images", "story"):
            assert client.get(f"/api/runs/{run}/{part}").status in (200, 404), part
