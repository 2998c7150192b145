"""Explanations and maps of a program that is no recipe: a loss, less being better, and no meaning of *trained*."""

from __future__ import annotations

from typing import Any

import pytest

import paribus as pb
from paribus.diagnosis.words.explanation import explanation_headline, explanation_sections
from paribus.diagnosis.words.explanation_json import explanation_json
from paribus.figures.map import grid_view
from paribus.maps.words.map_words import map_json, map_words
from paribus.records.explanation import Explanation, Spent, Symptoms
from paribus.records.intervention import OFF_DEFAULT, Effect, Intervention, Kind
from paribus.records.intervention import Tested as Outcome
from paribus.records.map import Axis, CellArm, CellPair, MapArm, MapCell, VerdictMap
from paribus.records.program import Fields, Label, Metric, ProgramInfo
from paribus.report import render
from paribus.report.notebook import comparison_html, comparison_text
from paribus.words.translation import LANGUAGES
from tests.diagnosis.explanations import a_change
from tests.factories import make_comparison
from tests.page.page import read_page

LOSS = Metric(name="error", direction="min", unit="", label=Label(en="squared error", ko="제곱 오차"))
FIT = ProgramInfo(kind="fit", name="polynomial", metrics=(LOSS,), steers="error", judged="error")
FIELDS = Fields(degree=3, penalty=300.0)
BACK = a_change("penalty", 300.0, 0.3, OFF_DEFAULT)
SMALLER = a_change("penalty", 300.0, 30.0)
HIGHER = a_change("degree", 3, 30)


def an_effect(after: float, *, seeds: int = 3) -> Effect:
    several = seeds > 1
    return Effect(
        epochs=1,
        seeds=tuple(range(seeds)),
        before=3.2,
        after=after,
        low=after - 3.2 - 0.2 if several else None,
        high=after - 3.2 + 0.2 if several else None,
        explained_before=-3.2,
        explained_after=-after,
        explained_low=3.2 - after - 0.2 if several else None,
        trained_before=None,
        trained_after=None,
    )


def outcome(intervention: Intervention, kind: Kind, after: float, *, confirmed: bool = True) -> Outcome:
    long = an_effect(after) if confirmed else None
    return Outcome(intervention=intervention, kind=kind, screened=an_effect(after, seeds=1), confirmed=long)


CAUSE = outcome(BACK, "cause", 0.11)
PART = outcome(SMALLER, "contributing", 1.9)
NOTHING = outcome(HIGHER, "no_effect_seen", 3.21, confirmed=False)


def explained(*tested: Outcome) -> Explanation:
    return Explanation(
        program=FIT,
        fields=FIELDS,
        subject="polynomial",
        arm="",
        symptoms=(Symptoms(arm="", seeds=(0, 1, 2), findings=(), traced=False),),
        tested=tested,
        repaired=None,
        spent=Spent(allowed=None, seconds=1.0, complete=True),
    )


def said(explanation: Explanation, lang: Any) -> str:
    sections = explanation_sections(explanation, None, lang)
    return "\n".join(sentence for section in sections for sentence in section.sentences)


def test_the_cause_is_named_with_its_figures_and_what_was_not_measured() -> None:
    explanation = explained(CAUSE, PART, NOTHING)
    headline = explanation_headline(explanation, None, "en")
    assert headline == "polynomial does worse because of penalty 300. Setting it to 0.3 fixes it."
    text = said(explanation, "en")
    assert "no mechanism could be measured" in text
    assert "penalty 300 → 0.3 wins back what was lost: squared error 3.2 → 0.1, −3.1 (−3.3 to −2.9; 3 seeds)." in text
    assert "With penalty 300 put back the same fresh seeds are at 3.200 again. How it acts was not measured" in text
    assert "penalty 300 → 30 helps, but wins back only a part: " in text
    assert "degree 3 → 30: no effect seen in 1 seed (squared error 3.2000 → 3.2100)." in text


def test_runs_that_diverged_have_no_number_and_where_nothing_could_be_tested_that_is_said() -> None:
    nan = float("nan")
    lost = an_effect(0.11).model_copy(update={"before": nan, "low": nan, "high": nan})
    text = said(explained(CAUSE.model_copy(update={"confirmed": lost})), "en")
    assert "wins back what was lost: squared error no number → 0.110 (3 seeds)." in text
    assert "at no number again" in text
    assert explanation_headline(explained(), None, "en").startswith("There was nothing to test")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("tested", [(CAUSE, PART, NOTHING), (outcome(BACK, "remedy", 0.1), PART), (PART,), (NOTHING,)])
