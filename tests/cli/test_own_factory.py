"""What a factory of the user's own takes and no recipe has is a field as well: from the command to what is reused."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path

import pytest

from paribus.core.messages import Message
from paribus.programs.recipe.recipe_text import recipe_from_toml
from tests.cli.lab import DIGITS, paribus, refused, timeless, well

MARK = "imported"
NETWORKS = f"""
from pathlib import Path
from torch import nn

Path({MARK!r}).touch()


class Patches(nn.Module):
    def __init__(self, in_channels, image_size, classes, heads: int = 4, kind: str = "mean", device=nn.Identity):
        super().__init__()
        self.cut = nn.Conv2d(in_channels, 8, 7, stride=7)
        self.attend = nn.MultiheadAttention(8, heads, batch_first=True)
        self.out = nn.Linear(8, classes)
        self.heads = heads

    def forward(self, images):
        tokens = self.cut(images).flatten(2).transpose(1, 2)
        return self.out(self.attend(tokens, tokens, tokens, need_weights=False)[0].mean(1))


def plain(classes, image_size, heads: int = 8):
    return nn.Sequential(nn.Flatten(), nn.Linear(image_size[0] * image_size[1], classes))
"""
BASE = ("--recipe=fair", f"--set=dataset={DIGITS}", "--set=train_size=256", "--epochs=1", "--seeds=1")
MODEL = "--set=model=mine:Patches"
OUT = ("--json", "--out", "lab")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The folder of a comparison of two numbers of heads, and its JSON."""
    folder = tmp_path_factory.mktemp("owner")
    (folder / "mine.py").write_text(NETWORKS)
    done = well(paribus("compare", "heads=2,4", *BASE, MODEL, *OUT, cwd=folder))
    return folder, done.json


def test_its_own_parameter_is_compared_like_any_field(made):
    _, c = made
    assert c["factor"] == "heads"
    assert c["differences"] == {"heads": [2, 4]}
    assert [(arm["name"], arm["fields"]["heads"], arm["fields"]["kind"]) for arm in c["arms"]] == [
        ("2", 2, "mean"),
        ("4", 4, "mean"),
    ]
    assert all("device" not in arm["fields"] for arm in c["arms"])  # whose default is no plain value
    assert {run["status"] for arm in c["arms"] for run in arm["runs"]} == {"finished"}


def test_the_command_gives_the_same_comparison_again_and_reuses_its_runs(made):
    folder, c = made
    words = shlex.split(c["command"])[1:]
    assert well(paribus(*words, "--json", "--dry-run", cwd=folder)).json["finished"] == 2
    assert timeless(well(paribus(*words, "--json", cwd=folder)).json) == timeless(c)


def test_another_number_of_heads_takes_up_what_there_is(made):
    folder, _ = made
    plan = well(paribus("compare", "heads=2,8", *BASE, MODEL, *OUT, "--dry-run", cwd=folder)).json
    assert (len(plan["runs"]), plan["finished"]) == (2, 1)


def test_its_recipes_are_files_that_differ_in_one_field(made):
    folder, c = made
    files = [f"lab/comparisons/{c['id']}/{heads}.toml" for heads in (2, 4)]
    assert recipe_from_toml((folder / files[0]).read_text(), Message("recipe")).own_fields == {
        "heads": 2,
        "kind": "mean",
    }
    assert well(paribus("compare", *files, "--seeds=1", *OUT, "--dry-run", cwd=folder)).json["finished"] == 2
    confounded = (folder / files[1]).read_text().replace("epochs = 1", "epochs = 2")
    (folder / "other.toml").write_text(confounded)
    refused(paribus("compare", files[0], "other.toml", *OUT, cwd=folder), "differ in 2", "heads: 2 / 4")


def test_who_looks_at_it_loads_nothing(made, tmp_path):
    folder, c = made
    shutil.copytree(folder / "lab", tmp_path / "lab")  # without the module
    files = [f"lab/comparisons/{c['id']}/{heads}.toml" for heads in (2, 4)]
    for words in (("list",), ("show", c["id"]), ("report", c["id"])):
        well(paribus(*words, "--out", "lab", cwd=tmp_path))
    assert "heads = 2" in well(paribus("show", files[0], cwd=tmp_path)).out
    assert "heads" in well(paribus("diff", *files, cwd=tmp_path)).out
    assert [a["fields"] for a in well(paribus("show", c["id"], *OUT, cwd=tmp_path)).json["arms"]] == [
        a["fields"] for a in c["arms"]
    ]


@pytest.mark.parametrize("verb", ["compare", "train", "map", "why"])
def test_a_recipe_of_somebodys_store_loads_nothing_before_it_is_trusted(made, tmp_path, verb):
    folder, c = made
    shutil.copytree(folder / "lab", tmp_path / "lab")
    (tmp_path / "mine.py").write_text(NETWORKS)
    start = Path("lab", "comparisons", c["id"], "2.toml")
    words = {
        "compare": ("compare", "heads=2,4", f"--recipe={start}"),
        "train": ("train", f"--recipe={start}"),
        "map": ("map", "heads=2,4", "--over=learning_rate=0.1,0.2", f"--recipe={start}"),
        "why": ("why", str(start)),
    }[verb]
    env = {"HOME": str(tmp_path / "home"), "XDG_STATE_HOME": str(tmp_path / "home" / "state")}
    refused(paribus(*words, "--out", "lab", cwd=tmp_path, env=env), "--trust")
    assert not (tmp_path / MARK).exists()


def test_wrong_and_unknown_values_are_told_at_once_with_the_nearest_name(made):
    folder, _ = made
    wrong = ("--set=hads=3", "--set=kind=3", "--set=learning_rate=-1")
    told = ("learning_rate must be greater than 0", "did you mean heads?", "kind must be a text", 'got "x"')
    refused(paribus("compare", "heads=2,x", *BASE, MODEL, *wrong, *OUT, cwd=folder), *told)
    refused(paribus("compare", "learning_rat=1,2", *BASE, MODEL, *OUT, cwd=folder), "did you mean learning_rate?")
    refused(paribus("compare", "device=1,2", *BASE, MODEL, *OUT, cwd=folder), "device")
    refused(paribus("compare", "heads=2,4", *BASE, *OUT, cwd=folder), "must be a field of the recipe")


def test_models_are_compared_each_at_its_own_defaults(made):
    folder, c = made
    words = ("compare", "model=mine:Patches,mine:plain", *OUT)
    models = well(paribus(*words, *BASE, cwd=folder)).json
    assert [(arm["fields"]["heads"], arm["fields"].get("kind")) for arm in models["arms"]] == [(4, "mean"), (8, None)]
    assert models["arms"][0]["runs"][0]["id"] == c["arms"][1]["runs"][0]["id"]
    again = well(paribus(*shlex.split(models["command"])[1:], "--json", cwd=folder)).json
    assert timeless(again) == timeless(models)
    start = f"--recipe=lab/comparisons/{c['id']}/2.toml"
    refused(paribus(*words, start, cwd=folder), "heads is of mine:Patches alone")
