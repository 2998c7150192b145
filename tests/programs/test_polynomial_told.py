"""The second program compared, told, explained and mapped: as any program is, and as no recipe."""

from __future__ import annotations

import json
import re
from concurrent.futures import Executor
from pathlib import Path

import pytest

import paribus as pb
from paribus.cli.main import main
from paribus.records.intervention import OFF_DEFAULT
from paribus.results import ComparisonResult
from paribus.runs.store import Store
from tests.programs.polynomial import FAULT, INFO, made_known, two_degrees

RECIPES_OWN = re.compile(r"accurac|image|LeNet|confusion|정확도|이미지|percentage point|퍼센트포인트|%p", re.IGNORECASE)


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory, executor: Executor) -> ComparisonResult:
    return two_degrees(6, 0.0005, tmp_path_factory.mktemp("lab"), executor)


def test_less_is_better_and_the_verdict_says_so(compared: ComparisonResult) -> None:
    comparison = compared.comparison
    (pair,) = comparison.pairs
    line, cubic = comparison.arms
    assert (comparison.program, comparison.metric.name) == (INFO, "loss")
    means = [arm.figures["loss"].mean for arm in (line, cubic)]
    assert pair.difference == pytest.approx(means[1] - means[0])
    better = "b_better" if means[1] < means[0] else "a_better"
    assert (pair.verdict, pair.reason) == (better, "difference")
    assert [arm.trained for arm in (line, cubic)] == [None, None]
    assert Store(compared.store.root).load_comparison(comparison.id) == comparison


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_it_is_told_without_a_word_of_the_recipe_s(compared: ComparisonResult, lang: str, tmp_path: Path) -> None:
    told = compared.in_language(lang)
    metric = {"en": "squared error", "ko": "제곱 오차"}[lang]
    for text in (told.verdict, str(told), told._repr_html_()):
        assert metric in text
        assert not RECIPES_OWN.findall(text)
    page = told.report(tmp_path / "report.html").read_text(encoding="utf-8")
    shown = re.sub(r"<script.*?</script>|<style.*?</style>", "", page, flags=re.DOTALL)
    assert metric in shown
    assert not RECIPES_OWN.findall(re.sub(r"<[^>]*>", " ", shown))


def test_json_has_the_keys_of_every_program_and_none_of_the_recipe_s(compared: ComparisonResult) -> None:
    told = json.loads(json.dumps(compared.to_dict()))
    assert told["program"] == {"kind": "polynomial", "name": "polynomial", "identity": INFO.identity, "at": "last"}
    (metric,) = told["metrics"]
    assert (metric["name"], metric["direction"], metric["primary"]) == ("loss", "min", True)
    arm = told["arms"][0]
    assert (arm["value"], arm["fields"]["ridge"]) == (1, FAULT)
    assert arm["figures"]["loss"]["n"] == 6
    assert set(arm["runs"][0]["figures"]) == {"loss"}
    assert {"difference", "low", "high", "items_low", "items_high", "verdict", "reason"} <= set(told["pairs"][0])
    text = json.dumps({**told, "text": None, "environment": None})
    assert not re.search(r"test_accuracy|class_names|confusion|disagreements|prior_entropy|\"recipe\"", text)


def test_why_names_the_penalty_on_fresh_seeds_and_repairs_the_comparison(
    compared: ComparisonResult, executor: Executor
) -> None:
    found = pb.explain(compared, workers=1, device="cpu", executor=executor)
    (cause,) = found.of("cause")
    (change,) = cause.intervention.changes
    assert (change.factor, change.before, change.after, cause.intervention.finding) == (
        "ridge",
        FAULT,
        0.01,
        OFF_DEFAULT,
    )
    assert cause.confirmed is not None
    assert not set(cause.confirmed.seeds) & set(compared.comparison.seeds)
    chunk = [t for t in found.tested if t.intervention.changes[0].factor == "chunk"]
    assert chunk
    assert {t.kind for t in chunk} == {"no_effect_seen"}
    assert found.repaired is not None
    assert all(arm.fields["ridge"] == 0.01 for arm in found.repaired.arms)
    assert found.repaired.pairs[0].verdict == "b_better", "a cubic fits better once the penalty is gone"
    told = compared.to_dict()
    assert told["explanation"]["causes"]


def test_a_map_says_where_which_degree_wins(tmp_path: Path, executor: Executor) -> None:
    made = pb.map_verdict(
        "degree",
        [1, 3],
        {"ridge": [0.01, FAULT]},
        program=made_known(),
        seeds=6,
        margin=0.01,
        out=tmp_path,
        workers=1,
        executor=executor,
    )
    assert made.map.cell(0.01).winner == "3"
    assert made.map.program == INFO
    for lang in ("en", "ko"):
        assert not RECIPES_OWN.findall(str(made.in_language(lang)))
    assert Store(tmp_path).load_map(made.map.id) == made.map


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_commands_show_it(compared: ComparisonResult, lang: str, capsys: pytest.CaptureFixture[str]) -> None:
    store, comparison = compared.store.root, compared.comparison
    run = comparison.arms[0].runs[0].id
    metric = {"en": "squared error", "ko": "제곱 오차"}[lang]
    for words in (["list"], ["show", comparison.id], ["show", run], ["show", run, "--json"], ["list", "--json"]):
        given = [*words, "--out", str(store)]
        with pytest.raises(SystemExit) as left:
            main(given if "--json" in words else [*given, "--lang", lang])
        assert left.value.code == 0
        said = capsys.readouterr().out
        assert metric in said.lower() or "loss" in said
        assert not RECIPES_OWN.findall(said)
        if words == ["list"]:
            assert not re.findall("Recipe|Epochs|레시피|에폭", said)
