"""`paribus why`: what it refuses, what it would test, and the whole of it on small data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from paribus.diagnosis.explain import planned
from paribus.runs.budget_runner import BudgetRunner
from paribus.runs.store import Store
from paribus.runs.train_one import load_run
from tests.cli.lab import Done, paribus, refused, well


def spoilt(digits: Path) -> list[str]:
    """The lesson, small and without its own faults, from weights of zero."""
    fields = {"dataset": digits, "validation_fraction": 0.2, "initialisation": "zeros", "weight_decay": 0, "epochs": 2}
    return [f"--set={field}={value}" for field, value in fields.items()]


@pytest.mark.parametrize(
    ("words", "texts"),
    [
        ([], ["a comparison, a run or a recipe", "no comparison yet"]),
        (["lessen"], ['"lessen"']),
        (["nowhere.toml"], ["nowhere.toml", "No such file"]),
        (["lesson", "--budget=soon"], ["--budget", "90s, 5m or 1h", '"soon"']),
        (["lesson", "--budget=0"], ["greater than 0", '"0"']),
        (["lesson", "--set=lr=-1"], ["learning_rate must be greater than 0"]),
        (["lesson", "--set=weight_decay=0,1"], ["one value a field"]),
        (["lesson", "--workers=0"], ["workers must be at least 1"]),
        (["lesson", "--device=tpu"], ["auto, cpu, cuda, mps"]),
    ],
)
def test_what_cannot_be_explained(tmp_path: Path, words: list[str], texts: list[str]) -> None:
    refused(paribus("why", *words, "--out", tmp_path / "lab"), *texts)
    assert not (tmp_path / "lab").exists()


def test_what_was_run_is_explained_as_it_was_run(pair: Done, store: Path) -> None:
    run = pair.json["arms"][0]["runs"][0]["id"]
    refused(paribus("why", run, "--set=epochs=3", "--out", store), "--set changes a recipe", "is a run")
    comparison = pair.json["id"]
    refused(paribus("why", comparison, "--set=epochs=3", "--out", store), "is a comparison")


def test_a_budget_of_a_comparison_is_for_its_explanation(tmp_path: Path) -> None:
    words = ("compare", "activation=sigmoid,relu", "--out", tmp_path / "lab")
    refused(paribus(*words, "--budget=5m"), "--budget", "or by --why, and needs one of them", "5m")
    refused(paribus(*words, "--why", "--budget=soon", "--seeds=0"), "--budget", "soon", "seeds must be at least 1")
    assert not (tmp_path / "lab").exists()


def test_a_dry_run_says_what_would_be_tested_and_trains_nothing(tmp_path: Path) -> None:
    done = well(paribus("why", "lesson", "--set=activation=sigmoid", "--dry-run", "--json", "--out", tmp_path / "lab"))
    assert {"factor": "weight_decay", "from": 0.1, "to": 0.0, "finding": None} in done.json
    assert "Weight decay 0.1 → 0" in done.err
    assert "This would take about " in done.err
    assert not (tmp_path / "lab").exists()


def test_a_dry_run_of_a_run_goes_by_what_it_left(pair, store, monkeypatch) -> None:
    def trained(*_: object) -> None:
        raise AssertionError("a dry run trains nothing")

    monkeypatch.setattr(BudgetRunner, "runs", trained)
    assert planned(load_run(pair.json["arms"][0]["runs"][0]["id"], store)).interventions


@pytest.mark.slow
def test_networks_that_begin_at_zero_are_explained_by_their_initialisation(digits: Path, tmp_path: Path) -> None:
    """And the comparison of two activations under it is made again without it."""
    words = ["compare", "activation=relu,tanh", *spoilt(digits), "--seeds=1", "--why", "--json"]
    done = well(paribus(*words, "--out", tmp_path / "lab", cwd=tmp_path))
    explanation = done.json["explanation"]
    (cause,) = explanation["causes"]
    assert (cause["factor"], cause["from"]) == ("initialisation", "zeros")
    assert (cause["confirmed"], cause["finding"]) == (True, "symmetric_units")
    assert (cause["effect"]["trained_before"], cause["effect"]["trained_after"]) == (0, 3)
    assert min(cause["seeds"]) > 0  # none that the choice was made by
    assert "symmetric_units" in [finding["name"] for finding in explanation["symptoms"][0]["findings"]]
    assert "learning_rate" in [tested["factor"] for tested in explanation["no_effect_seen"]]
    assert [arm["recipe"]["initialisation"] for arm in explanation["repaired"]["arms"]] == [cause["to"]] * 2
    assert "fails to train because of " in done.err
    tells_the_rest(explanation)
    (name,) = [path.name for path in (tmp_path / "lab/comparisons").iterdir() if (path / "explanation.json").exists()]
    shown = well(paribus("show", name, "--lang=ko", "--out", tmp_path / "lab")).out
    assert "원인" in shown
    assert "Tanh의 포화" in shown
    assert 'id="why"' in (tmp_path / "lab/comparisons" / name / "report.html").read_text(encoding="utf-8")
    runs = len(Store(tmp_path / "lab").runs())

    again = well(paribus("why", "--json", "--lang=ko", "--quiet", "--out", tmp_path / "lab"))
    assert again.json["causes"] == explanation["causes"]
    assert "까닭" in again.err
    assert len(Store(tmp_path / "lab").runs()) == runs


def tells_the_rest(explanation: dict[str, Any]) -> None:
    """Saturation of tanh, the arms with the cause and without, and claims: one seed leaves open what is not timed."""
    (saturation,) = explanation["saturation"]
    assert (saturation["arm"], saturation["verdict"]) == ("tanh", "refuted")
    cells = {(cell["arm"], cell["removed"]): cell["trained"] for cell in explanation["interaction"]["cells"]}
    assert cells == {("relu", False): 0, ("tanh", False): 0, ("relu", True): 1, ("tanh", True): 1}
    claims = {claim["name"]: claim for claim in explanation["claims"]}
    assert set(claims) == {"converges_faster", "cheaper", "sparser", "overfits_less"}
    assert {(claim["of"], claim["against"]) for claim in claims.values()} == {("relu", "tanh")}
    assert {claim["verdict"] for name, claim in claims.items() if name != "cheaper"} == {"open"}
    timed = claims["cheaper"]["measured"][0]
    assert (timed["quantity"], timed["seeds"]) == ("timed_epoch", [])
    assert timed["low"] < timed["difference"] < timed["high"]
    repaired, *_, original = claims["converges_faster"]["measured"]
    assert (repaired["repaired"], original["repaired"], original["seeds"]) == (True, False, [])
    assert claims["sparser"]["measured"][0]["of"] > 0.1 > claims["sparser"]["measured"][0]["against"]
