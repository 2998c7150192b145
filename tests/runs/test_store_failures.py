"""A disk that is full, or that says no: what was there stays, and the error says what to do."""

import errno
import os
from pathlib import Path

import pytest

from paribus.core.errors import StoreError
from paribus.records.trace import StepTrace
from paribus.runs.store import RunFolder, Store, run_writer, tensors
from paribus.runs.store import files as store_files
from tests.factories import make_comparison
from tests.runs.store_cases import (
    answers_of,
    finished,
    metrics_of,
    new_record,
    state_of,
    train_epoch,
    weights_of,
    write_run,
)


@pytest.fixture
def folder(tmp_path):
    folder = Store(tmp_path).begin(new_record())
    train_epoch(folder, 1)
    folder.append_epoch(metrics_of(2))
    return folder


def contents(root):
    """Every file with its bytes; also temporary ones."""
    return {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()}


WRITES = {
    "metrics": lambda folder: folder.append_epoch(metrics_of(3)),
    "trace": lambda folder: folder.append_trace(StepTrace(step=10, layers={})),
    "state": lambda folder: folder.write_state(state_of(1), {"epochs": "1"}),
    "checkpoint": lambda folder: folder.write_checkpoint("epoch-0002", weights_of(2), {"step": "20"}),
    "truncation": lambda folder: folder.truncate_epochs(1),
    "end": lambda folder: folder.finish(finished(folder.record(), 1), answers_of()),
    "comparison": lambda folder: Store(folder.path.parents[1]).save_comparison(make_comparison("fair")),
    "look": lambda folder: Store(folder.path.parents[1]).record_look("pair", 6, 0.001),
    "run": lambda folder: Store(folder.path.parents[1]).begin(new_record("another-s0")),
}


def fail_with(code):
    def failing(*args, **kwargs):
        raise OSError(code, os.strerror(code))

    return failing


def writes_some_then(code):
    """A disk with room for a few bytes more."""

    real = os.write
    left = [5]

    def write(descriptor, data):
        if left[0] <= 0:
            raise OSError(code, os.strerror(code))
        part = bytes(data)[: left[0]]
        left[0] -= len(part)
        return real(descriptor, part)

    return write


@pytest.mark.parametrize(
    ("what", "failing"),
    [
        (what, failing)
        for what in WRITES
        for failing in ("write", "some", "fsync", "replace")
        if not (failing == "replace" and what in ("metrics", "trace", "look"))  # lines are appended
        and not (failing == "fsync" and what == "trace")  # made durable with the state
    ],
)
def test_a_full_disk_leaves_everything_as_it_was(folder, what, failing, monkeypatch):
    root = folder.path.parents[1]
    before = contents(root)
    if failing == "replace":
        monkeypatch.setattr(Path, "replace", fail_with(errno.ENOSPC))
    elif failing == "some":
        monkeypatch.setattr(store_files.os, "write", writes_some_then(errno.ENOSPC))
    else:
        monkeypatch.setattr(store_files.os, failing, fail_with(errno.ENOSPC))
    with pytest.raises(StoreError, match=r"No space left on device.*prune.*goes on from the last finished epoch"):
        WRITES[what](folder)
    monkeypatch.undo()
    after = {name: data for name, data in contents(root).items() if not name.startswith("locks") and data}
    assert after == before
    WRITES[what](folder)


@pytest.mark.parametrize("code", [errno.EACCES, errno.EROFS, errno.EPERM])
def test_a_folder_that_may_not_be_written_says_to_choose_another(tmp_path, code, monkeypatch):
    monkeypatch.setattr(Path, "mkdir", fail_with(code))
    for use in (
        lambda: Store(tmp_path / "lab").begin(new_record()),
        lambda: Store(tmp_path / "lab").lock("a-run").__enter__(),
        lambda: Store(tmp_path / "lab").save_comparison(make_comparison("fair")),
    ):
        with pytest.raises(StoreError, match=r"cannot be written.*--out"):
            use()


def test_a_lock_that_cannot_be_made_is_a_store_error(tmp_path):
    (tmp_path / "locks").mkdir()
    (tmp_path / "locks" / "a-run.lock").mkdir()
    with pytest.raises(StoreError, match=r"a-run\.lock"), Store(tmp_path).lock("a-run"):
        pass


@pytest.mark.parametrize("part", ["", "runs", "runs/lenet-relu-0123abcd-s0", "locks"])
def test_a_file_in_a_folders_place_is_named(tmp_path, part):
    place = tmp_path / "lab" / part
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text("in the way")
    with pytest.raises(StoreError, match=str(place)):
        write_run(tmp_path / "lab", new_record())
    assert place.read_text() == "in the way"


def test_a_file_that_may_not_be_read_is_named(folder, monkeypatch):
    folder = RunFolder(folder.path)  # as another process opens it
    monkeypatch.setattr(store_files.os, "open", fail_with(errno.EACCES))
    for read in (folder.record, folder.epochs, folder.read_state):
        with pytest.raises(StoreError, match=r"cannot be read: Permission denied"):
            read()


def test_a_store_on_a_full_file_system(folder, monkeypatch):
    """The run that met the full disk goes on from its last epoch once there is room."""
    with monkeypatch.context() as full:
        full.setattr(store_files.os, "write", writes_some_then(errno.EDQUOT))
        with pytest.raises(StoreError, match="prune"):
            train_epoch(folder, 2)
    done = write_run(folder.path.parents[1], new_record())
    assert [m.epoch for m in done.result().epochs] == [1, 2, 3]
    assert [seen.step for seen in done.trace()] == [0, 10, 20]


@pytest.mark.parametrize("what", ["metrics", "trace", "state", "checkpoint", "end", "many arrays"])
def test_nothing_is_written_that_would_not_be_read_back(folder, what, monkeypatch):
    before = contents(folder.path)
    for name in ("METRICS", "TRACE", "STATE", "WEIGHTS", "PREDICTIONS", "RECORD"):
        if what != "many arrays":
            monkeypatch.setattr(run_writer, f"LARGEST_{name}", 60)
    monkeypatch.setattr(tensors, "LARGEST_HEADER", 60)
    rule = r"must hold fewer arrays.* 60 bytes; got \d" if what == "many arrays" else "must have at most 60 bytes; got"
    with pytest.raises(StoreError, match=rule):
        WRITES["checkpoint" if what == "many arrays" else what](folder)
    monkeypatch.undo()
    assert contents(folder.path) == before
    WRITES["metrics" if what == "many arrays" else what](folder)
