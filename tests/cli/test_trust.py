"""Nobody else's code runs: a store names a model that is code, and only who wrote it may run it unasked."""

from __future__ import annotations

from pathlib import Path

import pytest

from paribus.runs.store import RunFolder
from paribus.runs.store.authorship import SEAL
from paribus.runs.store.documents import to_json
from tests.cli.lab import DIGITS, refused, well
from tests.cli.users import MARK, User

# A network like any other, that leaves a mark wherever it is imported.
MODEL = f"""
from pathlib import Path
from torch import nn

Path({MARK!r}).touch()


def boom(classes, image_size, in_channels, activation):
    between = {{"relu": nn.ReLU, "tanh": nn.Tanh}}[activation]()
    first = nn.Linear(in_channels * image_size[0] * image_size[1], 8)
    return nn.Sequential(nn.Flatten(), first, between, nn.Linear(8, classes))
"""
SMALL = ("--recipe=fair", "--epochs=1", f"--set=dataset={DIGITS}", "--set=train_size=256")


@pytest.fixture(scope="module")
def owner(tmp_path_factory: pytest.TempPathFactory) -> User:
    """Whose commands made a comparison of that model."""
    user = User(tmp_path_factory.mktemp("owner"), "evilmod.py", MODEL)
    well(user.gives("compare", "activation=tanh,relu", *SMALL, "--set=model=evilmod:boom", "--seeds=1", "--quiet"))
    assert user.ran
    return user


@pytest.fixture
def stranger(owner: User, tmp_path: Path) -> User:
    """Who has a copy of that store, under another home."""
    user = User(tmp_path / "stranger", "evilmod.py", MODEL)
    user.takes_store_of(owner)
    return user


def test_no_verb_imports_what_somebodys_store_names(stranger):
    run, comparison = stranger.names()
    file = f"lab/runs/{run}/recipe.toml"
    arms = sorted(str(p.relative_to(stranger.folder)) for p in (stranger.folder / "lab/comparisons").glob("*/*.toml"))
    for words in (
        ("why", run, "--budget=20s"),
        ("why", run, "--dry-run"),
        ("why", f"lab/runs/{run}", "--budget=20s"),
        ("why", comparison, "--budget=20s"),
        ("why", comparison, "--dry-run"),
        ("why", "--budget=20s"),
        ("why", file, "--budget=20s"),
        ("compare", *arms, "--dry-run"),
        ("compare", *arms),
        ("compare", "activation=tanh,relu", f"--recipe={file}", "--dry-run"),
        ("train", f"--recipe={file}"),
        ("map", "activation=tanh,relu", "--over=weight_decay=0,0.1", f"--recipe={file}", "--dry-run"),
    ):
        refused(stranger.gives(*words), "evilmod:boom", "is code", "--trust")
        assert not stranger.ran, words
    assert "코드입니다" in refused(stranger.gives("why", run, "--lang=ko"), "--trust")
    for words in (
        ("list",),
        ("show", run),
        ("show", comparison),
        ("show", file),
        ("diff", *sorted(p.name for p in (stranger.folder / "lab" / "runs").iterdir())),
        ("report", comparison),
        ("figure", comparison),
        ("figure", run),
        ("prune",),
        ("doctor",),
    ):
        well(stranger.gives(*words))
        assert not stranger.ran, words


def test_who_trusts_it_says_so(stranger):
    run, _ = stranger.names()
    well(stranger.gives("train", f"--recipe=lab/runs/{run}/recipe.toml", "--trust", "--quiet"))
    assert stranger.ran


def test_ones_own_records_need_no_trust(owner):
    run, comparison = owner.names()
    (owner.folder / MARK).unlink()
    well(owner.gives("train", f"--recipe=lab/runs/{run}/recipe.toml", "--quiet"))
    assert owner.ran
    well(owner.gives("why", comparison, "--dry-run"))


def test_a_seal_proves_the_document_that_it_was_made_for_and_no_other(owner):
    """Neither for a record that was changed, nor where the key could be read by others."""
    run, _ = owner.names()
    folder = owner.folder / "lab" / "runs" / run
    kept = (folder / "record.json").read_bytes()
    changed = RunFolder(folder).record().model_copy(update={"note": "x"})
    try:
        (folder / "record.json").write_bytes(to_json(changed))  # as whoever knows how records are written could
        refused(owner.gives("why", run, "--budget=20s"), "--trust")
        (folder / "record.json").write_bytes(kept)
        (owner.home / "state" / "paribus" / "key").chmod(0o644)
        refused(owner.gives("why", run, "--budget=20s"), "--trust")
    finally:
        (folder / "record.json").write_bytes(kept)
    assert (folder / SEAL).is_file()
