"""`paribus compare`, whole: real runs on real data, through the command as a user gives it."""

from __future__ import annotations

import html
import re
import shutil
from types import SimpleNamespace

import numpy as np
import pytest
from rich.cells import cell_len
from safetensors.numpy import load_file

from paribus.cli.plan_view import _recipe
from paribus.comparison.compare import design_for
from paribus.programs.recipe.data import open_dataset
from tests.cli.conftest import PAIR
from tests.cli.lab import DIGITS, REDUCED, digests, paribus, records, refused, timeless, well

ESCAPE = "\x1b"


def files_of(store):
    """Every file of the runs of a store, with what tells whether it was written since."""
    return {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in (store / "runs").rglob("*.*")}


def test_the_json_has_what_the_contract_promises(pair):
    c = pair.json
    assert (c["schema"], c["factor"], c["seeds"], c["confounded"]) == (1, "activation", 2, False)
    assert [(arm["name"], arm["value"]) for arm in c["arms"]] == [("sigmoid", "sigmoid"), ("relu", "relu")]
    for arm in c["arms"]:
        assert arm["recipe"]["activation"] == arm["value"]
        assert (arm["recipe"]["train_size"], arm["recipe"]["epochs"], arm["recipe"]["weight_decay"]) == (512, 1, 0.0)
        assert {"mean", "low", "high"} <= arm["test_accuracy"].keys()
        assert [(run["seed"], run["status"]) for run in arm["runs"]] == [(0, "finished"), (1, "finished")]
        assert all(len(run["val_accuracy"]) == len(run["train_loss"]) == 1 for run in arm["runs"])
    (between,) = c["pairs"]
    assert (between["a"], between["b"]) == ("sigmoid", "relu")
    assert {"difference", "low", "high", "p", "p_min"} <= between.keys()
    assert between["verdict"] in ("a_better", "b_better", "equal", "open")
    assert between["p_min"] == 0.5  # of two seeds: two of four sign patterns are as extreme as the most extreme
    assert c["verdict"].keys() == {"en", "ko"}


def test_the_figures_are_those_of_the_answers_on_disk(pair, store):
    labels = open_dataset(str(DIGITS)).test_labels
    means = []
    for arm in pair.json["arms"]:
        shares = []
        for run in arm["runs"]:
            answers = load_file(store / "runs" / run["id"] / "predictions.safetensors")
            shares.append(float((answers["classes"] == labels).mean()))
            assert run["test_accuracy"] == pytest.approx(shares[-1], abs=1e-12)
            assert np.array_equal(answers["probabilities"].argmax(axis=1), answers["classes"])
        means.append(float(np.mean(shares)))
        assert arm["test_accuracy"]["mean"] == pytest.approx(means[-1], abs=1e-12)
    assert pair.json["pairs"][0]["difference"] == pytest.approx(means[1] - means[0], abs=1e-12)


def test_with_json_people_read_stderr(pair):
    assert "ReLU" in pair.err
    assert "Verdict" in pair.err
    assert ESCAPE not in pair.err


def test_given_again_it_trains_nothing_and_says_the_same(pair, store):
    before, made = files_of(store), records(store)
    again = well(paribus(*PAIR, "--json", "--out", store))
    assert timeless(again.json) == timeless(pair.json)
    assert again.json["look"] == 1
    assert files_of(store) == before
    assert records(store) == made
    assert "reused" in again.err


def test_text_for_people_is_plain_where_it_is_no_terminal(pair, store):
    done = well(paribus(*PAIR, "--out", store))
    assert ESCAPE not in done.out + done.err
    assert "\r" not in done.out
    assert pair.json["verdict"]["en"] in done.out
    report = re.search(r"Report: (.*report\.html)", done.out)
    assert report is not None
    assert "</html>" in (store / report[1]).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "env", "language"),
    [
        ((), {}, "en"),
        (("--lang=ko",), {}, "ko"),
        ((), {"LANG": "ko_KR.UTF-8"}, "ko"),
        (("--lang=en",), {"LANG": "ko_KR.UTF-8"}, "en"),
    ],
)
def test_quiet_prints_the_verdict_alone_in_the_users_language(pair, store, words, env, language):
    done = well(paribus(*PAIR, "--quiet", *words, "--out", store, env=env))
    assert done.out.strip() == pair.json["verdict"][language]
    assert done.err == ""


def test_quiet_and_json_is_json_alone(pair, store):
    done = well(paribus(*PAIR, "--quiet", "--json", "--out", store))
    assert done.json["verdict"] == pair.json["verdict"]
    assert done.err.strip() == pair.json["verdict"]["en"]


def test_korean_tables_align(pair, store):
    done = well(paribus(*PAIR, "--lang=ko", "--out", store))
    lines = done.out.splitlines()
    rule = next(i for i, line in enumerate(lines) if line.startswith("───"))
    table = lines[rule - 1 : rule + 3]
    assert any("시그모이드" in line for line in table)
    assert {cell_len(line) for line in table} == {cell_len(lines[rule])}


def test_three_values_are_three_pairs_and_reuse_the_runs_of_two(pair, store):
    before = digests(store)
    done = well(paribus("compare", "activation=sigmoid,relu,tanh", *REDUCED, "--seeds=2", "--json", "--out", store))
    c = done.json
    assert [arm["name"] for arm in c["arms"]] == ["sigmoid", "relu", "tanh"]
    assert [(p["a"], p["b"]) for p in c["pairs"]] == [("sigmoid", "relu"), ("sigmoid", "tanh"), ("relu", "tanh")]
    assert [[run["id"] for run in arm["runs"]] for arm in c["arms"][:2]] == [
        [run["id"] for run in arm["runs"]] for arm in pair.json["arms"]
    ]
    assert c["look"] == 1  # other arms: another comparison
    assert before.items() <= digests(store).items()


