"""Data sets and models of the user's own, from a folder to a verdict."""

from __future__ import annotations

import pytest

from tests.cli.lab import paribus, refused, timeless, well
from tests.recipe.idx_files import TRAIN_LABELS, small_set, write

SMALL = ("--recipe=fair", "--epochs=1", "--set=batch_size=16", "--seeds=2")


@pytest.mark.parametrize(("shape", "zipped"), [((20, 16), False), ((3, 14, 14), True)])
def test_a_folder_of_idx_files_of_another_shape(tmp_path, shape, zipped):
    write(tmp_path / "data", small_set(train=80, test=30, shape=shape, classes=4), zipped)
    words = ("compare", "activation=tanh,relu", *SMALL, "--set", "dataset=data", "--json", "--out", "lab")
    c = well(paribus(*words, cwd=tmp_path)).json
    assert c["test_count"] == 30
    assert c["class_names"] == ["0", "1", "2", "3"]
    for arm in c["arms"]:
        assert [run["status"] for run in arm["runs"]] == ["finished"] * 2
        assert sum(map(sum, arm["confusion"])) == 2 * 30
        # Labels go round, so the 30 test images have 8, 8, 7 and 7 of the classes, for each of two seeds.
        assert [sum(row) for row in arm["confusion"]] == [16, 16, 14, 14]
    assert (tmp_path / "lab" / "comparisons" / c["id"] / "report.html").is_file()


def test_images_too_small_for_the_model_are_refused_before_anything_is_made(tmp_path):
    write(tmp_path / "data", small_set(train=80, test=30, shape=(8, 8)))
    words = ("compare", "activation=tanh,relu", *SMALL, "--set", "dataset=data", "--out", "lab")
    refused(paribus(*words, cwd=tmp_path), "at least 12 x 12", "got 8 x 8")
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_a_damaged_data_set_is_refused_by_file(tmp_path):
    files = small_set(train=80, test=30, shape=(20, 20))
    write(tmp_path / "data", {**files, TRAIN_LABELS: files[TRAIN_LABELS][:-5]})
    words = ("compare", "activation=tanh,relu", *SMALL, "--set", "dataset=data", "--out", "lab")
    refused(paribus(*words, cwd=tmp_path), TRAIN_LABELS)
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_changed_data_are_other_runs(tmp_path):
    words = ("compare", "activation=tanh,relu", *SMALL, "--set", "dataset=data", "--dry-run", "--json", "--out", "lab")
    runs = []
    for classes in (3, 4):
        write(tmp_path / "data", small_set(train=80, test=30, shape=(20, 16), classes=classes))
        runs += well(paribus(*words, cwd=tmp_path)).json["runs"]
    assert len(set(runs)) == 2 * 4


OWN = """
from torch import nn

def make(classes, image_size, in_channels, activation, dense_widths):
    first = nn.Linear(in_channels * image_size[0] * image_size[1], dense_widths[0])
    between = {"relu": nn.ReLU, "tanh": nn.Tanh}[activation]()
    return nn.Sequential(nn.Flatten(), first, between, nn.Dropout(0.1), nn.Linear(dense_widths[0], classes))
"""


def test_a_model_of_ones_own_by_any_of_its_fields(tmp_path):
    (tmp_path / "mine.py").write_text(OWN)
    reduced = ("--recipe=fair", "--set=train_size=1024", "--set=validation_fraction=0.02", "--epochs=2", "--seeds=1")
    words = ("compare", "activation=tanh,relu", *reduced, "--set=model=mine:make", "--set=dense_widths=[32]")
    first = well(paribus(*words, "--json", "--out", "lab", cwd=tmp_path)).json
    assert {run["status"] for arm in first["arms"] for run in arm["runs"]} == {"finished"}
    assert all(arm["trained"] == 1 for arm in first["arms"])
    again = well(paribus(*words, "--json", "--out", "lab", cwd=tmp_path))
    assert timeless(again.json) == timeless(first)

    (tmp_path / "mine.py").write_text(OWN.replace("Dropout(0.1)", "Dropout(0.2)"))
    changed = well(paribus(*words, "--dry-run", "--json", "--out", "lab", cwd=tmp_path)).json
    assert changed["finished"] == 0  # other code, other runs


def test_a_model_whose_factory_asks_for_what_no_recipe_has(tmp_path):
    (tmp_path / "mine.py").write_text("def make(depth):\n    return None\n")
    words = ("compare", "activation=tanh,relu", "--set=model=mine:make", "--out", "lab")
    refused(paribus(*words, cwd=tmp_path), "mine:make", "needs depth")
    assert not (tmp_path / "lab").exists()
