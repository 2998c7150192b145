"""The command that a comparison names is one that makes it again, with the settings that the user gave."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from paribus.cli.command_context import run_settings
from paribus.cli.compare import _design
from paribus.cli.main import parsed
from paribus.cli.program_options import read_program
from paribus.comparison.command_line import command_for
from paribus.comparison.compare import design_for
from paribus.core.errors import ParibusError
from paribus.core.field_text import fields_to_toml
from paribus.programs.recipe.built_in_recipes import BUILT_IN
from paribus.programs.recipe.recipe import LESSON, Recipe
from paribus.runs.planning import Settings
from paribus.runs.store import recipe_file

USUAL = Settings(Path("paribus-lab"))


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PARIBUS_OUT", raising=False)


def given(command):
    """The options that the parser makes of a command."""
    return parsed(shlex.split(command)[1:])


def design_of(options):
    return _design(options, read_program(options))


def alike(one, other):
    return (one.id, one.arms, one.seeds) == (other.id, other.arms, other.seeds)


@pytest.mark.parametrize("out", ["lab", "../other place/lab", "/tmp/lab"])
def test_settings_are_kept_as_they_were_given(out):
    design = design_for("activation", ["sigmoid", "relu"], "fair", {}, 4, None, False)
    how = Settings(Path(out), device="cpu", workers=3, probes="off", kernel="pytorch")
    options = given(command_for(design, 0.25, how))
    assert (options.out, options.device, options.probes, options.kernel) == (out, "cpu", "off", "pytorch")
    assert options.margin == 0.25
    assert run_settings(options) == Settings(Path(out), "cpu", None, "off", "pytorch")
    assert alike(design_of(options), design)


def test_what_is_usual_is_not_said():
    design = design_for("activation", ["sigmoid", "relu"], "lesson", {}, 6, None, False)
    assert command_for(design, 0.1, USUAL) == "paribus compare activation=sigmoid,relu --seeds=6"


@pytest.mark.parametrize("dataset", ["2024", "a,b", "it's here", "true", 'x"y'])
def test_values_that_look_like_others_read_back(dataset):
    design = design_for("dense_widths", [[30], []], "fair", {"dataset": dataset, "epochs": 2}, 2, None, False)
    assert alike(design_of(given(command_for(design, 0.1, USUAL))), design)


def test_the_start_is_the_recipe_with_the_fewest_differences():
    fair = BUILT_IN["fair"][0].with_field("epochs", 3)
    Path("fairly.toml").write_text(fields_to_toml(Recipe(epochs=3).as_fields()))
    for start, words in ((fair, ["--recipe=fair", "--set=epochs=3"]), ("fairly.toml", ["--set=epochs=3"])):
        design = design_for("activation", ["sigmoid", "relu"], start, {}, 6, None, False)
        command = command_for(design, 0.1, USUAL)
        assert command == shlex.join(["paribus", "compare", "activation=sigmoid,relu", *words, "--seeds=6"])
        assert alike(design_of(given(command)), design)


def test_a_confounded_comparison_is_found_again_by_the_files_beside_it():
    arms = {"relu (mine)": LESSON, "other": Recipe(activation="tanh", batch_size=128)}
    for name, recipe in arms.items():
        Path(f"{name}.toml").write_text(fields_to_toml(recipe.as_fields()))
    design = design_for([f"{name}.toml" for name in arms], None, "lesson", {}, 3, None, True)
    command = command_for(design, 0.1, Settings(Path("lab")))
    folder = Path("lab/comparisons") / design.id
    folder.mkdir(parents=True)
    for arm in design.arms:  # as the store writes them
        (folder / recipe_file(arm.name)).write_text(fields_to_toml(arm.fields))
    again = design_of(given(command))
    assert again.id == design.id
    assert [arm.fields for arm in again.arms] == [arm.fields for arm in design.arms]
    assert again.seeds == design.seeds
    assert str(folder / "other.toml") in shlex.split(command)


def test_fresh_seeds_are_a_comparison_of_their_own():
    usual, fresh = (
        design_for("activation", ["sigmoid", "relu"], "lesson", {}, 6, None, False, first) for first in (0, 6)
    )
    assert (usual.seeds, fresh.seeds) == (tuple(range(6)), tuple(range(6, 12)))
    assert fresh.id == f"{usual.id}-f6"
    assert alike(design_of(given(command_for(fresh, 0.1, USUAL))), fresh)
    more = design_for("activation", ["sigmoid", "relu"], "lesson", {}, 9, None, False, 6)
    assert more.id == fresh.id


@pytest.mark.parametrize(
    ("seeds", "first", "said"),
    [(0, 0, "at least 1; got 0"), (1001, 0, "at most 1,000; got 1001"), (10**12, 0, "got 1000"), (2, -1, "got -1")],
)
def test_seeds_out_of_bounds_are_refused(seeds, first, said):
    with pytest.raises(ParibusError, match=said):
        design_for("activation", ["sigmoid", "relu"], "lesson", {}, seeds, None, False, first)
