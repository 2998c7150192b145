"""Why, and maps, of the second program: from its runs to words, JSON, report and drawing."""

from __future__ import annotations

import json
from concurrent.futures import Executor
from pathlib import Path

import pytest

import paribus as pb
from paribus.diagnosis.explain import planned
from paribus.diagnosis.words.explanation import explanation_headline
from paribus.diagnosis.words.explanation_json import explanation_json
from paribus.maps.grid import grid_for
from paribus.maps.run_map import plan_map, run_map
from paribus.records.explanation import Explanation
from paribus.results import ComparisonResult
from paribus.runs.planning import Settings
from paribus.words.translation import LANGUAGES
from tests.programs.polynomial import FAULT, made_known, two_degrees


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory, executor: Executor) -> ComparisonResult:
    return two_degrees(4, 0.05, tmp_path_factory.mktemp("polynomial"), executor)


@pytest.fixture(scope="module")
def explained(compared: ComparisonResult, executor: Executor) -> Explanation:
    return pb.explain(compared, workers=1, executor=executor)


def test_the_penalty_is_named_and_the_comparison_is_made_again_without_it(explained: Explanation) -> None:
    (cause,) = [t for t in explained.tested if t.kind == "cause"]
    (change,) = cause.intervention.changes
    assert (change.factor, change.before, change.after) == ("ridge", FAULT, 0.01)
    assert cause.confirmed is not None
    assert min(cause.confirmed.seeds) >= 4
    assert {c.factor for t in explained.tested for c in t.intervention.changes} == {"ridge", "chunk", "steps"}
    assert {t.kind for t in explained.tested if t.intervention.changes[0].factor != "ridge"} == {"no_effect_seen"}
    assert explained.repaired is not None
    assert {arm.fields["ridge"] for arm in explained.repaired.arms} == {0.01}
    (pair,) = explained.repaired.pairs
    assert (pair.a, pair.b, pair.verdict) == ("1", "3", "b_better"), "less error is better"
    assert explained.interaction is not None
    assert all(cost.cost is not None and cost.cost > 0.3 for cost in explained.interaction.costs), "it costs both"
    assert all(cell.trained is None for cell in explained.interaction.cells)


def test_it_is_told_in_words_and_json_and_stands_in_the_report(
    compared: ComparisonResult, explained: Explanation, tmp_path: Path
) -> None:
    said = explanation_headline(explained, compared.comparison, "en")
    assert said == "degree=1 does worse because of ridge 10. Setting it to 0.01 fixes it."
    view = explanation_json(explained)
    assert json.loads(json.dumps(view, allow_nan=False))["causes"][0]["factor"] == "ridge"
    assert view["program"]["kind"] == "polynomial"
    assert (view["saturation"], view["claims"]) == ([], [])
    assert compared.to_dict()["explanation"]["causes"] == json.loads(json.dumps(view["causes"]))
    for lang in LANGUAGES:
        report = compared.in_language(lang).report(tmp_path / f"{lang}.html").read_text(encoding="utf-8")
        assert 'id="why"' in report
        why = report[report.index('id="why"') :].partition("</section>")[0]
        assert "1.04 → 0.22" in why or "1.038 → 0.222" in why
        assert not [word for word in ("None of", "trained", "accura", "정확도", "학습 성공") if word in why]


def test_a_dry_run_says_what_would_be_tried(compared: ComparisonResult) -> None:
    assert planned(compared).interventions[0].changes[0].factor == "ridge"


def test_a_map_says_where_which_degree_is_better(tmp_path: Path, executor: Executor) -> None:
    grid = grid_for(
        "degree", [1, 3], {"ridge": [0.001, FAULT]}, None, {}, seeds=8, epochs=12, margin=0.05, program=made_known()
    )
    how = Settings(tmp_path, workers=1)
    plan = plan_map(grid, how)
    assert (plan.cells, plan.runs_least, plan.seconds_least) == (2, 8, None)
    made = run_map(grid, how, executor=executor)
    good, spoilt = made.map.cells
    assert (good.state, good.winner) == ("better", "3")
    assert spoilt.winner is None
    assert all(arm.trained is None for arm in good.arms)
    view = made.to_dict()
    assert "recipe" not in view
    assert view["metrics"][0]["direction"] == "min"
    assert "better in 1 of 2 cells" in made.verdict
    assert made.in_language("ko").verdict != made.verdict
    assert made._repr_png_().startswith(b"\x89PNG")
