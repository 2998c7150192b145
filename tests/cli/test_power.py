"""`paribus power` as people give it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from paribus.cli.main import main
from paribus.runs.store import Store
from tests.factories import make_comparison
from tests.tables.writing import written

LOSSES = "seed,adam,sgd\n0,0.50,0.61\n1,0.52,0.64\n2,0.49,0.57\n3,0.55,0.60\n4,0.51,0.66\n5,0.50,0.59\n"


def command(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as left:
        main(["power", *map(str, words)])
    out, err = capsys.readouterr()
    return int(left.value.code or 0), out, err


def test_seeds_a_spread_and_korean(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = command(capsys, "--seeds", 8, "--lang", "en")
    assert code == 0
    assert "8 seeds find a difference of 1.28 spreads or more four times in five" in out
    code, out, _ = command(capsys, "--spread", 0.2, "--difference", 0.3, "--lang", "ko", "--quiet")
    assert out.startswith("0.3의 차이를 다섯 번 중 네 번 찾아내려면 시드 7개가 필요합니다.")
    assert len(out.splitlines()) == 1


def test_a_table_as_a_pilot(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = (
        written(tmp_path, LOSSES),
        "--arms",
        "adam,sgd",
        "--metric",
        "loss:min",
        "--difference",
        0.02,
        "--lang",
        "en",
    )
    code, out, err = command(capsys, *asked, "--json")
    assert code == 0
    found = json.loads(out)
    needed = found["seeds_for_difference"]
    assert needed["low"] < needed["seeds"] < needed["high"]
    assert "The pilot's spread is 0.035" in " ".join(err.split())


def test_a_comparison_of_the_store_is_asked_in_percentage_points(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    comparison = make_comparison("open")
    Store(tmp_path).save_comparison(comparison)
    code, out, _ = command(capsys, comparison.id, "--out", tmp_path, "--difference", 0.5, "--lang", "en")
    assert code == 0
    assert "a difference of 0.50 points" in " ".join(out.split())


def test_what_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, _, err = command(capsys, "--spread", -1, "--seeds", 1, "--lang", "en")
    assert code == 2
    assert "spread must be a number greater than 0; got -1" in err
    assert "seeds must be a whole number from 2 to 1,000; got 1" in err
    code, _, err = command(capsys, "nothing", "--out", tmp_path, "--lang", "en")
    assert code == 2
    assert "nothing" in err
