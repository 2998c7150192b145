"""What a record says of the machine, against the machine and git themselves."""

import platform
import shutil
import subprocess

import numpy as np
import pytest
import torch

import paribus
from paribus.runs import environment

GIT = shutil.which("git")


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A git repository that Paribus seems to run from, with one commit."""
    source = tmp_path / "src" / "paribus"
    source.mkdir(parents=True)
    (source / "__init__.py").write_text("")
    (tmp_path / "notes.txt").write_text("one")
    monkeypatch.setattr(paribus, "__file__", str(source / "__init__.py"))
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)
    environment._git.cache_clear()
    yield tmp_path
    environment._git.cache_clear()


def git(folder, *words):
    command = [GIT, "-C", str(folder), "-c", "user.name=t", "-c", "user.email=t@example.org", *words]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def commit(folder):
    git(folder, "init", "--quiet")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "first")
    return git(folder, "rev-parse", "HEAD")


def test_versions_are_those_of_what_runs():
    here = environment.describe("cpu", "x86_64", "pytorch", 1)
    assert here.torch == torch.__version__
    assert here.numpy == np.__version__
    assert here.python == platform.python_version()
    assert here.paribus == paribus.__version__
    assert (here.device, here.device_name, here.kernel, here.threads) == ("cpu", "x86_64", "pytorch", 1)
    assert here.processor


@pytest.mark.skipif(GIT is None, reason="needs git")
def test_the_revision_is_gits_and_a_changed_source_is_dirty(checkout):
    revision = commit(checkout)
    (checkout / "notes.txt").write_text("two")  # not of the source
    assert environment._git() == (revision, False)
    (checkout / "src" / "paribus" / "__init__.py").write_text("x = 1")
    environment._git.cache_clear()
    assert environment._git() == (revision, True)


@pytest.mark.skipif(GIT is None, reason="needs git")
def test_another_repository_that_a_hook_points_to_does_not_count(checkout, tmp_path_factory, monkeypatch):
    revision = commit(checkout)
    other = tmp_path_factory.mktemp("other")
    (other / "file").write_text("")
    assert commit(other) != revision
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    assert environment._git() == (revision, False)


def test_where_there_is_no_checkout_there_is_no_revision(checkout):
    assert environment._git() == (None, None)
