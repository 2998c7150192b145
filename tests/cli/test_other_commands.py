"""What one does besides comparing: train, look at what is there, check the data, make room."""

from __future__ import annotations

import json
import shutil
import tomllib

import numpy as np
import pytest
from rich.cells import cell_len
from safetensors.numpy import load_file

from paribus.programs.recipe.recipe import FIELDS, LESSON, Recipe
from paribus.runs.store import Store
from tests.cli.lab import REDUCED, digests, paribus, records, refused, timeless, well

# Of LeCun's four files, unpacked, as published with torchvision and elsewhere (SHA-256).
TRAIN_IMAGES_SHA256 = "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"


@pytest.fixture(scope="session")
def relu(pair):
    """The runs of ReLU as the comparison has them."""
    return pair.json["arms"][1]["runs"]


def test_train_makes_the_run_that_a_comparison_would(pair, relu, tmp_path):
    done = well(paribus("train", *REDUCED, "--seed=1", "--json", "--out", tmp_path))
    run = done.json
    assert run["id"] == relu[1]["id"]
    assert run["test_accuracy"] == relu[1]["test_accuracy"]
    assert [epoch["train_loss"] for epoch in run["metrics"]] == relu[1]["train_loss"]
    made = digests(tmp_path)
    again = well(paribus("train", *REDUCED, "--seed=1", "--out", tmp_path))
    assert run["id"] in again.out
    assert digests(tmp_path) == made


def test_train_reuses_what_a_comparison_made(pair, relu, store):
    before = records(store)
    done = well(paribus("train", *REDUCED, "--json", "--out", store))
    assert done.json["id"] == relu[0]["id"]
    assert records(store) == before


def test_list_names_all_comparisons_and_runs(pair, store):
    listed = well(paribus("list", "--json", "--out", store)).json
    assert pair.json["id"] in [c["id"] for c in listed["comparisons"]]
    assert {run["id"] for arm in pair.json["arms"] for run in arm["runs"]} <= {run["id"] for run in listed["runs"]}
    text = well(paribus("list", "--out", store, "--lang=ko", env={"COLUMNS": "200"}))
    assert pair.json["id"] in text.out
    assert "\x1b" not in text.out


def test_list_with_a_text_is_of_what_has_it_in_its_name_or_settings(pair, store):
    one = paribus("list", pair.json["id"].upper(), "--json", "--out", store).json
    assert [c["id"] for c in one["comparisons"]] == [pair.json["id"]]
    assert one["runs"] == []
    assert "Nothing has zzz in" in paribus("list", "zzz", "--out", store, "--lang=en").out


def test_list_says_which_comparisons_cannot_be_read(tmp_path):
    file = tmp_path / "comparisons" / "damaged" / "comparison.json"
    file.parent.mkdir(parents=True)
    file.write_text("{")
    done = well(paribus("list", "--out", tmp_path, env={"COLUMNS": "400"}))
    assert f"{file}: not a valid comparison" in done.out


def test_list_of_nothing(tmp_path):
    done = well(paribus("list", "--out", tmp_path / "lab"))
    assert "holds nothing yet" in done.out
    assert not (tmp_path / "lab").exists()


def test_list_says_which_run_cannot_be_read_and_shows_the_others(pair, store, relu, tmp_path):
    shutil.copytree(store, tmp_path / "copy")
    (tmp_path / "copy" / "runs" / relu[0]["id"] / "record.json").write_text("{")
    done = well(paribus("list", "--out", tmp_path / "copy", env={"COLUMNS": "200"}))
    assert relu[1]["id"] in done.out
    assert "record.json" in done.out


def test_show_a_comparison_by_its_beginning(pair, store):
    beginning = pair.json["id"][:-3]
    shown = well(paribus("show", beginning, "--json", "--out", store)).json
    assert timeless(shown) == timeless(pair.json)
    text = well(paribus("show", beginning, "--out", store, "--lang=ko"))
    assert pair.json["verdict"]["ko"] in text.out


def test_show_a_run(relu, store):
    shown = well(paribus("show", relu[0]["id"], "--json", "--out", store)).json
    assert (shown["seed"], shown["status"], shown["recipe"]["activation"]) == (0, "finished", "relu")
    assert [epoch["val_accuracy"] for epoch in shown["metrics"]] == relu[0]["val_accuracy"]
    assert shown["weights_digest"] == digests(store)[relu[0]["id"]]
    text = well(paribus("show", relu[0]["id"], "--out", store))
    assert f"{100 * relu[0]['test_accuracy']:.2f}" in text.out


def test_show_a_recipe_is_toml_that_reads_back(recipe_files, tmp_path):
    text = well(paribus("show", "fair")).out
    assert Recipe.model_validate(tomllib.loads(text)) == Recipe(weight_decay=0.0, batch_order="shuffled")
    shown = well(paribus("show", recipe_files / "other.toml", "--json")).json
    assert (shown["activation"], shown["batch_size"]) == ("tanh", 128)


def test_show_of_a_beginning_that_several_have(pair, store):
    refused(paribus("show", "lenet-relu", "--out", store), "begins", "lenet-relu", "Give more of it")


def test_diff_of_two_runs(pair, relu, store):
    sigmoid = pair.json["arms"][0]["runs"][0]["id"]
    found = well(paribus("diff", sigmoid, relu[1]["id"], "--json", "--out", store)).json
    assert found["recipe"] == {"activation": ["sigmoid", "relu"]}
    assert found["identity"] == {"seed": [0, 1]}
    assert found["versions"] == found["machine"] == {}
    text = well(paribus("diff", relu[0]["id"], relu[0]["id"], "--out", store))
    assert "No difference" in text.out


