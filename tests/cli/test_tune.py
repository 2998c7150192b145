"""`paribus compare … --tune`, as a user gives it: on a function whose best step differs by arm, a command, recipes."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest

from paribus.runs.store import Store
from tests.cli.lab import REDUCED, Done, paribus, start
from tests.docs.markdown import ROOT, blocks

PAGE = ROOT / "docs" / "tuned.md"
WORDS = ("compare", "line:train", "optimizer=sgd,sign", "--metric=loss:min", "--steer=val_loss:min", "--margin=0.005")
TUNE = ("--tune", "lr=1e-3..1", "--tune-sampler=random")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With the document's function in it."""
    made = tmp_path_factory.mktemp("line")
    (text,) = (block.text for block in blocks(PAGE) if block.file_name == "line.py")
    (made / "line.py").write_text(text, encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def done(folder: Path) -> Done:
    """The document's own command."""
    return paribus(*WORDS, *TUNE, cwd=folder)


@pytest.fixture(scope="module")
def shown(folder: Path, done: Done) -> dict:
    return paribus("show", "optimizer-sgd-sign", "--json", cwd=folder).json


def test_both_answers_are_printed_as_the_document_quotes_them(done: Done) -> None:
    assert done.code == 0, done.err
    quoted = [line.removeprefix(">").strip() for line in PAGE.read_text().splitlines() if line.startswith(">")]
    sentences = " ".join(quoted).split("  ")
    printed = " ".join(done.out.split())
    for said in sentences:
        assert said.replace(": ", " ", 1) if "best:" in said or "settings:" in said else said
        assert said.partition(": ")[2] in printed if said.startswith(("Same", "Each")) else said in printed
    assert "24 of 24: sign" in done.out
    assert "Every arm had 12 tries of 2 runs each (seeds 2,000,000 to 2,000,001, which no verdict uses)" in done.out


def test_the_search_is_told_beforehand(folder: Path, done: Done) -> None:
    dry = paribus(*WORDS, *TUNE, "--dry-run", cwd=folder)
    assert "at most 60 runs more: 12 tries × 2 runs for each arm, and 6 runs of it at its best" in " ".join(
        dry.out.split()
    )
    plan = paribus(*WORDS, *TUNE, "--dry-run", "--json", cwd=folder).json
    assert plan["finished"] == 12
    assert plan["tuning"]["runs"] == 60
    assert plan["tuning"]["seconds"] > 0
    assert (plan["tuning"]["tries"], plan["tuning"]["seeds"], plan["tuning"]["sampler"]) == (12, 2, "random")


def test_json_has_both_answers(shown: dict) -> None:
    tuned = shown["tuned"]
    assert [pair["verdict"] for pair in shown["pairs"]] == ["a_better"]
    assert [pair["verdict"] for pair in tuned["comparison"]["pairs"]] == ["open"]
    assert tuned["metric"] == "val_loss:min"
    assert tuned["comparison"]["tuned_fields"] == ["lr"]
    assert shown["tuned_fields"] == []
    assert set(tuned["text"]) == {"en", "ko"}
    for arm in tuned["arms"]:
        assert arm["best"] == min(arm["tries"], key=lambda one: one["score"])


def test_the_command_that_it_prints_gives_it_again_without_a_run(folder: Path, shown: dict) -> None:
    import shlex

    _, *words = shlex.split(shown["tuned"]["comparison"]["command"])
    again = paribus(*words, "--json", cwd=folder)
    assert "finished, " not in again.err
    assert again.json["tuned"]["comparison"]["id"] == shown["tuned"]["comparison"]["id"]
    assert again.json["tuned"]["arms"] == shown["tuned"]["arms"]


def test_show_and_report_and_figure_have_it(folder: Path, done: Done) -> None:
    told = paribus("show", "optimizer-sgd-sign", "--lang", "ko", cwd=folder)
    assert "각자 최적 설정" in told.out
    best = next(p.name for p in (folder / "paribus-lab" / "comparisons").iterdir() if p.name.startswith("tuned-"))
    assert "Each arm has its own best lr." in paribus("show", best, cwd=folder).out
    for lang, title in (("en", "Each at its best"), ("ko", "각자 최적 설정")):
        assert paribus("report", "optimizer-sgd-sign", "--to", f"{lang}.html", "--lang", lang, cwd=folder).code == 0
        assert title in (folder / f"{lang}.html").read_text(encoding="utf-8")
    drawn = paribus("figure", "optimizer-sgd-sign", "--kind", "tuning", "--to", "tuning.svg", cwd=folder)
    assert drawn.code == 0, drawn.err
    refused = paribus("figure", best, "--kind", "tuning", cwd=folder)
    assert refused.code == 2
    assert "these arms were not tuned" in refused.err


def test_quiet_is_both_verdicts_alone(folder: Path, done: Done) -> None:
    quiet = paribus(*WORDS, *TUNE, "--quiet", cwd=folder)
    assert "24 of 24" not in quiet.out
    assert "Each at its best" in quiet.out
    assert "The settings suited SGD." in quiet.out


def test_stopped_in_the_search_it_goes_on_where_it_was(folder: Path) -> None:
    words = (*WORDS, *TUNE, "--first-seed=50", "--seeds=2", "--out=stopped", "--workers=1")
    process = start(*words, cwd=folder)
    deadline = time.monotonic() + 120
    store = Store(folder / "stopped")
    while sum(record.status == "finished" for record in store.runs()) < 12 and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "To go on: paribus compare line:train" in out + err
    there = {record.id for record in store.runs() if record.status == "finished"}
    stamps = {run: store.record(run).ended for run in there}
    again = paribus(*words, "--json", cwd=folder)
    assert again.code == 0, again.err
    assert {run: store.record(run).ended for run in there} == stamps
    assert len(again.json["tuned"]["arms"][0]["tries"]) == 12


def test_commands_are_tuned_too(tmp_path: Path) -> None:
    """A command knows texts alone."""
    (tmp_path / "fit.py").write_text(
        "import sys\nact, lr, seed = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])\n"
        "best = {'a': 0.01, 'b': 0.1}[act]\n"
        "import json; print(json.dumps({'score': 1 - (lr - best) ** 2 - (seed % 7) / 1e4}))\n"
    )
    words = ("act=a,b", "--set=lr=0.1", "--metric=score:max", "--seeds=2", "--no-repeat-check")
    command = ("--", "python", "fit.py", "{act}", "{lr}", "{seed}")
    tune = ("--tune", "lr=0.01,0.03,0.1", "--tune-seeds=1")
    found = paribus("compare", *words, *tune, "--json", *command, cwd=tmp_path)
    assert found.code == 0, found.err
    arms = found.json["tuned"]["arms"]
    assert [arm["best"]["values"]["lr"] for arm in arms] == ["0.01", "0.1"]
    assert [[edge["end"] for edge in arm["edges"]] for arm in arms] == [["low"], ["high"]]
    assert found.json["tuned"]["comparison"]["command"].endswith("-- python fit.py '{act}' '{lr}' '{seed}'")


def test_recipes_are_tuned_by_what_steers_on_validation_data(tmp_path: Path) -> None:
    tune = ("--tune", "learning_rate=1e-4..1e-1", "--tune-tries=3", "--tune-seeds=1")
    found = paribus("compare", "activation=sigmoid,relu", *REDUCED, *tune, "--seeds=2", "--json", cwd=tmp_path)
    assert found.code == 0, found.err
    tuned = found.json["tuned"]
    assert tuned["metric"] == "val_accuracy:max"
    assert tuned["fields"][0]["logarithmic"]
    assert [len(arm["tries"]) for arm in tuned["arms"]] == [3, 3]
    assert {arm["value"] for arm in tuned["comparison"]["arms"]} == {"sigmoid", "relu"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--tune", "lr=1..1e-3"), "a range goes from its lower end to its higher one; got"),
        (("--tune", "rate=1e-3..1"), "a tuned field must be a field of the function"),
        (("--tune", "optimizer=sgd,adam"), "optimizer is what the arms differ in"),
        (("--tune", "lr=1e-3..1", "--tune-tries=0"), "tune_tries must be a whole number from 2 to 1,000; got 0"),
        (("--tune-tries=5",), "say which one too, by tune"),
        (("--tune", "lr=1e-3..1", "--until-decided"), "arms at their best are judged once"),
        (("--tune", "lr=1e-3..1", "--baseline=sgd", "--fail-if=worse"), "tuning gives two verdicts"),
        (("--tune", "lr"), "a field and its value are written field=value"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_runs(tmp_path: Path, folder: Path, words, said) -> None:
    refused = paribus(*WORDS, *words, f"--out={tmp_path / 'lab'}", cwd=folder)
    assert refused.code == 2
    assert said in refused.err
    assert not (tmp_path / "lab").exists()


def test_the_factor_stands_before_what_is_tuned(folder: Path) -> None:
    words = ("line:train", "--metric=loss:min", "--tune", "lr=1e-3..1", "optimizer=sgd,sign")
    refused = paribus("compare", *words, cwd=folder)
    assert refused.code == 2
    assert "before --tune: what stands behind it is tuned" in refused.err


def test_tables_cannot_be_tuned(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("seed,arm,loss\n0,a,1\n0,b,2\n1,a,1\n1,b,2\n")
    refused = paribus("judge", "t.csv", "--arm-column=arm", "--tune", "lr=1e-3..1", cwd=tmp_path)
    assert refused.code == 2
    assert "a table's runs are made already, so nothing is tuned" in refused.err
