"""The JSON contract: its structure is pinned by a golden file, and docs/json.md names every field of it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from paribus.comparison.words.json_view import JSON_SCHEMA, comparison_json
from paribus.comparison.words.verdict_text import verdict_words
from paribus.diagnosis.words.explanation_json import explained_json
from paribus.maps.words.map_words import map_json, map_words
from paribus.programs.recipe.recipe import FIELDS
from paribus.records.comparison import Estimate, Repeat
from paribus.records.exaggeration import Overstated
from paribus.records.outlying_run import FarRun
from tests.diagnosis.explanations import EVERY_KIND, an_explanation
from tests.factories import CASES, make_comparison
from tests.map_cases import a_map

GOLDEN = Path(__file__).parent / "golden" / "comparison_json.txt"  # schema 1, of comparisons of recipes
PROGRAMS = GOLDEN.with_name("program_json.txt")  # what every program has, beside it
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "json.md"
# Objects whose keys are data: the fields that happen to differ.
MAPS = {"differences"}
# Objects with an entry for each metric, or each figure by epoch.
BY_METRIC = ("arms[].figures", "runs[].figures", "runs[].curves")
# `explanation` holds a comparison again, and five lists of the same objects: the first stands for all in the document.
# So do `pairs` for the pairs by other metrics.
AGAIN = re.compile(
    r"explanation\.((repaired|remedies|contributing|ruled_out|no_effect_seen|not_established)(\.|\[))|other_pairs\["
)


def views() -> list[dict[str, Any]]:
    """All cases, and the lesson with an explanation."""
    lesson = make_comparison("lesson")
    explained = (an_explanation(*EVERY_KIND, comparison=lesson), an_explanation(complete=True))
    plain = [explained_json(make_comparison(case), None) for case in CASES]
    repeat = Repeat(arm="relu", seed=0, metric="test_accuracy", first=0.5, again=None, share=None)
    repeats = [repeat, repeat.model_copy(update={"again": 0.6, "share": 0.1, "first": None})]
    plain += [explained_json(lesson.model_copy(update={"repeat": repeat}), None) for repeat in repeats]
    far = FarRun(arm="relu", seed=4, figure=0.6, spreads=-40.0, low=0.91, high=0.93)
    much = Overstated(as_seen=1.2, if_half=1.8)
    rest = Estimate(mean=0.82, low=0.81, high=0.83, level=0.95, n=5)
    pair = lesson.pairs[0].model_copy(update={"far_runs": (far,), "without_far": rest, "overstated": much})
    single = pair.model_copy(update={"without_far": rest.model_copy(update={"low": None, "high": None})})
    plain += [explained_json(lesson.model_copy(update={"pairs": (each,)}), None) for each in (pair, single)]
    return plain + [explained_json(lesson, explanation) for explanation in explained]


def structure(value: Any, path: str = "") -> set[str]:
    """Every path with the type of what stands there: `arms[].runs[].seed: integer`."""
    if isinstance(value, dict):
        found = {f"{path}: object"} if path else set()
        if path in MAPS:
            return found
        keys = ["METRIC"] * len(value) if path.endswith(BY_METRIC) else list(value)
        return found.union(
            *(structure(item, f"{path}.{key}" if path else key) for key, item in zip(keys, value.values(), strict=True))
        )
    if isinstance(value, list):
        return {f"{path}: list"}.union(*(structure(item, f"{path}[]") for item in value))
    kinds = {bool: "boolean", int: "integer", float: "number", str: "string", type(None): "null"}
    return {f"{path}: {kinds[type(value)]}"}


def merged() -> str:
    """The structure of all cases together, one path a line with all types that it takes."""
    types: dict[str, set[str]] = {}
    for view in views():
        for line in structure(view):
            path, _, kind = line.rpartition(": ")
            types.setdefault(path, set()).add(kind)
    return "".join(f"{path}: {' or '.join(sorted(kinds))}\n" for path, kinds in sorted(types.items()))


def golden() -> list[str]:
    return [line for file in (GOLDEN, PROGRAMS) for line in file.read_text(encoding="utf-8").splitlines()]


def test_the_structure_is_the_golden_one() -> None:
    assert merged().splitlines() == sorted(golden(), key=lambda line: line.rpartition(": ")[0])


def documented_paths() -> set[str]:
    of_comparisons = DOCUMENT.read_text(encoding="utf-8").partition("\n## A loop of edits\n")[0]
    return set(re.findall(r"^\| `([^`]+)` \|", of_comparisons, re.MULTILINE))


def test_every_field_is_documented_and_every_documented_field_is_there() -> None:
    documented = {path for path in documented_paths() if not path.startswith("map.")}
    paths = {line.rpartition(": ")[0] for line in golden()}
    whole = ("arms[].recipe.", "arms[].fields.", "explanation.fields.")
    fields = {path for path in paths if not path.endswith("[]") and not path.startswith(whole)}
    elsewhere = {"constant_answer"}  # of targets that are numbers: tests/recipe/test_tables_and_numbers.py
    assert documented == {path for path in fields if not AGAIN.match(path)} | elsewhere
    causes = {path.partition("causes")[2] for path in fields if "causes[" in path}
    for kind in ("remedies", "contributing", "no_effect_seen", "not_established"):
        assert {path.partition(kind)[2] for path in fields if path.startswith(f"explanation.{kind}[")} <= causes
    repaired = {path.removeprefix("explanation.repaired.") for path in fields if "repaired." in path}
    assert {path for path in repaired if not path.startswith("differences.")} <= paths
    of_a_pair, of_other = ({p[len(k) :] for p in fields if p.startswith(k)} for k in ("pairs[].", "other_pairs[]."))
    assert of_a_pair - of_other == {
        "images_low",
        "images_high",
        "overstated.as_seen",
        "overstated.if_half",
        *(f"mcnemar[].{n}" for n in ("seed", "only_a", "only_b", "p")),
    }
    assert of_other <= of_a_pair


def test_every_field_of_a_map_is_documented() -> None:
    view = map_json(a_map())
    assert json.loads(json.dumps(view, allow_nan=False)) == view
    paths = {line.rpartition(": ")[0] for line in structure(view)}
    fields = {p for p in paths if not p.endswith("[]") and not p.startswith(("recipe.", "fields.", "environment."))}
    assert {path for path in documented_paths() if path.startswith("map.")} == {f"map.{path}" for path in fields}
    assert view["text"] == {lang: map_words(a_map(), lang) for lang in ("en", "ko")}


def test_the_documented_version_is_the_real_one() -> None:
    assert f"now {JSON_SCHEMA} |" in DOCUMENT.read_text(encoding="utf-8")


@pytest.mark.parametrize("case", CASES)
def test_it_is_strict_json(case: str) -> None:
    view = comparison_json(make_comparison(case))
    assert json.loads(json.dumps(view, allow_nan=False)) == view


def test_what_the_issue_asks_for() -> None:
    comparison = make_comparison("lesson")
    view = comparison_json(comparison)
    assert view["schema"] == 1
    assert view["factor"] == "activation"
    assert view["seeds"] == 6
    assert view["confounded"] is False
    sigmoid, relu = view["arms"]
    assert (sigmoid["name"], sigmoid["value"], sigmoid["trained"]) == ("sigmoid", "sigmoid", 0)
    assert set(relu["recipe"]) == set(FIELDS)
    run_means = [run["test_accuracy"] for run in relu["runs"]]
    assert relu["test_accuracy"]["mean"] == pytest.approx(sum(run_means) / 6)
    assert relu["test_accuracy"]["low"] < relu["test_accuracy"]["mean"] < relu["test_accuracy"]["high"]
    assert [run["seed"] for run in relu["runs"]] == [0, 1, 2, 3, 4, 5]
    assert all(len(run["val_accuracy"]) == len(run["train_loss"]) == 15 for run in relu["runs"])
    (pair,) = view["pairs"]
    assert (pair["a"], pair["b"], pair["verdict"]) == ("sigmoid", "relu", "b_better")
    assert pair["p_min"] == pytest.approx(2 / 2**6)
    assert view["verdict"] == {lang: verdict_words(comparison, lang) for lang in ("en", "ko")}


def test_not_a_number_is_null() -> None:
    slow, fast = comparison_json(make_comparison("diverged"))["arms"]
    assert [run["status"] for run in fast["runs"]].count("diverged") == 2
    assert fast["runs"][0]["train_loss"][-1] is None
    assert fast["runs"][0]["test_accuracy"] is None
    assert None not in slow["runs"][0]["train_loss"]


def test_an_arm_without_any_accuracy_still_has_the_object() -> None:
    _, fast = comparison_json(make_comparison("all_diverged"))["arms"]
    assert fast["test_accuracy"] == {"mean": None, "low": None, "high": None, "level": None, "n": 0, "over": "all"}
