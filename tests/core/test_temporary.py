"""Temporary folders end with what they were for; those of processes that were killed go with the next that asks."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from paribus.core import atomic
from paribus.core.temporary import make_temporary, mark_sockets, remove_sockets_of, sweep_temporaries, temporary_folder


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def of_the_dead(path):
    """As a process would have named it that is gone now."""
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    return path.rename(path.with_name(path.name.replace(f"-{os.getpid()}-", f"-{gone.pid}-")))


def test_a_folder_ends_with_its_block(place):
    with temporary_folder("report") as folder:
        (folder / "file").touch()
        assert list(place.iterdir()) == [folder]
    assert not list(place.iterdir())


def test_what_the_dead_left_is_swept_and_nothing_else(place):
    theirs, ours, sockets = make_temporary("version"), make_temporary("version"), place / "pymp-abc"
    (theirs / "file").touch()
    sockets.mkdir()
    mark_sockets(sockets)
    mark_sockets(sockets)  # a child of the process that made it does not make it its own
    (mark,) = sockets.iterdir()
    (place / "paribus-of-mine").mkdir()
    kept = place / "elsewhere"
    kept.mkdir()
    (kept / mark.name).touch()
    (place / "pymp-link").symlink_to(kept)
    sweep_temporaries()
    assert theirs.exists()
    assert sockets.exists()
    of_the_dead(theirs)
    of_the_dead(mark)
    of_the_dead(kept / mark.name)
    sweep_temporaries()
    assert {path.name for path in place.iterdir()} == {ours.name, "paribus-of-mine", "elsewhere", "pymp-link"}
    assert list(kept.iterdir())


def test_a_folder_that_goes_meanwhile_stops_no_sweep(place, monkeypatch):
    for name in ("pymp-a", "pymp-b", "pymp-c"):
        (place / name).mkdir()
        mark_sockets(place / name)
        of_the_dead(next((place / name).iterdir()))
    found = Path.glob

    def gone(folder, pattern):
        if folder == place / "pymp-b":
            raise FileNotFoundError(2, "No such file or directory", str(folder))
        return found(folder, pattern)

    monkeypatch.setattr(Path, "glob", gone)
    sweep_temporaries()
    assert [path.name for path in place.iterdir()] == ["pymp-b"]


def test_the_folder_of_a_servers_sockets_goes_with_it(place):
    (place / "pymp-abc").mkdir()
    mark_sockets(place / "pymp-abc")
    remove_sockets_of(os.getpid() + 1)
    assert list(place.iterdir())
    remove_sockets_of(os.getpid())
    assert not list(place.iterdir())


def test_what_the_system_refuses_has_the_files_name(place):
    with pytest.raises(IsADirectoryError) as refused:
        atomic.write_whole(place, b"", durable=False)
    assert (refused.value.filename, refused.value.filename2) == (str(place), None)
