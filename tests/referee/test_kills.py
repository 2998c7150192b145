"""A command that is killed just before any change of the disk, and given again, ends as one that was not."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.cli.lab import Done, _forked, environment
from tests.command.commands import git, repository
from tests.referee.conftest import nothing_left

if not sys.platform.startswith("linux"):
    pytest.skip("kills are counted where commands are forked", allow_module_level=True)

SCRIPT = 'gain=0\necho "{\\"value\\": $(( $1 % 1000 + gain )), \\"other\\": $(( $1 % 10 ))}"\n'
START = ("start", "--metric=value:max", "--first-seed=7", "--error=0.5", "--tries=3", "--pairs=4", "--sealed=other")
START = (*START, "--json", "--", "sh", "train.sh", "{seed}")
TRY = ("try", "--json")
KILLED = -9


@dataclass
class World:
    """A project, as it is before a command; put back before each kill."""

    place: Path
    before: Path

    def give(self, words: tuple[str, ...], **variables: str) -> Done:
        more = {"TMPDIR": tempfile.gettempdir(), "HOME": str(self.place.parent), **variables}
        script = self.place.parent / "give.py"
        script.write_text("from tests.referee.killing import main\nmain()\n")
        root = str(Path(__file__).parents[2])
        env = environment({**more, "PYTHONPATH": root})
        return _forked({"words": ["referee", *words], "script": str(script), "cwd": str(self.place), "env": env})

    def well(self, words: tuple[str, ...], *codes: int, **variables: str) -> Done:
        done = self.give(words, **variables)
        assert done.code in (codes or (0,)), (done.code, done.out, done.err)
        return done

    def put_back(self) -> None:
        shutil.rmtree(self.place, ignore_errors=True)
        shutil.copytree(self.before, self.place, symlinks=True)

    def keep(self) -> None:
        shutil.rmtree(self.before, ignore_errors=True)
        shutil.copytree(self.place, self.before, symlinks=True)

    def edit(self, gain: int) -> None:
        text = (self.place / "train.sh").read_text()
        (self.place / "train.sh").write_text(f"gain={gain}\n" + text.split("\n", 1)[1])

    def entries(self) -> list[dict[str, Any]]:
        path = self.place / "paribus-lab" / "referee" / "journal.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    @property
    def told(self) -> bool:
        return any(entry["kind"] == "told" for entry in self.entries())

    def state(self) -> dict[str, Any]:
        """All that a command may change, without times."""
        runs = self.place / "paribus-lab" / "referee" / "runs"
        records = {path.parent.name: json.loads(path.read_text()) for path in runs.glob("*/record.json")}
        return {
            "entries": [timeless(entry) for entry in self.entries()],
            "runs": {name: (record["status"], record["figures"].get("value")) for name, record in records.items()},
            "tags": git(self.place / "paribus-lab" / "referee" / "code.git", "show-ref").split(),
            "log": git(self.place, "log", "--format=%s %T"),
            "status": git(self.place, "status", "--porcelain"),
            "files": {path.name: path.read_bytes() for path in self.place.iterdir() if path.is_file()},
            "loops": sorted(path.name for path in (self.place / "paribus-lab").iterdir()),
            "branches": git(self.place, "branch", "-a"),
        }


# Of a commit its date is in its name; memory and seconds are measured anew.
ANEW = {"created", "seconds", "own_seconds", "digest", "commit", "key"}


def timeless(entry: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if name not in ANEW}


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    repository(tmp_path / "project", train_sh=SCRIPT)
    (tmp_path / ".gitconfig").write_text("[user]\n\tname = a\n\temail = a@b.example\n")
    (tmp_path / "own").mkdir()  # in memory, as all that tests write: checkouts are made and removed by the hundred
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "own"))
    made = World(tmp_path / "project", tmp_path / "before")
    made.keep()
    return made


def begun(world: World) -> None:
    world.well(START)


def edited(world: World) -> None:
    begun(world)
    world.edit(2)


def harmed(world: World) -> None:
    begun(world)
    world.edit(-2)


def kept(world: World) -> None:
    edited(world)
    world.well(TRY)


CASES = {
    "start": (lambda world: None, START, 0),
    "a try that is kept": (edited, TRY, 0),
    "a try that is discarded": (harmed, TRY, 10),
    "a try that is kept and committed": (edited, (*TRY, "--commit", "-m", "two more"), 0),
    "a start in place of another loop": (kept, ("start", "--new", *START[1:]), 0),
    "report": (kept, ("report", "--json"), 0),
    "an audit that unseals": (kept, ("report", "--audit", "--unseal", "--json"), 0),
}


class Undisturbed(NamedTuple):
    """A case's command to which nothing happens: what it says and leaves, and how many changes of the disk it makes."""

    words: tuple[str, ...]
    code: int
    said: Any
    state: Any
    changes: int


def undisturbed(world: World, case: str) -> Undisturbed:
    """Prepare a case, keep the world as it is then, and give its command."""
    prepare, words, code = CASES[case]
    prepare(world)
    world.keep()
    counted = world.place.parent / "count"
    said = world.well(words, code, PARIBUS_COUNT=str(counted))
    return Undisturbed(words, code, said, world.state(), int(counted.read_text()))


def killed_everywhere(world: World, case: str, step: int) -> None:
    words, code, whole, expected, count = undisturbed(world, case)
    assert count > 5
    for last in range(1, count + 1, step):
        world.put_back()
        killed = world.give(words, PARIBUS_KILL=str(last))
        assert killed.code in (KILLED, code), (last, killed)
        if "try" in words and world.told:
            again = killed  # the answer was handed out before
        else:
            again = world.well(words, code)
        if "--commit" not in words:
            assert untimed(again.json) == untimed(whole.json), last
        assert world.state() == expected, last
    assert nothing_left(Path(tempfile.gettempdir()))


def untimed(found: Any) -> Any:
    """Without seconds and dates, at any depth; nor their words, which tell them too."""
    if isinstance(found, dict):
        return {n: untimed(v) for n, v in found.items() if "second" not in n and n not in ("created", "notes", "words")}
    return [untimed(one) for one in found] if isinstance(found, list) else found


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_a_kill_before_some_changes_changes_nothing(case, world):
    killed_everywhere(world, case, step=163)


@pytest.mark.exhaustive  # PARIBUS_KILLS=1 kills before each single change, which takes an hour
@pytest.mark.parametrize("case", CASES)
def test_a_kill_before_many_changes_changes_nothing(case, world):
    killed_everywhere(world, case, step=int(os.environ.get("PARIBUS_KILLS", "61")))
