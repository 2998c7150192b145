"""What recipes are called, what `train` takes, and how many epochs `list` counts."""

from __future__ import annotations

from pathlib import Path

import pytest

import paribus as pb
from paribus.cli.main import run
from paribus.cli.parser import make_parser
from paribus.programs.recipe.built_in_recipes import BUILT_IN
from paribus.programs.recipe.recipe_lookup import recipe_name
from paribus.programs.recipe.recipe_text import recipe_to_toml
from paribus.runs import planning, train_one
from paribus.runs.planning import Settings
from paribus.runs.store import Store
from tests.runs.store_cases import new_record, train_epoch


@pytest.mark.parametrize(
    ("start", "settings", "name"),
    [
        ("lesson", {"epochs": 15}, "lesson"),
        ("lesson", {"lr": 0.001, "epochs": 3}, "lesson, epochs=3"),
        ("fair", {"weight_decay": 0.0, "dense_widths": [30]}, "fair, dense_widths=[30]"),
        (BUILT_IN["fair"][0], {}, "fair"),
        (pb.recipe("lesson", epochs=15), {"activation": "tanh"}, "lesson, activation=tanh"),
        (pb.recipe("lesson", epochs=3), {}, "recipe"),
    ],
)
def test_a_recipe_is_called_by_what_differs(start: object, settings: dict[str, object], name: str) -> None:
    assert recipe_name(start, settings) == name


def test_a_file_is_called_by_its_own_name_and_what_differs_from_it(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(recipe_to_toml(pb.recipe("fair", epochs=4)))
    assert recipe_name(path, {"epochs": 4}) == "mine"
    assert recipe_name(path, {"epochs": 15}) == "mine, epochs=15"


def test_train_makes_one_run_and_takes_no_workers(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        make_parser("0").parse_args(["train", "--workers=2"])
    assert "--workers" in capsys.readouterr().err


def test_settings_are_checked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[Settings] = []
    for module in (planning, train_one):
        monkeypatch.setattr(module, "check_settings", lambda how, program=None: checked.append(how))
    how = Settings(tmp_path, device="cpu")
    train_one.plan_training("lesson", {}, 0, None, how)
    assert checked == [how]


def test_list_counts_the_finished_epochs_of_an_interrupted_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Store(tmp_path).begin(new_record())
    for epoch in (1, 2):
        train_epoch(folder, epoch)
    assert folder.record().epochs_done == 0
    assert run(make_parser("0").parse_args(["list", "--lang=en", "--out", str(tmp_path)]), []) == 0
    (row,) = [line for line in capsys.readouterr().out.splitlines() if "interrupted" in line]
    assert row.split()[:4] == [folder.path.name, "interrupted", "0", "2"]
