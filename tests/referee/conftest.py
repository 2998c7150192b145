"""A small loop: a script whose figure is luck and one setting, in a git repository of its own."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.cli.lab import Done, paribus
from tests.command.commands import git, repository

# Quick to start: no site packages. Its figure is the setting, and luck that both arms share by seed.
PYTHON = (sys.executable, "-I", "-S")
# So that three pairs keep what is better, in place of thirteen: what is decided has tests of its own (test_error.py).
LENIENT = ("--error", "0.5", "--tries", "4")
TRAIN = """\
import random, sys
sys.path.insert(0, '.')
from evaluate import score
random.seed(int(sys.argv[1]))
gain = 0.0
print('{"value": %r}' % score(gain, random.gauss(0, 1)))
"""
EVALUATE = "data = open('data.csv').read()\n\n\ndef score(gain, luck):\n    return gain + luck\n"


@dataclass
class Loop:
    """A project with a loop in it."""

    place: Path

    def __call__(self, *words: str, **more: Any) -> Done:
        return paribus("referee", *words, cwd=self.place, env={"TMPDIR": tempfile.gettempdir()}, **more)

    def start(self, *options: str, words: tuple[str, ...] = (*PYTHON, "train.py", "{seed}")) -> Done:
        return self("start", "--metric", "value:max", *LENIENT, *options, "--", *words)

    def tried(self, *options: str, code: int) -> dict[str, Any]:
        """The JSON of a try that must end with this exit code."""
        done = self("try", "--json", *options)
        assert done.code == code, done.err
        found: dict[str, Any] = json.loads(done.out)
        return found

    def edit(self, old: str, new: str, name: str = "train.py") -> None:
        path = self.place / name
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))

    def entries(self) -> list[dict[str, Any]]:
        lines = (self.place / "paribus-lab" / "referee" / "journal.jsonl").read_text().splitlines()
        return [json.loads(line) for line in lines]

    def of_user(self) -> tuple[str, ...]:
        """What is the user's: branch, index, status, and what else lies in .git."""
        told = [
            ("status", "--porcelain"),
            ("log", "--oneline"),
            ("branch", "-a"),
            ("ls-files", "-s"),
            ("stash", "list"),
        ]
        return (*(git(self.place, *words) for words in told), *sorted(p.name for p in (self.place / ".git").iterdir()))


def nothing_left(folder: Path) -> bool:
    """A watchdog clears up what a killed process left, in its own time."""
    for _ in range(100):
        if not [path for path in folder.iterdir() if path.name.startswith("paribus-version-")]:
            return True
        time.sleep(0.05)
    return False


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Loop]:
    """In a temporary folder of its own, whose path is short enough for a socket in it."""
    repository(tmp_path / "project", train_py=TRAIN, evaluate_py=EVALUATE, data_csv="1,2\n")
    with tempfile.TemporaryDirectory() as own:
        monkeypatch.setattr(tempfile, "tempdir", own)
        yield Loop(tmp_path / "project")


@pytest.fixture
def loop(project: Loop) -> Loop:
    """Started, with its ruler."""
    done = project.start("--ruler", "evaluate.py")
    assert done.code == 0, done.err
    return project
