"""A run that comes as a package: what goes in is what came out, and nothing else goes in."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from paribus.core.errors import StoreError
from paribus.runs.engines.worker import perform_together
from paribus.runs.planning import Settings, make_plan
from paribus.runs.store import Store
from paribus.runs.store.digests import digest_of
from paribus.runs.store.packages import packed, taken_in
from paribus.runs.task import Task
from tests.programs.test_polynomial_runs import design


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Task, Path]:
    """A task, and the folder of its run in another store."""
    far = tmp_path_factory.mktemp("far")
    task = make_plan(design(seeds=1), Settings(far, workers=1)).tasks[0]
    assert perform_together([task]) == ("finished",)
    folder = Store(far).run_folder(task.run_id)
    (folder / "files" / "deep").mkdir(parents=True)
    (folder / "files" / "deep" / "그림 1.txt").write_text("mine")
    return task, folder


def files_of(folder: Path) -> dict[str, bytes]:
    """But for the seal, which is the store's own."""
    found = [path for path in folder.rglob("*") if path.is_file() and path.name != "seal"]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def resealed(package: bytes, change: object) -> bytes:
    """The package with other contents, and digests that are right: `change` alters the list [name, data]."""
    end = package.index(b"\n")
    at, contents = end + 1, []
    for name, size, _ in json.loads(package[:end])["files"]:
        contents.append([name, package[at : at + size]])
        at += size
    change(contents)  # type: ignore[operator]
    listed = [[name, len(data), hashlib.sha256(data).hexdigest()] for name, data in contents]
    digest = hashlib.sha256(json.dumps(listed, sort_keys=True).encode()).hexdigest()
    head = json.dumps({"format": 1, "files": listed, "digest": digest}).encode()
    return head + b"\n" + b"".join(data for _, data in contents)


def test_it_is_there_as_it_was_and_a_second_one_changes_nothing(made: tuple[Task, Path], tmp_path: Path) -> None:
    task, folder = made
    store = Store(tmp_path)
    record = taken_in(store, task, packed(folder))
    assert record == Store(folder.parents[1]).record(task.run_id)
    assert files_of(store.run_folder(task.run_id)) == files_of(folder)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["locks", "runs"]
    assert taken_in(store, task, b"whatever comes later") == record
    anew = replace(task, replaces=store.stamp(task.run_id))
    assert taken_in(store, anew, packed(folder)) == record


def test_what_was_left_unfinished_gives_way(made: tuple[Task, Path], tmp_path: Path) -> None:
    task, folder = made
    store = Store(tmp_path)
    begun = store.run_folder(task.run_id)
    begun.mkdir(parents=True)
    (begun / "record.json").write_bytes(changed_record((folder / "record.json").read_bytes(), status="running"))
    (begun / "left.over").write_text("")
    taken_in(store, task, packed(folder))
    assert files_of(begun) == files_of(folder)


def changed_record(data: bytes, **changed: object) -> bytes:
    """As a writer would have it: its digest is right."""
    record = {**json.loads(data), **changed}
    del record["digest"]
    return json.dumps({**record, "digest": digest_of(record)}).encode()


def named(name: str) -> object:
    return lambda contents: contents.insert(0, [name, b"x"])


def other_record(**changed: object) -> object:
    def change(contents: list[list[object]]) -> None:
        contents[-1][1] = changed_record(contents[-1][1], **changed)  # type: ignore[arg-type]

    return change


HOSTILE = {
    **{
        name: named(name)
        for name in ("../x", "/etc/x", "files/../../x", "files//x", "checkpoints/../x", "files/.bashrc", "files/a:b")
    },
    "half a letter": named("files/\ud800"),
    "seal": named("seal"),
    "a pickle": named("state.pkl"),
    "backslash": named("files/..\\x"),
    "twice": lambda contents: contents.append(contents[0]),
    "no record": lambda contents: contents.pop(),
    "record is no JSON": lambda contents: contents[-1].__setitem__(1, b"\x80\x04."),
    "another run": other_record(id="polynomial-0000000000-s0"),
    "another seed": other_record(seed=7),
    "another program": other_record(program={"kind": "command", "name": "rm -rf"}),
    "unfinished": other_record(status="running"),
    "other epochs": lambda contents: next(c for c in contents if c[0] == "metrics.jsonl").__setitem__(1, b"{}\n"),
    "damaged state": lambda contents: next(c for c in contents if c[0] == "state.safetensors").__setitem__(
        1, b"x" * 99
    ),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_one_is_refused_and_leaves_nothing(made: tuple[Task, Path], tmp_path: Path, what: str) -> None:
    task, folder = made
    with pytest.raises(StoreError):
        taken_in(Store(tmp_path / "store"), task, resealed(packed(folder), HOSTILE[what]))
    left = [path for path in tmp_path.rglob("*") if path.is_file() and path.parent.name != "locks"]
    assert left == []


def test_a_damaged_one_is_refused_wherever_it_is_damaged(made: tuple[Task, Path], tmp_path: Path) -> None:
    task, folder = made
    whole = packed(folder)
    store = Store(tmp_path)
    for at in range(0, len(whole), 97):
        flipped = whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]
        for package in (flipped, whole[:at]):
            with pytest.raises(StoreError):
                taken_in(store, task, package)
    assert not store.has_run(task.run_id)
    taken_in(store, task, whole)


@pytest.mark.parametrize("size", ["Infinity", "-Infinity", "NaN", "1e999", "9" * 5000, "[" * 5000])
def test_a_size_that_is_none_is_refused(made: tuple[Task, Path], tmp_path: Path, size: str) -> None:
    package = f'{{"format": 1, "files": [["record.json", {size}, ""]], "digest": ""}}\n'.encode()
    with pytest.raises(StoreError, match="is no package"):
        taken_in(Store(tmp_path / "store"), made[0], package)