def test_nothing_is_said_of_training_accuracies_or_shares(lang: Any, tested: tuple[Outcome, ...]) -> None:
    text = f"{explanation_headline(explained(*tested), None, lang)}\n{said(explained(*tested), lang)}"
    for word in ("train", "accura", "valid", "percentage", "학습", "정확도", "검증", "%p"):
        assert word not in text.replace("95 %", "").replace("95%", "")


def test_json_has_the_program_and_no_key_of_recipes() -> None:
    view = explanation_json(explained(CAUSE))
    assert view["program"] == {"kind": "fit", "name": "polynomial", "identity": "", "at": "last"}
    assert [(m["name"], m["direction"], m["primary"]) for m in view["metrics"]] == [("error", "min", True)]
    assert view["fields"] == {"degree": 3, "penalty": 300.0}
    assert view["causes"][0]["effect"]["trained_before"] is None
    assert view["causes"][0]["finding"] == OFF_DEFAULT


def a_map() -> VerdictMap:
    """Of two cells: one is decided, one is open."""
    arms = tuple(CellArm(name=name, runs=4, counted=4, trained=None, value=v) for name, v in (("1", 0.9), ("3", 0.1)))
    better = CellPair(
        a="1", b="3", difference=-0.8, low=-0.9, high=-0.7, p=0.001, verdict="b_better", reason="difference"
    )
    cells = (
        MapCell(
            at=(0.3,), state="better", winner="3", epochs=1, seeds=(0, 1, 2, 3), look=1, arms=arms, pairs=(better,)
        ),
        MapCell(at=(300.0,), state="open", epochs=1),
    )
    return VerdictMap(
        id="map-degree",
        program=FIT,
        factor="degree",
        fields=FIELDS,
        recipe_name="polynomial",
        arms=(MapArm(name="1", value=1), MapArm(name="3", value=3)),
        axes=(Axis(field="penalty", values=(0.3, 300.0)),),
        cells=cells,
        epochs=1,
        margin=0.05,
        alpha=0.04,
        seconds=1.0,
        complete=True,
        runs=(),
        environment=make_comparison("lesson").environment,
        command="",
        created="2026-11-29T21:00:00+00:00",
        paribus="0.1.0",
    )


def test_a_map_is_told_in_the_metric_of_its_program() -> None:
    made = a_map()
    equal = made.cells[0].model_copy(update={"state": "equal", "winner": None})
    assert "(within 0.05 of squared error)" in map_words(made.model_copy(update={"cells": (equal,)}), "en")
    view = map_json(made)
    assert "recipe" not in view
    assert view["cells"][0]["arms"][1] == {"name": "3", "runs": 4, "counted": 4, "trained": None, "value": 0.1}
    told = view["cells"][0]["text"]["en"]
    assert told == "degree=3 is better. degree=3 minus degree=1: −0.80 of squared error (95 % interval −0.90 to −0.70)."
    grid = grid_view(made, "en")
    assert grid.details == "numbers: degree=3 minus degree=1"
    assert grid.cells[0][0].detail == "−0.80"
    for lang in LANGUAGES:
        for word in ("train", "accura", "학습", "정확도"):
            assert word not in map_words(made, lang)


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_a_comparison_of_plain_figures_is_a_whole_report_without_what_only_networks_have(lang: str) -> None:
    losses = {"before": [0.52, 0.55, 0.51, 0.56, 0.53], "after": [0.47, 0.49, 0.46, 0.51, 0.48]}
    comparison = pb.judge(losses, metric="loss:min", margin=0.005).comparison
    shown = read_page(render(comparison, lang)).text + comparison_text(comparison, lang)
    assert comparison.pairs[0].verdict == "b_better"
    assert "0.482" in comparison_text(comparison, lang)
    assert "0.482" in comparison_html(comparison, lang)
    for word in ("accurac", "정확도", "percentage points", "%p", "Runs that trained", "학습에 성공", "onfusion"):
        assert word not in shown
