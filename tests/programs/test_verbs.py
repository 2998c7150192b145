"""Whatever a user names goes through the public verbs: functions, commands, files of fields, and what is refused."""

from __future__ import annotations

import random
import shlex
from pathlib import Path

import pytest

import paribus as pb
from paribus.cli.compare import _design
from paribus.cli.main import parsed
from paribus.cli.program_options import read_program
from paribus.core.errors import FaultsError, ParibusError
from paribus.programs.resolve_program import program_named
from paribus.results import ComparisonResult
from paribus.runs.registry import program_of
from tests.programs.polynomial import made_known

SCRIPT = "import sys, random; print('{\"score\": %f}' % (random.Random(sys.argv[1]).random() + len(sys.argv[2])))"
COMMAND = ["python", "-c", SCRIPT.replace("{", "{{").replace("}", "}}"), "{seed}", "{word}"]


def fit(seed: int, *, size: int = 1, name: str = "a") -> dict[str, float]:
    return {"error": random.Random(seed).random() / size, "accuracy": 0.5}


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PARIBUS_OUT", raising=False)


def again(result: ComparisonResult) -> str:
    """The comparison's own command, parsed and planned: the id of what it would compare."""
    options = parsed(shlex.split(result.comparison.command)[1:])
    return _design(options, read_program(options)).id


@pytest.mark.slow
def test_a_function_is_compared_and_its_command_gives_the_comparison_again() -> None:
    found = pb.compare("size", [1, 2], program=fit, metric=["error:min", "accuracy"], seeds=3, trained="error<9")
    comparison = found.comparison
    assert comparison.metric.text == "error:min"
    assert comparison.margin == 0.0, "nothing is called equal without a margin"
    assert [arm.trained for arm in comparison.arms] == [3, 3]
    words = shlex.split(comparison.command)
    assert words[:4] == ["paribus", "compare", f"{__name__}:fit", "size=1,2"]
    assert {"--metric=error:min", "--metric=accuracy", "--trained=error<9"} <= set(words)
    assert again(found) == comparison.id
    other = pb.compare("size", [1, 2], program=fit, metric="error:min", seeds=3, trained="error<0.001")
    assert [arm.trained for arm in other.comparison.arms] == [0, 0], "what trained means is asked anew"


@pytest.mark.slow
def test_a_command_is_compared_and_its_command_gives_the_comparison_again() -> None:
    found = pb.compare("word", ["a", "b,c", "0.1", "1e-1", "'q'"], program=COMMAND, metric="score", seeds=2, margin=0.5)
    assert [arm.value for arm in found.comparison.arms] == ["a", "b,c", "0.1", "1e-1", "'q'"]
    words = shlex.split(found.comparison.command)
    assert words[words.index("--") + 1 :] == COMMAND
    assert "--margin=0.5" in words
    assert again(found) == found.comparison.id
    assert program_of(found.comparison.program).info == found.comparison.program


def test_two_files_of_fields_are_arms_of_any_program() -> None:
    for name, degree in (("line", 1), ("cubic", 3)):
        Path(f"{name}.toml").write_text(f"degree = {degree}\n")
    options = parsed(["compare", "line.toml", "cubic.toml", "--seeds=2"])
    design = _design(options, made_known())
    assert (design.factor, [arm.value for arm in design.arms]) == ("degree", [1, 3])
    assert design.recipe_name == "line / cubic"


def test_a_start_is_named_by_what_was_changed(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("degree = 5\nridge = 0.5\n")
    fields, name = made_known().start("mine.toml", {"chunk": 8})
    assert (fields["degree"], fields["ridge"], fields["chunk"], name) == (5, 0.5, 8, "mine, chunk=8")
    with pytest.raises(FaultsError) as caught:
        made_known().start(None, {"degre": 1, "chunk": -1})
    assert len(caught.value.faults) == 2


@pytest.mark.parametrize(
    ("what", "options", "said"),
    [
        (None, {"shell": True}, "--shell is of functions and commands"),
        (None, {"metric": "val_loss:min"}, "judged by test_accuracy:max"),
        (fit, {"metric": "error:min", "metrics_from": "x.json"}, "no --metrics-from"),
        (fit, {}, "--metric NAME"),
        (fit, {"metric": "error"}, "error:min or error:max"),
        (["echo", "{seed}"], {"metric": "x", "trained": "yes"}, "val_acc>0.2"),
        (["echo"], {"metric": "x"}, "--unpaired"),
        (3, {"metric": "x"}, "or a command's words in a list; got 3"),
        (["echo", 3], {"metric": "x"}, "or a command's words in a list"),
    ],
)
def test_an_option_that_cannot_be_is_refused(what: object, options: dict[str, object], said: str) -> None:
    with pytest.raises(ParibusError) as caught:
        program_named(what, options)  # type: ignore[arg-type]
    assert said in str(caught.value)


def test_a_list_of_seeds_is_refused_with_what_says_where_they_begin() -> None:
    with pytest.raises(ParibusError, match="seeds must be a whole number; got"):
        pb.compare("size", [1, 2], program=fit, metric="error:min", seeds=[5, 6])  # type: ignore[arg-type]


def test_the_recipe_is_what_is_meant_where_nothing_is_named() -> None:
    assert program_named(None, {"metric": "test_accuracy"}).info.judged == "test_accuracy"
    usual = program_named(None, {"at": "last", "repeat_check": True, "depends": [], "time_limit": None})
    assert usual.info == program_named().info
