"""A file that the system refuses, in whatever call, is named in a sentence, with exit code 2 and no traceback."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from paribus.cli import main as command_line
from paribus.core.errors import refused_by_system

FULL = Path("/dev/full")


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EACCES, errno.EROFS])
def test_a_refusal_that_nobody_foresaw_is_a_sentence(code, named, monkeypatch, capsys, tmp_path):
    def refuse(options):
        raise OSError(code, os.strerror(code), *([str(tmp_path / "it")] if named else []))

    monkeypatch.setattr(command_line, "_dispatch", refuse)
    assert command_line.run(command_line.parsed(["list"]), []) == 2
    place = f"{tmp_path / 'it'}: " if named else ""
    assert capsys.readouterr().err == f"paribus: {place}{os.strerror(code)}\n"


@pytest.mark.parametrize("error", [ValueError("a fault of ours"), ConnectionResetError(104, "reset")])
def test_another_error_is_none(error):
    assert refused_by_system(error) is None


@pytest.mark.skipif(not FULL.exists(), reason="there is no such device here")
@pytest.mark.parametrize("words", [["recipes"], ["recipes", "--json"]])
def test_a_full_disk_behind_standard_output_is_told(words):
    with FULL.open("w") as full:
        done = subprocess.run([sys.executable, "-m", "paribus", *words], stdout=full, stderr=subprocess.PIPE, text=True)
    assert (done.returncode, "Traceback" in done.stderr, done.stderr.count("\n")) == (2, False, 1)
    assert "No space left on device" in done.stderr
