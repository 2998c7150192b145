"""`paribus map`: what it refuses, what it would take, and the whole of it on small data."""

from __future__ import annotations

from pathlib import Path

import pytest

import paribus as pb
from paribus.runs.store import Store
from tests.cli.lab import paribus, refused, well
from tests.digits import write_digits

PAIR = ("map", "activation=sigmoid,relu")


@pytest.mark.parametrize(
    ("words", "texts"),
    [
        ([*PAIR, "--over=nothing=1,2"], ['a field of the recipe; got "nothing"']),
        ([*PAIR, "--over=learning_rate=0.1"], ["an axis needs two values or more", "got 1"]),
        ([*PAIR, "--over=learning_rate=0.1,0.1"], ["the values of an axis must differ"]),
        ([*PAIR, "--over=activation=relu,tanh"], ["another field than the factor"]),
        ([*PAIR, "--over=momentum=0,0.9"], ["momentum would change nothing"]),
        ([*PAIR, *["--over=epochs=1,2", "--over=dropout=0,0.1", "--over=batch_size=8,9"]], ["one or two", "got 3"]),
        ([*PAIR, *["--over=dropout=0,0.1", "--over=dropout=0.2,0.3"]], ["gives dropout a second time"]),
        (["map", "activation=relu", "--over=dropout=0,0.1"], ["2 to 20 values"]),
        (["map", "epochs=many,3", "--over=dropout=0,0.1"], ["epochs must be a whole number", "many"]),
        ([*PAIR, "--over=weight_decay=0,-1"], ["weight_decay must be at least 0", "-1"]),
        ([*PAIR, "--over=dropout=0,0.1", "--seeds=1", "--margin=0", "--budget=soon"],
         ["seeds must be at least 2", "margin must be greater than 0", "--budget is a time"]),
        ([*PAIR, "--over=dropout=0,0.1", "--epochs=0"], ["epochs must be at least 1"]),
    ],
)  # fmt: skip
def test_what_cannot_be_mapped(tmp_path: Path, words: list[str], texts: list[str]) -> None:
    refused(paribus(*words, "--out", tmp_path / "lab"), *texts)
    assert not (tmp_path / "lab").exists()


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """So few images that a run takes half a second."""
    return write_digits(tmp_path_factory.mktemp("data") / "digits", train=1000)


def small(digits: Path, out: Path) -> list[str]:
    """Zero weights against He's: at 0.01 the one never trains and the other always, at 1e-7 neither does."""
    words = ["map", "initialisation=zeros,he", "--over=learning_rate=1e-7,0.01", "--recipe=fair", "--seeds=4"]
    return [*words, f"--set=dataset={digits}", "--set=epochs=4", f"--out={out}"]


def test_a_dry_run_says_what_it_would_take_and_trains_nothing(digits: Path, tmp_path: Path) -> None:
    done = well(paribus(*small(digits, tmp_path / "lab"), "--dry-run", "--json"))
    assert (done.json["cells"], done.json["runs_least"], done.json["runs_most"]) == (2, 8, 16)
    assert 0 < done.json["seconds_least"] <= done.json["seconds_most"]
    assert not (tmp_path / "lab").exists()


@pytest.mark.slow
def test_a_small_map_from_its_runs_to_its_figure(digits: Path, tmp_path: Path) -> None:
    out = tmp_path / "lab"
    done = well(paribus(*small(digits, out), "--json"))
    never, always = done.json["cells"]
    assert (never["state"], never["epochs"], never["seeds"]) == ("neither_trains", 4, [0, 1])
    assert (always["state"], always["winner"], always["epochs"]) == ("better", "he", 2)
    assert [(arm["trained"], arm["runs"]) for arm in always["arms"]] == [(0, 4), (4, 4)]
    assert "Round 1: 2 cells, 8 runs" in done.err
    store = Store(out)
    assert len(store.runs()) == 8 + 4 + 4

    again = well(paribus(*small(digits, out), "--json", "--lang=ko", "--quiet"))
    assert again.json["cells"] == done.json["cells"]
    assert len(store.runs()) == 16
    assert "칸" in again.err

    name = done.json["id"]
    assert well(paribus("show", name, "--json", "--out", out)).json == again.json
    assert name in well(paribus("list", "--out", out, env={"COLUMNS": "200"})).out
    assert well(paribus("figure", name, "--out", out)).out.strip() == str(out / "maps" / name / "map.svg")
    assert (out / "maps" / name / "map.svg").read_text("utf-8").startswith("<?xml")
    refused(paribus("figure", name, "--kind=curves", "--out", out), "is a map")
    loaded = pb.load_map(name, out)
    assert str(loaded).startswith("He initialisation is better in 1 of 2 cells; no arm trains in 1.")
    assert loaded.to_dict() == again.json


@pytest.mark.slow
def test_what_a_budget_leaves_no_time_for_is_left_open(digits: Path, tmp_path: Path) -> None:
    done = well(paribus(*small(digits, tmp_path / "lab"), "--budget=0.1s", "--workers=1", "--json"))
    assert [cell["state"] for cell in done.json["cells"]].count("open") >= 1
    assert [bool(cell["seeds"]) for cell in done.json["cells"]] == [True, False]
    assert done.json["complete"] is False
