"""Functions through the installed command and the public face: compared, explained, mapped, in their own words."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import paribus as pb
from paribus.cli.main import main
from tests.programs.function.making import written

MYTRAIN = """
    import random
    import numpy as np

    def train(seed: int, *, optimizer: str = "adam", lr: float = 1e-3, weight_decay: float = 0.0, unused: int = 1):
        print("printed by the function")
        level = 0.8 if optimizer == "adam" else 0.7
        if weight_decay > 1:
            level = 0.1
        for epoch in range(3):
            noise = random.gauss(0, 0.01) + np.random.normal(0, 0.01)
            accuracy = min(1.0, level + 0.02 * epoch + noise + (random.gauss(0, 0.005) if optimizer == "sgd" else 0))
            yield {"accuracy": accuracy, "loss": 1 - accuracy}
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PARIBUS_OUT", raising=False)
    written(tmp_path, "mytrain", MYTRAIN)
    return tmp_path


def installed(*words: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("paribus")), *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


def test_the_example_of_the_issue_through_the_installed_command(here: Path) -> None:
    words = ["compare", "mytrain:train", "optimizer=adam,sgd", "--seeds", "8", "--metric", "accuracy", "--json"]
    done = installed(*words)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert "printed by the function" not in done.stderr
    (pair,) = told["pairs"]
    assert (pair["verdict"], told["program"]["name"]) == ("a_better", "mytrain:train")
    assert "Adam, seed 7: " in done.stderr


def test_a_script_without_a_main_guard_compares_its_own_function(here: Path) -> None:
    script = here / "script.py"
    call = 'print(paribus.compare("optimizer", ["adam", "sgd"], program=train, metric="loss:min", seeds=4))'
    written(
        here,
        "script",
        MYTRAIN.replace("    import random", "    import paribus\n    import random") + f"\n    {call}\n",
    )
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    assert "adam" in done.stdout.lower()
    assert "accuracy" not in done.stdout
    assert done.stdout.count("better") == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("compare mytrain:train optimizer=adam,sgd", "--metric"),
        ("compare mytrain:train optimizer=adam,sgd --metric loss", "Write loss:min or loss:max"),
        ("compare mytrain:train optimiser=adam,sgd --metric accuracy", "did you mean optimizer?"),
        ("compare mytrain:train lr=a,1 --metric accuracy --set wd=3 --set optimizer=3", "lr must be a number"),
        ("compare mytrain:tran lr=0.1,1 --metric accuracy", "did you mean train?"),
        ("compare mytran:train lr=0.1,1 --metric accuracy", "no module 'mytran'"),
        ("compare mytrain:train lr=0.1,1 --metric accuracy --at best", "luck would be judged"),
        ("compare mytrain:train lr=0.1,1 --metric accuracy --trained accuracy", "val_acc>0.2"),
        ("compare mytrain:train lr=0.1,1 --metric accuracy --depends nowhere.csv", "nowhere.csv: cannot be read"),
    ],
)
def test_mistakes_get_one_sentence(here: Path, words: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(words.split())
    assert left.value.code == 2
    shown = capsys.readouterr()
    assert said in shown.err.replace("\n", " ")
    assert "Traceback" not in shown.err
    assert shown.out == ""


def compared(factor: str, values: list[Any], **more: Any) -> pb.compare:  # type: ignore[valid-type]
    with ThreadPoolExecutor(1) as executor:
        return pb.compare(
            factor, values, program="mytrain:train", metric="accuracy", executor=executor, repeat_check=False, **more
        )


def test_a_factor_that_changes_nothing_is_told(here: Path) -> None:
    said = " ".join(str(compared("unused", [1, 2], seeds=3)).split())
    assert "the same runs to the last bit" in said


def test_why_finds_what_spoils_a_function(here: Path) -> None:
    result = compared("optimizer", ["adam", "sgd"], seeds=6, settings={"weight_decay": 5.0})
    with ThreadPoolExecutor(1) as executor:
        explained = pb.explain(result, executor=executor)
    (cause,) = [one for one in explained.tested if one.kind == "cause"]
    assert [change.factor for change in cause.intervention.changes] == ["weight_decay"]
    assert cause.confirmed is not None
    assert cause.confirmed.after - cause.confirmed.before == pytest.approx(0.6)
    runs = {run.id: run for run in result.store.runs()}
    (before,) = cause.screened.runs_before
    assert cause.screened.before == runs[before].figures["accuracy"]  # of the whole curve, not of its first row


def test_a_map_of_a_function(here: Path) -> None:
    over, options = {"weight_decay": [0.0, 5.0]}, {"metric": "accuracy", "repeat_check": False}
    with ThreadPoolExecutor(1) as executor:
        made = pb.map_verdict(
            "optimizer", ["adam", "sgd"], over, program="mytrain:train", seeds=3, executor=executor, **options
        )
    assert len(made.map.cells) == 2
    assert "LeNet" not in str(made)


def test_opening_a_store_loads_no_function(here: Path) -> None:
    name = compared("optimizer", ["adam", "sgd"], seeds=2).comparison.id
    (here / "mytrain.py").write_text("raise SystemExit('loaded')")
    sys.modules.pop("mytrain", None)
    opened = pb.load_comparison(name)
    assert "accuracy" in str(opened).lower()
    assert opened.report().exists()
