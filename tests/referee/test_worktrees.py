"""What a version of the code takes in, and what it refuses before anything is run."""

from __future__ import annotations

import tempfile
import threading

import pytest

from paribus.core.errors import FaultsError, ParibusError
from paribus.programs.command import versions
from paribus.referee import worktrees
from paribus.referee.worktrees import Trees
from tests.command.commands import git, repository


@pytest.fixture
def made(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    repository(tmp_path / "내 프로젝트", train_py="print(1)\n")
    (tmp_path / "state").mkdir()
    found = Trees(tmp_path / "state", tmp_path / "내 프로젝트")
    found.make()
    return found


def files(made: Trees) -> list[str]:
    return git(made.git, "ls-tree", "-r", "-z", "--name-only", made.working().commit).split("\0")[:-1]


def test_what_git_does_not_ignore_is_the_code(made):
    (made.top / ".gitignore").write_text("*.npz\n")
    for name in ("새 파일.py", "new.npz", "train.py"):
        (made.top / name).write_bytes(b"x\r\n")
    assert sorted(files(made)) == [".gitignore", "train.py", "새 파일.py"]
    assert git(made.git, "cat-file", "-s", f"{made.working().commit}:train.py").strip() == "3"
    (made.top / "새 파일.py").unlink()
    assert sorted(files(made)) == [".gitignore", "train.py"]


def test_a_link_out_of_the_repository_must_not_be_a_relative_one(made):
    (made.top.parent / "data").mkdir()
    (made.top / "data").symlink_to("../data")
    with pytest.raises(FaultsError, match="leads nowhere"):
        made.working()
    (made.top / "data").unlink()
    (made.top / "data").symlink_to(made.top.parent / "data")
    (made.top / "inner").symlink_to("train.py")
    assert sorted(files(made)) == ["data", "inner", "train.py"]


def test_data_that_every_run_would_get_a_copy_of_are_refused(made, monkeypatch):
    monkeypatch.setattr(worktrees, "_LARGEST", 1000)
    (made.top / "big.bin").write_bytes(bytes(2000))
    with pytest.raises(FaultsError, match=r"most of it in big\.bin"):
        made.working()
    (made.top / ".gitignore").write_text("big.bin\n")
    assert sorted(files(made)) == [".gitignore", "train.py"]


def test_nobody_commits_without_a_name_and_the_environment_may_give_it(made, monkeypatch):
    git(made.top, "config", "user.useConfigOnly", "true")
    with pytest.raises(ParibusError, match="who commits"):
        made.check_committer()
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "somebody")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "somebody@example.com")
    made.check_committer()
    (made.top / "train.py").write_text("print(2)\n")
    made.commit(["train.py"], "two")
    assert git(made.top, "log", "-1", "--format=%an %s").strip() == "somebody two"


def test_a_version_is_the_commit_that_git_would_make_of_it(made):
    version = made.working()
    by_git = versions.git_or_error(made.git, "commit-tree", version.tree, **worktrees._NOBODY).strip()
    assert version.commit == by_git
    made.keep("try-1", version)
    assert git(made.git, "rev-parse", "try-1").strip() == by_git
    assert git(made.git, "fsck", "--strict") == ""


def test_a_checkout_made_beforehand_is_a_runs_or_is_removed(made, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "state"))
    version, others = made.working(), threading.enumerate()
    ready = versions.Ready(made.git, version.commit)
    with versions.checked_out(made.place, version.commit, (), made.code, ready) as (place, checkout):
        assert checkout.parent == tmp_path / "state"
        assert (place / "train.py").read_text() == "print(1)\n"
        assert ready.taken() is None
    versions.Ready(made.git, version.commit).remove()
    versions.Ready(made.git, "0" * 40).remove()  # git knows no such commit: who takes it is told as it makes one
    for thread in [one for one in threading.enumerate() if one not in others]:
        thread.join()
    assert [path.name for path in (tmp_path / "state").iterdir()] == ["code.git"]