def test_two_recipe_files_are_the_same_comparison_as_their_factor(pair, store, recipe_files, tmp_path):
    shutil.copytree(store, tmp_path / "copy")
    words = ("compare", "sigmoid.toml", "relu.toml", "--seeds=2", "--json", "--out", tmp_path / "copy")
    c = well(paribus(*words, cwd=recipe_files)).json
    assert (c["factor"], c["confounded"], c["id"]) == ("activation", False, pair.json["id"])
    assert c["arms"] == pair.json["arms"]
    assert c["pairs"] == pair.json["pairs"]


def test_recipes_that_differ_in_two_fields_are_refused_by_name(store, recipe_files, tmp_path):
    done = paribus("compare", "relu.toml", "other.toml", "--out", tmp_path / "lab", cwd=recipe_files)
    said = refused(done, "activation", "batch_size", "relu", "tanh", "64", "128", "--confounded")
    assert "learning_rate" not in said
    assert not (tmp_path / "lab").exists()


def test_a_confounded_comparison_says_so_everywhere(confounded, store, recipe_files):
    c = confounded.json
    assert c["confounded"] is True
    assert c["differences"] == {"batch_size": [64, 128], "activation": ["relu", "tanh"]}
    assert "Confounded" in c["verdict"]["en"]
    assert "Confounded" in confounded.err
    report = store / "comparisons" / c["id"] / "report.html"
    assert "onfounded" in html.unescape(report.read_text(encoding="utf-8"))
    shown = well(paribus("show", c["id"], "--out", store, "--lang=ko"))
    assert c["verdict"]["ko"] in shown.out


def test_the_command_that_it_names_makes_the_comparison_again(pair, store, tmp_path):
    program, *words = pair.json["command"].split()
    assert program == "paribus"
    shutil.copytree(store, tmp_path / "copy")
    again = well(paribus(*words, "--json", "--out", tmp_path / "copy"))
    assert again.json["arms"] == pair.json["arms"]
    assert again.json["command"] == pair.json["command"].replace(str(store), str(tmp_path / "copy"))


def test_seeds_added_are_a_further_look(pair, store, tmp_path):
    shutil.copytree(store, tmp_path / "copy")
    more = (*PAIR[:-1], "--seeds=3", "--json", "--out", tmp_path / "copy")
    c = well(paribus(*more)).json
    assert (c["look"], c["seeds"]) == (2, 3)
    assert c["alpha"] < pair.json["alpha"]
    assert "look 2 of 3" in c["verdict"]["en"]
    kept = [[run["id"] for run in arm["runs"][:2]] for arm in c["arms"]]
    assert kept == [[run["id"] for run in arm["runs"]] for arm in pair.json["arms"]]


def test_a_dry_run_says_what_would_be_and_makes_nothing(tmp_path):
    words = ("compare", "activation=sigmoid,relu", *REDUCED, "--seeds=3", "--dry-run", "--out", tmp_path / "lab")
    plan = well(paribus(*words, "--json")).json
    assert (plan["arms"], plan["seeds"], len(plan["runs"])) == (["sigmoid", "relu"], 3, 6)
    assert (plan["finished"], plan["resumed"]) == (0, 0)
    assert plan["seconds"] > 0
    assert plan["bytes"] > 6 * 60_000 * 4  # weights of six LeNets, at the very least
    text = well(paribus(*words))
    assert "6 runs" in text.out
    assert not (tmp_path / "lab").exists()


def test_settings_reach_the_recipe(tmp_path):
    words = ("compare", "pooling=max,avg", "--set=lr=0.01", "--set", "dense_widths=[20,10]", "--set", "shuffle=true")
    plan = well(paribus(*words, "--epochs=2", "--dry-run", "--out", tmp_path, "--lang=en"))
    for setting in ("learning_rate=0.01", "dense_widths=[20", "batch_order=shuffled", "epochs=2"):
        assert setting in plan.out


@pytest.mark.parametrize(
    ("recipe", "what", "told"),
    [
        ("fast", "activation=relu,tanh", True),
        ("fast", "model=lenet,mlp", False),
        ("fair", "pooling=max,avg", True),
        ("lesson", "activation=relu,tanh", False),
    ],
)
def test_what_a_recipe_is_for_is_said_where_its_own_network_is_trained(recipe, what, told):
    factor, _, values = what.partition("=")
    design = design_for(factor, values.split(","), recipe, {}, 2, None, False)
    notes = _recipe(SimpleNamespace(design=design), SimpleNamespace(recipe=recipe))
    assert [str(note).startswith(f"Recipe {recipe}: ") for note in notes] == [True] * told


def test_a_run_that_diverges_is_recorded_and_the_comparison_goes_on(tmp_path):
    wild = ("compare", "learning_rate=0.001,1e30", "--set=activation=identity", *REDUCED, "--seeds=2")
    c = well(paribus(*wild, "--json", "--out", tmp_path)).json
    statuses = {arm["name"]: [run["status"] for run in arm["runs"]] for arm in c["arms"]}
    assert statuses == {"0.001": ["finished"] * 2, "1e+30": ["diverged"] * 2}
    gone = c["arms"][1]
    assert gone["trained"] == 0
    assert gone["test_accuracy"]["mean"] is None
    assert [run["train_loss"] for run in gone["runs"]] == [[None], [None]]
    assert "diverged" in c["verdict"]["en"]
    assert "발산" in c["verdict"]["ko"]
