"""The stores of today stay readable: one that version 0.1.0 left, read through the commands.

`tests/fixtures/make_store_0_1_0.py` made it, once. `printed/` in it holds what 0.1.0 printed of it.
"""

from __future__ import annotations

import json
import shutil
import tarfile
from importlib.metadata import version
from pathlib import Path

import pytest
import torch

from paribus.web.job_states import Kept
from paribus.web.read_store import read_note
from tests.cli.lab import paribus

ARCHIVE = Path(__file__).parents[1] / "fixtures" / "store-0.1.0.tar.xz"
EXPLAINED, REPAIRED, OWN = (
    "activation-relu-sigmoid-0d041bd8",
    "activation-relu-sigmoid-574627e1-f6",
    "dense_widths-12-4",
)
MAP = "map-activation-relu-sigmoid-over-weight_decay-batch_order-24a83f2c"
FREE = {"schema_number"}  # of a file's form


@pytest.fixture(scope="module")
def old(tmp_path_factory) -> Path:
    """A folder with the store `lab`, the data set and the model that its recipes name."""
    folder = tmp_path_factory.mktemp("old")
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(folder, filter="data")
    return folder


def ask(old: Path, *words: str, quiet: bool = False) -> str:
    """What the command prints. `quiet`: what it says beside its JSON does not matter."""
    done = paribus(*words, "--out", "lab", cwd=old)
    assert done.code == 0, done.err
    assert quiet or done.err == ""
    return done.out


def lost(old: object, new: object, path: str = "") -> list[str]:
    """Where `new` has not what `old` has; it may have more. A text in each language may say it in other words."""
    if isinstance(old, dict) and old.keys() == {"en", "ko"} and isinstance(new, dict):
        return [f"{path}.{lang} is gone" for lang in old if not new.get(lang)]
    if isinstance(old, dict) and isinstance(new, dict):
        return [
            fault
            for key, value in old.items()
            if key not in FREE
            for fault in (lost(value, new[key], f"{path}.{key}") if key in new else [f"{path}.{key} is gone"])
        ]
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        return [
            fault for place, pair in enumerate(zip(old, new, strict=True)) for fault in lost(*pair, f"{path}[{place}]")
        ]
    return [] if old == new else [f"{path} was {str(old)[:60]}, is {str(new)[:60]}"]


def printed(old: Path, name: str):
    return json.loads((old / "printed" / f"{name}.json.txt").read_text())


def documents() -> list[str]:
    """What 0.1.0 printed as JSON, by name."""
    with tarfile.open(ARCHIVE) as archive:
        names = [Path(name).name for name in archive.getnames() if name.startswith("printed/")]
    return sorted(name.removesuffix(".json.txt") for name in names if name.endswith(".json.txt"))


@pytest.mark.parametrize("name", documents())
def test_json_keeps_every_value_that_0_1_0_gave(old, name):
    """But that what was never confirmed at full length is no longer called ruled out."""
    words = ("list", "--json") if name == "list" else ("show", name, "--json")
    found = json.loads(ask(old, *words))
    if isinstance(found, dict) and (why := found.get("explanation")):
        assert why["ruled_out"] == []
        why["ruled_out"] = why["no_effect_seen"]
    assert lost(printed(old, name), found) == []


def test_the_list_has_all_of_it(old):
    listed = ask(old, "list")
    assert all(name in listed for name in (EXPLAINED, REPAIRED, OWN, "map-activation-relu-sigmoid-over"))
    runs = [line.split() for line in listed.splitlines() if line.startswith(("lenet-", "perceptron-"))]
    states = [line[1] for line in runs]
    assert {state: states.count(state) for state in set(states)} == {"finished": 68, "diverged": 1, "interrupted": 2}
    assert [line[:4] for line in runs if line[1] == "interrupted"] == [
        ["lenet-relu-7d34f84853-s40", "interrupted", "40", "3"],
        ["perceptron-relu-c89fa6702a-s41", "interrupted", "41", "3"],
    ]


def test_the_comparison_shows_what_it_showed(old):
    shown = ask(old, "show", EXPLAINED)
    for figure in ("0/6", "6/6", "13.5 %", "56.8 %", "12.2 to 14.8", "43.7 to 70.0", "30.2 to 56.5", "0.002", "Fisher"):
        assert figure in shown
    own = ask(old, "show", OWN)
    for figure in ("50.3 %", "77.3 %", "8.4 to 92.2", "67.3 to 87.4", "−6.4 to +60.4", "0.074"):
        assert figure in own


