"""Nobody else's function or command runs: of a copied store, every verb refuses what its own user has not named."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cli.lab import Done, paribus, refused, well

MARK = "ran"
SCRIPT = f"""
import json
import random
from pathlib import Path

Path(__file__).with_name({MARK!r}).touch()


def train(seed: int, *, size: int = 1):
    return {{"score": random.Random(seed).random() + size}}


if __name__ == "__main__":
    import sys

    print(json.dumps(train(int(sys.argv[1]), size=int(sys.argv[2]))))
"""
PROGRAMS = {
    "function": (("mine:train",), ()),
    "command": ((), ("--", "python", "mine.py", "{seed}", "{size}")),
}
METRIC = "--metric=score"


class User:
    """Somebody with a home and a folder with their own `mine.py`, or somebody else's."""

    def __init__(self, place: Path) -> None:
        self.home, self.folder = place / "home", place / "work"
        self.home.mkdir(parents=True)
        self.folder.mkdir()
        (self.folder / "mine.py").write_text(SCRIPT)

    @property
    def ran(self) -> bool:
        return (self.folder / MARK).exists()

    def gives(self, *words: str) -> Done:
        env = {"HOME": str(self.home), "XDG_STATE_HOME": str(self.home / "state")}
        end = words.index("--") if "--" in words else len(words)
        return paribus(*words[:end], "--out=lab", *words[end:], cwd=self.folder, env=env)

    def names(self) -> tuple[str, str]:
        """A run and the comparison."""
        lab = self.folder / "lab"
        return min(p.name for p in (lab / "runs").iterdir()), min(p.name for p in (lab / "comparisons").iterdir())


@pytest.fixture(scope="module", params=PROGRAMS)
def owner(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> User:
    """Whose command made a comparison of that program."""
    user = User(tmp_path_factory.mktemp("owner"))
    first, last = PROGRAMS[request.param]
    well(user.gives("compare", *first, "size=1,2", METRIC, "--seeds=2", "--quiet", *last))
    assert user.ran
    return user


@pytest.fixture
def stranger(owner: User, tmp_path: Path) -> User:
    user = User(tmp_path / "stranger")
    shutil.copytree(owner.folder / "lab", user.folder / "lab")
    return user


def test_nothing_of_somebody_elses_runs_unasked(stranger: User) -> None:
    run, comparison = stranger.names()
    for words in (
        ("why", run, "--budget=20s"),
        ("why", run, "--dry-run"),
        ("why", comparison, "--budget=20s"),
        ("why", comparison, "--dry-run"),
        ("why", "--budget=20s"),
    ):
        refused(stranger.gives(*words), "is code", "--trust")
        assert not stranger.ran, words
    for words in (("list",), ("show", run), ("show", comparison), ("report", comparison), ("figure", comparison)):
        well(stranger.gives(*words))
        assert not stranger.ran, words


def test_who_trusts_it_says_so_and_ones_own_needs_no_trust(stranger: User, owner: User) -> None:
    _, comparison = stranger.names()
    well(stranger.gives("why", comparison, "--trust", "--quiet"))
    well(owner.gives("why", comparison, "--quiet"))
