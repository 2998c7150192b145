"""A bounded part of `benchmarks/damage.py`: no use of a damaged file is silent, a traceback, or without its name."""

import os
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "benchmarks"
TRIES = 40
SLOW = ("figure", "why", "compare own", "prune", "list", "verify")  # drawn, made or surveyed anew; digests alone


@pytest.fixture
def damage(monkeypatch):
    monkeypatch.syspath_prepend(FOLDER)
    import damage

    yield damage
    for name in ("damage", "damage_uses"):
        sys.modules.pop(name, None)


@pytest.mark.slow  # a store of everything that ends is made for it
def test_no_use_of_a_damaged_file_is_silent(damage, tmp_path, monkeypatch):
    for name in ("XDG_STATE_HOME", "PARIBUS_CACHE", "MPLCONFIGDIR", "SOURCE_DATE_EPOCH", "LC_ALL", "PARIBUS_OUT"):
        monkeypatch.setenv(name, "")  # put back at the end, whatever becomes of it
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)  # damage is not a power cut
    import damage_uses

    damage_uses.private(tmp_path)
    root = tmp_path / "store"
    damage_uses.made(root)
    uses = {use.name: use for use in damage_uses.uses_of(root, tmp_path) if not use.name.startswith(SLOW)}
    tree, tally = damage.Tree(root), damage.Tally()
    for tally, _ in damage.rounds([*uses.values()], tree, TRIES, seed=19):  # noqa: B007
        pass
    assert not tally.bad, "\n".join(tally.bad)
    assert sum(tally.kinds.values()) == TRIES

    # Whatever was drawn, on whatever machine: what cannot be shown is refused, what is shown without a part says so.
    for name, file, ends in (
        ("show explained", "explanation.json", {"same", "refused"}),
        ("GET /api/comparisons/ID/lab", "trace.jsonl", {"same", "told"}),
    ):
        expected, _, _ = damage.tried(uses[name])
        found = set()
        for path in [path for path in tree.data if path.name == file]:
            tree.write(path, tree.data[path][:-9])
            found.add(damage.judged(uses[name], expected, path)[0])
            tree.restore()
        assert found <= ends
        assert found - {"same"}


# In the order of what a use gives, what it says, and whether it is refused.
ENDS = {
    "same": lambda text, bad: ("", "", False),
    "refused": lambda text, bad: ("", "it.json is damaged" if bad else "", bad),
    "told": lambda text, bad: (text, "without it.json" if bad else text, False),
    "nameless": lambda text, bad: ("", "", bad),
    "SILENT": lambda text, bad: (text, text, False),
}


@pytest.mark.parametrize("kind", [*ENDS, "TRACEBACK", "HANG"])
def test_every_end_of_a_use_is_told_from_the_others(damage, tmp_path, monkeypatch, kind):
    from damage_uses import Use

    monkeypatch.setattr(damage, "LONGEST", 0.02)
    path = tmp_path / "it.json"
    path.write_bytes(b"whole")

    def read():
        text = path.read_text(errors="replace")
        while kind == "HANG" and text != "whole":
            pass
        if kind == "TRACEBACK" and text != "whole":
            raise KeyError("traceback")
        return ENDS.get(kind, ENDS["SILENT"])(text, text != "whole")

    uses, tries = [Use("reads", read)], 5
    ends = [tally for tally, _ in damage.rounds(uses, damage.Tree(tmp_path), tries, seed=1)]
    assert ends[-1].kinds == {kind: tries}
    assert path.read_bytes() == b"whole"


def test_what_is_drawn_depends_on_the_seed_alone(damage, tmp_path, monkeypatch):
    """Not on how long the uses take."""
    from damage_uses import Use

    for name in "abc":
        (tmp_path / name).write_text(name)

    def reading(name, seconds):
        def read():
            damage.time.sleep(seconds)
            return "".join((tmp_path / one).read_text() for one in "abc"), "abc", True

        return Use(name, read)

    monkeypatch.setattr(damage, "read_by", lambda use, tree, opened: ("", frozenset(tree.data)))
    drawn = []
    for slow in ("report", "show"):
        uses = [reading(name, 0.002 * (name == slow)) for name in ("report", "show", "figure")]
        *_, (tally, _) = damage.rounds(uses, damage.Tree(tmp_path), 30, seed=3)
        drawn.append(tally.by_use)
    assert drawn[0] == drawn[1]
    assert sum(drawn[0]["show"].values()) > 15, "what costs least is drawn most"