def test_the_explanation_says_what_it_said(old):
    shown = ask(old, "show", EXPLAINED)
    for figure in ("12.3 % → 74.4 %", "+62.1", "49.1 to 75.1", "12.3 % → 70.6 %", "+58.3", "48.0 to 68.7"):
        assert figure in shown
    for figure in ("69.7 % (6/6)", "70.8 % (6/6)", "48.5 to 63.9", "0.6 to 27.4", "+28.6 to +55.7"):
        assert figure in shown


def test_the_map_is_drawn(old):
    shown = ask(old, "show", MAP)
    for figure in ("+26.9", "2/2 · 1/2", "0/4 · 4/4", "0/2 · 1/2", "8 epochs", "3.5 %"):
        assert figure in shown


def test_why_plans_from_old_comparisons(old):
    planned = ask(old, "why", EXPLAINED, "--dry-run").splitlines()
    assert sum("→" in line or "batch normalisation" in line for line in planned) == 12
    assert "Weight decay 0.01 → 0" in planned[1]
    own = ask(old, "why", OWN, "--dry-run", "--trust").splitlines()
    assert sum("→" in line for line in own) == 9
    assert "Learning rate 0.01 → 0.001" in own[1]


def test_reports_are_written(old, tmp_path):
    for name in (EXPLAINED, OWN):
        page = tmp_path / f"{name}.html"
        ask(old, "report", name, "--to", str(page))
        assert page.stat().st_size > 100_000


def test_the_queue_is_read(old):
    kept = read_note(old / "lab", "queue.json", Kept)
    assert kept is not None
    assert [(job.state, job.order.values) for job in kept.jobs if job.order is not None] == [
        ("waiting", ("sigmoid", "relu")),
        ("paused", ("tanh", "relu")),
        ("stopped", ("gelu", "relu")),
    ]


SMALL = ("--set=dataset=./digits", "--set=batch_size=8", "--set=validation_fraction=0.25", "--set=learning_rate=0.01")
OF_OWN = (*SMALL, "--set=model=oldnet:perceptron", "--recipe=fair", "--kernel=pytorch")
MADE_WITH = {"torch": "2.13.0+cpu", "numpy": "2.4.6"}
BEGUN_WITH = "AVX512"  # the instructions of the processor that the store was made on
same_versions = pytest.mark.skipif(
    any(version(package) != wanted for package, wanted in MADE_WITH.items()),
    reason="runs of another PyTorch or NumPy are others",
)


@pytest.fixture
def goes_on(old, tmp_path) -> Path:
    """A copy that may be written to."""
    return Path(shutil.copytree(old, tmp_path / "copy"))


def took(run: Path) -> list[float]:
    """The seconds of each epoch, which no two trainings share."""
    return [json.loads(line)["seconds"] for line in (run / "metrics.jsonl").read_text().splitlines()]


def runs(folder: Path) -> set[str]:
    return {path.name for path in (folder / "lab" / "runs").iterdir()}


@same_versions
def test_finished_runs_are_reused_and_their_comparison_is_found_again(goes_on):
    before = runs(goes_on)
    made = json.loads(
        ask(goes_on, "compare", "dense_widths=4,12", "--seeds=3", "--epochs=4", *OF_OWN, "--json", quiet=True)
    )
    assert runs(goes_on) == before, "nothing is trained again"
    was = printed(goes_on, f"{OWN}-ac81e0cc")
    assert (made["id"], made["look"]) == (was["id"], 1)
    assert lost({"arms": was["arms"], "pairs": was["pairs"]}, made) == []


@same_versions
def test_an_unfinished_run_goes_on_from_its_last_epoch_and_ends_as_one_that_was_never_stopped(goes_on, tmp_path):
    given = ("train", "--seed=41", *OF_OWN, "--set=dense_widths=[8]", "--epochs=30", "--json")
    stopped = goes_on / "lab" / "runs" / "perceptron-relu-c89fa6702a-s41"
    record = json.loads((stopped / "record.json").read_text())
    assert record["status"] == "running"
    before, began = runs(goes_on), took(stopped)[:2]
    ended = json.loads(ask(goes_on, *given, quiet=True))
    assert (ended["id"], ended["status"], runs(goes_on)) == (stopped.name, "finished", before)
    assert took(stopped)[:2] == began, "only the epoch is made again whose state the kill prevented"
    whole = paribus(*given, "--out=whole", cwd=goes_on).json
    alike = ended["environment"]["processor"] == whole["environment"]["processor"]
    if alike and torch.backends.cpu.get_cpu_capability() == BEGUN_WITH:  # its first epochs are that processor's
        assert ended["weights_digest"] == whole["weights_digest"]
    assert whole["id"] != stopped.name, "a new run has the identity of now"
