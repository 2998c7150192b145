"""A bounded part of `benchmarks/failing_disk.py`: commands end with a sentence."""

import errno
import os
from pathlib import Path

import pytest

from paribus.core import atomic

FOLDER = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def disk(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(FOLDER)
    monkeypatch.chdir(tmp_path)
    for name in ("write", "fsync", "ftruncate", "read"):
        monkeypatch.setattr(os, name, getattr(os, name))  # put back at the end
    from failing_disk import Disk

    return Disk(tmp_path)


def swept(disk, use, codes=(errno.EIO,), every=1):
    from damage import Tree
    from failing_disk import Place, sweep

    scratch = Path(disk.root)
    return [(kind, told) for _, kind, told in sweep(Place(scratch, Tree(scratch)), disk, use, list(codes), every)]


def test_lessons_on_a_failing_disk_end_with_a_sentence_and_do_their_work_afterwards(disk, tmp_path):
    from disk_commands import _of_lessons
    from failing_disk import BAD

    ends = [end for use in _of_lessons(tmp_path) for end in swept(disk, use, every=3)]
    assert not [end for end in ends if end[0] in BAD]
    assert sum(kind == "refused" for kind, _ in ends) > 5


@pytest.mark.parametrize("bad", ["TRACEBACK", "SILENT", "nameless", "AFTER"])
def test_what_is_bad_is_seen(disk, tmp_path, bad):
    from damage_uses import Use

    path = tmp_path / "it"

    def write():
        try:
            atomic.write_whole(path, b"whole")
        except OSError:
            if bad == "TRACEBACK":
                raise
            if bad == "AFTER":
                atomic.temporary_beside(path).with_suffix(".x.tmp").touch()
                return "", f"{path}: {os.strerror(errno.EIO)}", True
            return "less", "sorry", bad == "nameless"
        return "done", "", False

    kinds = {kind for kind, _ in swept(disk, Use("writes", write), (errno.EIO,))}
    assert bad in kinds
