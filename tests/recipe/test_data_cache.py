"""The cache: unpacked once, whole or not at all, whatever else happens at the time."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from paribus.core.errors import DataError
from paribus.programs.recipe.data.cache import Content, _digest, _file_digest, cache_root, entry, entry_folder

CONTENT = Content({"a": np.arange(12, dtype=np.uint8).reshape(3, 4), "b": np.arange(5)}, {"classes": 3})


def test_an_entry_is_built_once_and_comes_back_as_it_was(cache: Path) -> None:
    built = []

    def build() -> Content:
        built.append(1)
        return CONTENT

    for _ in range(3):
        found = entry("set", "1", build)
        assert found.folder == entry_folder("set", "1")
        assert dict(found.facts) == {"classes": 3}
        for name, array in CONTENT.arrays.items():
            np.testing.assert_array_equal(found.arrays[name], array, strict=True)
    assert len(built) == 1


def test_processes_that_start_together_build_once(cache: Path, tmp_path: Path) -> None:
    """Each of four processes opens the entry as soon as it can; building takes long enough for all to meet."""
    code = f"""
import time
from pathlib import Path
import numpy as np
from paribus.programs.recipe.data.cache import Content, entry

def build():
    with Path({str(tmp_path / "built")!r}).open("a") as file:
        file.write("x")
    time.sleep(0.5)
    return Content({{"a": np.arange(100000)}}, {{}})

print(int(entry("set", "1", build).arrays["a"].sum()))
"""
    processes = [subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) for _ in range(4)]
    outputs = [process.communicate()[0].strip() for process in processes]
    assert outputs == [str(100000 * 99999 // 2)] * 4
    assert (tmp_path / "built").read_text() == "x"


def test_a_build_that_fails_leaves_nothing(cache: Path) -> None:
    def build() -> Content:
        raise DataError("damaged")

    with pytest.raises(DataError, match="damaged"):
        entry("set", "1", build)
    assert [path.name for path in entry_folder("set", "1").parent.iterdir()] == [".lock"]


def test_a_write_that_fails_leaves_nothing_and_is_explained(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(np, "save", full)
        with pytest.raises(DataError, match=r"No space left on device.*PARIBUS_CACHE"):
            entry("set", "1", lambda: CONTENT)
    assert [path.name for path in entry_folder("set", "1").parent.iterdir()] == [".lock"]
    assert entry("set", "1", lambda: CONTENT).facts["classes"] == 3


def test_what_a_killed_process_left_is_neither_used_nor_kept(cache: Path) -> None:
    left = entry_folder("set", "1").parent / ".partial-killed"
    left.mkdir(parents=True)
    (left / "a.npy").write_bytes(b"half")
    entry("set", "1", lambda: CONTENT)
    assert not left.exists()


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / "a.npy").unlink(),
        lambda folder: (folder / "a.npy").write_bytes((folder / "a.npy").read_bytes()[:-1]),
        lambda folder: (folder / "a.npy").write_bytes((folder / "a.npy").read_bytes()[:-1] + b"x"),
        lambda folder: change(folder / "facts.json", b": 3", b": 7"),
        lambda folder: (folder / "facts.json").write_bytes((folder / "facts.json").read_bytes() + b"\xff"),
        lambda folder: (folder / "facts.json").write_text("{"),
        lambda folder: (folder / "facts.json").write_text("[]"),
        lambda folder: (folder / "facts.json").unlink(),
    ],
    ids=[
        "array gone",
        "array short",
        "a byte",
        "a fact",
        "no text",
        "facts cut",
        "facts of another kind",
        "facts gone",
    ],
)
def test_a_damaged_entry_is_built_anew(cache: Path, damage) -> None:  # type: ignore[no-untyped-def]
    damage(entry("set", "1", lambda: CONTENT).folder)
    again = entry("set", "1", lambda: CONTENT)
    np.testing.assert_array_equal(again.arrays["a"], CONTENT.arrays["a"])
    assert again.facts == {"classes": 3}


def change(path: Path, old: bytes, new: bytes) -> None:
    assert old in path.read_bytes()
    path.write_bytes(path.read_bytes().replace(old, new))


def test_an_array_of_objects_is_never_unpickled(cache: Path) -> None:
    folder = entry("set", "1", lambda: CONTENT).folder
    np.save(folder / "b.npy", np.array([{}], dtype=object), allow_pickle=True)
    noted = json.loads((folder / "facts.json").read_text())
    del noted["digest"]
    noted["files"]["b"]["digest"] = _file_digest(folder / "b.npy")
    (folder / "facts.json").write_text(json.dumps({**noted, "digest": _digest(noted)}))
    assert entry("set", "1", lambda: CONTENT).arrays["b"].dtype == np.int64  # built anew


def test_only_the_newest_state_of_a_group_is_kept(cache: Path) -> None:
    for state in ("1", "2"):
        entry("set", state, lambda: CONTENT)
    entry("other", "1", lambda: CONTENT)
    assert not entry_folder("set", "1").exists()
    assert entry_folder("set", "2").exists()
    assert entry_folder("other", "1").exists()


def test_a_cache_that_cannot_be_written_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("PARIBUS_CACHE", str(tmp_path / "file"))
    with pytest.raises(DataError, match="PARIBUS_CACHE"):
        entry("set", "1", lambda: CONTENT)


def test_the_cache_is_where_the_environment_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PARIBUS_CACHE", str(tmp_path))
    assert cache_root() == tmp_path
    monkeypatch.delenv("PARIBUS_CACHE")
    monkeypatch.setattr("paribus.programs.recipe.data.cache.user_cache_path", lambda name: tmp_path / name)
    assert cache_root() == tmp_path / "paribus"
