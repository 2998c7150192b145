"""A bounded part of `benchmarks/damage.py`: no use of a damaged file is silent, a traceback, or without its name."""

import os
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "benchmarks"
TRIES = 40
SLOW = ("figure", "why", "compare own", "prune", "list")  # drawn, made or surveyed anew: the command itself has them


@pytest.mark.slow  # a store of everything that ends is made for it
def test_no_use_of_a_damaged_file_is_silent(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(FOLDER)
    for name in ("XDG_STATE_HOME", "PARIBUS_CACHE", "MPLCONFIGDIR", "SOURCE_DATE_EPOCH", "LC_ALL", "PARIBUS_OUT"):
        monkeypatch.setenv(name, "")  # put back at the end, whatever becomes of it
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)  # damage is not a power cut
    import damage
    import damage_uses

    damage_uses.private(tmp_path)
    root = tmp_path / "store"
    damage_uses.made(root)
    uses = [use for use in damage_uses.uses_of(root, tmp_path) if not use.name.startswith(SLOW)]
    tally = damage.Tally()
    for tally, _ in damage.rounds(uses, damage.Tree(root), TRIES, seed=19):  # noqa: B007
        pass
    for name in ("damage", "damage_uses"):
        sys.modules.pop(name)
    assert not tally.bad, "\n".join(tally.bad)
    assert tally.kinds["refused"] > 4
    assert tally.kinds["told"] > 4


@pytest.mark.parametrize("kind", ["SILENT", "nameless", "TRACEBACK"])
def test_what_is_bad_is_seen(tmp_path, monkeypatch, kind):
    monkeypatch.syspath_prepend(FOLDER)
    import damage
    from damage_uses import Use

    path = tmp_path / "it.json"
    path.write_bytes(b"whole")

    def read():
        text = path.read_text(errors="replace")
        if kind == "TRACEBACK" and text != "whole":
            raise KeyError("traceback")
        return text, text, kind == "nameless" and text != "whole"

    ends = [tally for tally, _ in damage.rounds([Use("reads", read)], damage.Tree(tmp_path), 5, seed=1)]
    assert ends[-1].kinds[kind] == 5
    assert path.read_bytes() == b"whole"