def test_diff_of_two_recipes(recipe_files, relu, store):
    lesson = well(paribus("diff", "lesson", "fair", "--json")).json
    assert lesson == {"recipe": {"batch_order": ["as_is", "shuffled"], "weight_decay": [0.1, 0.0]}}
    mixed = well(paribus("diff", recipe_files / "other.toml", relu[0]["id"], "--json", "--out", store)).json
    assert mixed == {"recipe": {"batch_size": [128, 64], "activation": ["tanh", "relu"]}}


def test_report_goes_where_it_is_asked_for_and_asks_for_nothing_itself(pair, store, tmp_path):
    path = tmp_path / "mine.html"
    done = well(paribus("report", pair.json["id"], "--to", path, "--lang=ko", "--out", store))
    assert done.out.strip() == str(path)
    page = path.read_text(encoding="utf-8")
    assert 'lang="ko"' in page
    assert "시그모이드" in page
    assert 'src="http' not in page
    assert "@import" not in page
    nowhere = paribus("report", pair.json["id"], "--to", "no/r.html", "--out", store, cwd=tmp_path)
    refused(nowhere, "folder", "no/r.html")


def test_recipes_lists_every_field_in_both_languages():
    listed = well(paribus("recipes", "--json")).json
    assert listed["lesson"] == LESSON.model_dump(mode="json")
    assert listed["fair"]["weight_decay"] == 0.0
    english, korean = (well(paribus("recipes", f"--lang={lang}", env={"COLUMNS": "200"})).out for lang in ("en", "ko"))
    for field in FIELDS:
        assert field in english
        assert field in korean
    assert "활성화" in korean
    assert "활성화" not in english


@pytest.mark.parametrize("columns", [60, 80, 100])
def test_recipes_never_breaks_a_field_name(columns):
    for lang in ("en", "ko"):
        listed = well(paribus("recipes", f"--lang={lang}", env={"COLUMNS": str(columns)})).out
        assert set(FIELDS) <= set(listed.split())
        assert max(map(cell_len, listed.splitlines())) <= columns


def test_data_list_and_verify():
    listed = well(paribus("data", "list")).out
    assert all(name in listed for name in ("mnist", "fashion-mnist", "kmnist", "CC BY-SA"))
    verified = well(paribus("data", "verify", env={"COLUMNS": "160"})).out
    assert TRAIN_IMAGES_SHA256 in verified
    assert verified.count("OK") == 4


def test_doctor_says_what_a_bug_report_needs(tmp_path):
    facts = well(paribus("doctor", "--json", "--out", tmp_path / "lab")).json
    assert {"paribus", "python", "torch", "numpy", "device", "cores", "cache", "store", "data: mnist"} <= facts.keys()
    text = well(paribus("doctor", "--out", tmp_path / "lab")).out
    assert facts["torch"] in text
    assert not (tmp_path / "lab").exists()


def test_prune_says_first_then_removes_what_can_be_spared(pair, store, relu, tmp_path):
    lab = tmp_path / "copy"
    shutil.copytree(store, lab)
    run = lab / "runs" / relu[0]["id"]
    weights = load_file(run / "checkpoints" / "epoch-0001.safetensors")
    before = {path for path in lab.rglob("*") if path.is_file()}

    planned = well(paribus("prune", "--out", lab))
    assert relu[0]["id"] in planned.out
    assert "--yes" in planned.out
    assert {path for path in lab.rglob("*") if path.is_file()} == before

    well(paribus("prune", "--yes", "--out", lab))
    gone = before - {path for path in lab.rglob("*") if path.is_file()}
    assert {path.name for path in gone if path.parent == run} == {"state.safetensors"}
    assert {path.stem for path in gone if path.parent == run / "checkpoints"} == {
        "step-000001",
        "step-000002",
        "step-000005",
    }
    kept = Store(lab).weights(relu[0]["id"])
    assert kept.keys() == weights.keys()
    assert all(np.array_equal(weights[name], kept[name]) for name in weights)

    shown = well(paribus("show", pair.json["id"], "--json", "--out", lab)).json
    assert timeless(shown) == timeless(pair.json)
    assert digests(lab) == digests(store)


def test_prune_runs_removes_those_of_no_comparison(pair, store, relu, tmp_path):
    lab = tmp_path / "copy"
    shutil.copytree(store, lab)
    for folder in (lab / "comparisons").iterdir():
        if folder.name != pair.json["id"]:
            shutil.rmtree(folder)
    well(paribus("train", *REDUCED, "--set=activation=elu", "--out", lab))
    used = {run["id"] for arm in pair.json["arms"] for run in arm["runs"]}
    assert len(digests(lab)) > len(used)
    plan = json.loads((lab / "comparisons" / pair.json["id"] / "plan.json").read_text())
    assert set(plan["runs"]) == used
    well(paribus("prune", "--runs", "--yes", "--out", lab))
    assert digests(lab).keys() == used


def test_the_store_may_be_named_by_the_environment(pair, store):
    listed = json.loads(well(paribus("list", "--json", env={"PARIBUS_OUT": str(store)})).out)
    assert pair.json["id"] in [c["id"] for c in listed["comparisons"]]


def test_a_narrow_korean_terminal_cuts_nothing_off(pair, store):
    done = well(paribus("show", pair.json["id"], "--out", store, "--lang=ko", env={"COLUMNS": "60"}))
    tables = [line for line in done.out.splitlines() if "──" in line]
    assert tables
    assert all(cell_len(line) <= 60 for line in tables)
