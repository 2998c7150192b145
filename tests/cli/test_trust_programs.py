"""Nobody else's function or command runs: of a copied store, every verb refuses what its own user has not named."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.lab import refused, well
from tests.cli.users import MARK, User

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


@pytest.fixture(scope="module", params=PROGRAMS)
def owner(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> User:
    """Whose command made a comparison of that program."""
    user = User(tmp_path_factory.mktemp("owner"), "mine.py", SCRIPT)
    first, last = PROGRAMS[request.param]
    well(user.gives("compare", *first, "size=1,2", METRIC, "--seeds=2", "--quiet", *last))
    assert user.ran
    return user


@pytest.fixture
def stranger(owner: User, tmp_path: Path) -> User:
    user = User(tmp_path / "stranger", "mine.py", SCRIPT)
    user.takes_store_of(owner)
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
