"""The examples of commands, given to the installed program as their user gives them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.lab import Done, end_forks
from tests.cli.lab import paribus as given
from tests.command.commands import git, repository, write

# Two arms with noise of their own in every seed; the second is better by far.
TRAIN = """
import argparse, json, random
from collections.abc import Iterator
from pathlib import Path
import helper
parser = argparse.ArgumentParser()
for name in ("--act", "--seed", "--out"):
    parser.add_argument(name)
given = parser.parse_args()
if given.act == "boom":
    raise SystemExit("no such activation: boom")
draw = random.Random(given.act + given.seed)
rows = [{"epoch": n, "val_acc": round(helper.GAIN[given.act] + 0.01 * n + draw.gauss(0, 0.01), 4), "loss": abs(n - 1)}
        for n in range(3)]
for row in rows:
    print(f"\\r\\x1b[32mepoch {row['epoch']}: accuracy: {row['val_acc']}\\x1b[0m")
if given.out:
    Path(given.out, "metrics.json").write_text("\\n".join(map(json.dumps, rows)))
print(json.dumps(rows[-1]), end="")
"""
FILES = {"train_py": TRAIN, "helper_py": 'GAIN = {"relu": 0.6, "gelu": 0.8}', "_gitignore": "paribus-lab/\n"}
BEGIN = ("--", sys.executable)
COMMAND = ("--", sys.executable, "train.py", "--act", "{act}", "--seed", "{seed}")


@pytest.fixture(scope="module", autouse=True)
def forks() -> Iterator[None]:
    yield
    end_forks()


@pytest.fixture
def project(own_place: Path) -> Path:
    return repository(own_place, **FILES)


def paribus(*words: str, code: int = 0) -> Done:
    done = given(*words)
    assert done.code == code, done.out + done.err
    return done


def test_the_first_example_is_planned_run_reused_and_made_anew(project):
    words = ("compare", "act=relu,gelu", "--seeds", "6", "--metric", "val_acc")
    first = json.loads(paribus(*words, "--json", "--quiet", *COMMAND).out)
    assert first["pairs"][0]["verdict"] == "b_better"
    assert first["program"] == {"kind": "command", "name": first["program"]["name"], "identity": "", "at": "last"}
    plan = json.loads(paribus(*words, "--json", "--dry-run", *COMMAND).out)
    assert plan["finished"] == 12
    write(project, helper_py='GAIN = {"relu": 0.8, "gelu": 0.6}')
    said = paribus(*words, "--dry-run", *COMMAND).out
    assert "Runs are made anew: helper.py changed since the earlier ones." in said
    anew = json.loads(paribus(*words, "--json", "--quiet", *COMMAND).out)
    assert (anew["id"], anew["pairs"][0]["verdict"]) == (first["id"], "a_better")
    assert git(project, "status", "--porcelain") == " M helper.py\n"


def test_a_pattern_a_file_and_the_best_epoch_give_the_same_as_they_should(project):
    words = ("compare", "act=relu,gelu", "--seeds=3", "--json", "--no-repeat-check")
    last = json.loads(paribus(*words, "--metric=val_acc=accuracy: ([0-9.]+)", *COMMAND).out)
    file = ("--metrics-from={folder}/metrics.json", *COMMAND, "--out", "{folder}")
    assert _means(json.loads(paribus(*words, "--metric=val_acc", *file).out)) == _means(last)
    done = paribus(*words, "--metric=val_acc", "--steer=loss:min", "--at=best", *file)
    best = json.loads(done.out)
    assert best["program"]["at"] == "best loss"
    assert "Each run counts with its best epoch by loss, not with its last." in best["verdict"]["en"]
    run = best["arms"][0]["runs"][0]
    assert run["figures"]["val_acc"] == run["curves"]["val_acc"][1]


def _means(view: dict) -> list[float]:
    return [arm["figures"]["val_acc"]["mean"] for arm in view["arms"]]


def test_the_first_run_fails_and_nothing_more_is_started(project):
    done = paribus("compare", "act=relu,gelu", "--seeds=3", "--metric=acc", *COMMAND, code=2)
    assert 'the run gave no figure "acc"' in done.err
    assert "did you mean val_acc?" in done.err
    assert '"val_acc"' in done.err  # the last lines
    assert len(list((project / "paribus-lab" / "runs").iterdir())) == 1


def test_an_arm_that_fails_throughout_is_an_outcome_with_its_last_words(project):
    done = paribus("compare", "act=relu,boom", "--seeds=3", "--metric=val_acc", *COMMAND, code=1)
    assert "3 runs of boom failed" in done.out
    assert done.out.count("no such activation: boom") + done.err.count("no such activation: boom") == 1


def test_two_versions_of_the_code(project):
    git(project, "tag", "v1")
    write(project, helper_py='GAIN = {"relu": 0.7, "gelu": 0.8}')
    git(project, "commit", "-qam", "two")
    words = ("compare", "--arm", "old=v1", "--arm", "new=HEAD", "--seeds=3", "--metric=val_acc")
    command = ("--", sys.executable, "train.py", "--act", "relu", "--seed", "{seed}")
    done = paribus(*words, *command)
    assert "differ in helper.py" in done.out
    view = json.loads(paribus(*words, "--json", "--quiet", *command).out)
    assert [round(mean, 1) for mean in _means(view)] == [0.6, 0.7]
    assert git(project, "status", "--porcelain") == ""
    assert len(git(project, "worktree", "list").splitlines()) == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("compare", "act=a,b", "--metric=acc", "--", sys.executable, "train.py", "{act}", "{sed}"),
            "a command needs {seed}",
        ),
        (("compare", "actt=a,b", "--metric=acc", *BEGIN, "{act}", "{seed}"), "did you mean act?"),
        (("compare", "act=a,b", "--metric=acc", "--", "no-such-program", "{act}", "{seed}"), "no command that can be"),
        (("compare", "act=a,b", "--metric=acc", *BEGIN, "{act}", "{seed}", "{lr}"), "{lr} has no value"),
        (("compare", "act=a,b", "--metric=acc", *BEGIN, "{ac}", "{seed}"), "has 2 faults"),
        (("compare", "act=a,b", "--metric=acc", *BEGIN, "{seed}"), 'of the command; got "act"; there are no fields'),
        (("compare", "act=a,b", *BEGIN, "{act}", "{seed}"), "name the figure that is judged"),
        (
            ("compare", "act=a,b", "--metric=loss", *BEGIN, "{act}", "{seed}"),
            "Write loss:min or loss:max",
        ),
    ],
)
def test_what_is_refused_is_refused_before_anything_runs(words, said, project):
    done = paribus(*words, code=2)
    assert said in done.err
    assert "Traceback" not in done.err
    assert not (project / "paribus-lab").exists()


def test_texts_that_are_one_number_are_two_arms_and_that_is_said(project):
    words = ("compare", "lr=0.1,1e-1", "--seeds=2", "--metric=acc", "--dry-run", "--", sys.executable, "{lr}", "{seed}")
    assert "0.1 and 1e-1 are one number, and two texts for the command." in paribus(*words).out
