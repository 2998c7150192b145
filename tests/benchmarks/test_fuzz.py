"""A bounded part of `benchmarks/fuzz.py`, and that it finds what there is."""

import random
import sys
from pathlib import Path

import pytest

SECONDS = 0.05  # of each parser


@pytest.fixture
def fuzzing(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(Path(__file__).parents[2] / "benchmarks")
    monkeypatch.setenv("PARIBUS_CACHE", str(tmp_path / "cache"))
    import fuzz

    yield fuzz
    for name in ("fuzz", "damage_uses"):
        sys.modules.pop(name, None)


def test_no_parser_fails_in_any_other_way_than_by_a_refusal(fuzzing, tmp_path):
    counts = {}
    for parser in fuzzing.parsers(tmp_path / "files"):
        counts[parser.name], found = fuzzing.fuzz(parser, random.Random(3), SECONDS, None)
        assert found == [], parser.name
    assert len(counts) == 12
    assert min(counts.values()) >= 1


def test_what_is_found_is_kept_and_tried_first(fuzzing, tmp_path):
    def read(data):
        if len(data) < 3:
            raise KeyError("too short")

    parser = fuzzing.Parser("a b", (b"long enough",), read)
    _, found = fuzzing.fuzz(parser, random.Random(1), 0.05, tmp_path / "kept")
    assert len(found) == 1
    assert "too short" in found[0]
    kept = {path.read_bytes() for path in (tmp_path / "kept").iterdir()}
    assert kept
    assert all(len(data) < 3 for data in kept)
    again = fuzzing.Parser("a b", (b"long enough",), lambda data: kept.discard(data))
    fuzzing.fuzz(again, random.Random(1), 0, tmp_path / "kept")
    assert not kept
