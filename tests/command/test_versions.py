"""Two versions of the code: each runs in a clean checkout, and the user's repository is as it was."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from paribus.core.errors import ParibusError
from paribus.core.temporary import make_temporary
from tests.command.commands import git, made, performed, planned, repository, write

SCRIPT = "from helper import gain\nimport subprocess\nprint('acc', gain)\n"
WORDS = [sys.executable, "train.py"]
PATTERN = {"patterns": {"acc": "acc (.*)"}}
ARMS = [{"version": "old"}, {"version": "new"}]


@pytest.fixture(autouse=True)
def own_temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    return tmp_path / "tmp"


@pytest.fixture
def project(own_place: Path) -> Path:
    repository(own_place, train_py=SCRIPT, helper_py="gain = 0.25", _gitignore="data/\n*.bin\n")
    git(own_place, "tag", "v1")
    write(own_place, helper_py="gain = 0.5")
    git(own_place, "commit", "-qam", "two")
    write(own_place, helper_py="gain = 0.75")  # and not committed
    (own_place / "data").mkdir()
    (own_place / "data" / "a.csv").write_text("1")
    return own_place


def versions(**more):
    return made(WORDS, unpaired=True, versions_of={"old": "v1", "new": "HEAD"}, **PATTERN, **more)


def state(project: Path) -> tuple[str, ...]:
    said = [git(project, "status", "--porcelain"), git(project, "worktree", "list"), git(project, "branch", "-a")]
    return (*said, *sorted(path.name for path in (project / ".git").iterdir()))


def test_each_version_gives_its_own_figures_and_nothing_is_left(project, out, own_temporary):
    before = state(project)
    old, new = performed(versions(), out, arms=ARMS)
    assert (old.record().figures, new.record().figures) == ({"acc": 0.25}, {"acc": 0.5})
    assert state(project) == before
    assert list(own_temporary.iterdir()) == []
    write(project, helper_py="gain = 1")
    assert planned(versions(), out, arms=ARMS).finished == 2


def test_a_branch_that_moved_is_another_version(project, out):
    performed(versions(), out, arms=ARMS)
    git(project, "commit", "-qam", "three")
    plan = planned(versions(), out, arms=ARMS)
    assert plan.finished == 1
    _, new = performed(versions(), out, arms=ARMS)
    assert new.record().figures == {"acc": 0.75}


def test_which_files_differ_and_what_is_not_there_is_said(project, out):
    plan = planned(versions(), out, arms=ARMS)
    design = plan.design.model_copy(update={"factor": "version"})
    arms = [arm.model_copy(update={"value": arm.fields["version"]}) for arm in design.arms]
    notes = versions().notes(design.model_copy(update={"arms": tuple(arms)}), [], None)
    said = " ".join(map(str, notes))
    assert "differ in helper.py" in said
    assert "which is data/. --link NAME" in said
    assert "not committed is in neither version" in said
    notes = versions(links=["data"]).notes(design.model_copy(update={"arms": tuple(arms)}), [], None)
    assert "--link" not in " ".join(map(str, notes))


def test_what_git_ignores_is_linked_where_that_is_asked_for(project, out):
    words = ["bash", "-c", "cat data/a.csv && git rev-parse --show-toplevel HEAD && ls -a && echo acc 0.5"]
    program = made(words, unpaired=True, versions_of={"old": "v1", "new": "HEAD"}, links=["data/"], **PATTERN)
    old, _ = performed(program, out, arms=ARMS)
    text = (old.path / "stdout.txt").read_text()
    assert text.startswith("1")
    assert git(project, "rev-parse", "v1").strip() in text
    (project / "data" / "a.csv").write_text("2222")
    assert planned(program, out, arms=ARMS).finished == 0
    missing = made(words, unpaired=True, versions_of={"old": "v1", "new": "HEAD"}, **PATTERN)
    (old, _) = performed(missing, out, arms=ARMS)
    assert old.record().status == "failed"


def test_a_folder_below_the_top_is_the_folder_below_the_checkout(project, out, monkeypatch):
    (project / "sub").mkdir()
    (project / "sub" / "go.sh").write_text("#!/bin/sh\necho acc 0.$(basename $PWD | wc -c)\n")
    (project / "sub" / "go.sh").chmod(0o755)
    git(project, "add", "-A")
    git(project, "commit", "-qm", "sub")
    monkeypatch.chdir(project / "sub")
    program = made(["./go.sh"], unpaired=True, versions_of={"old": "HEAD"}, **PATTERN)
    (old,) = performed(program, out, arms=[{"version": "old"}])
    assert old.record().figures == {"acc": 0.4}


def test_a_revision_that_is_none_is_refused_with_the_nearest(project, tmp_path, monkeypatch):
    with pytest.raises(ParibusError, match=r"no such revision; got \"mian\"; did you mean main\?"):
        made(WORDS, unpaired=True, versions_of={"old": "mian"})
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ParibusError, match="git repository"):
        made(WORDS, unpaired=True, versions_of={"old": "v1"})


def test_a_kill_leaves_nothing_in_the_repository_and_no_checkout(project, out, own_temporary, tmp_path):
    before = state(project)
    words = ["bash", "-c", f"pwd > {tmp_path}/place; sleep 60"]
    script = (
        "from pathlib import Path\n"
        "from tests.command.commands import made, performed\n"
        f"performed(made({words!r}, unpaired=True, versions_of={{'old': 'v1'}}), Path({str(out)!r}),"
        " arms=[{'version': 'old'}])\n"
    )
    root = Path(__file__).parents[2]
    worker = subprocess.Popen([sys.executable, "-c", script], env={**os.environ, "PYTHONPATH": str(root)})
    end = time.monotonic() + 30
    while not (tmp_path / "place").exists() and time.monotonic() < end:
        time.sleep(0.02)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    while list(own_temporary.iterdir()) and time.monotonic() < end:
        time.sleep(0.02)
    assert list(own_temporary.iterdir()) == []
    assert state(project) == before


def test_what_a_killed_process_left_goes_at_the_next_start(project, out, own_temporary):
    ended = subprocess.Popen(["true"])
    ended.wait()
    ours = make_temporary("version")
    (own_temporary / ours.name.replace(f"-{os.getpid()}-", f"-{ended.pid}-")).mkdir()
    performed(versions(), out, arms=ARMS)
    assert list(own_temporary.iterdir()) == [ours]
