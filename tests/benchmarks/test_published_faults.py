"""The published faults are whole records, one is judged from end to end, and the documents have a row for each."""

import importlib
import json
import math
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from paribus.diagnosis.findings.mistakes import MISTAKES
from paribus.diagnosis.findings.rules import RULES

ROOT = Path(__file__).parents[2]


@pytest.fixture
def benchmark(monkeypatch):
    """The script and its records as modules, which are forgotten afterwards."""
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    yield importlib.import_module("published_faults")
    for name in [name for name in sys.modules if name.partition(".")[0] in ("published", "published_faults")]:
        del sys.modules[name]


@pytest.fixture
def faults(benchmark):
    return importlib.import_module("published.all_faults")


def test_every_fault_has_a_source_a_repair_and_known_names(faults):
    known = {*RULES, *MISTAKES}
    assert len({fault.name for fault in faults.FAULTS}) == len(faults.FAULTS) >= 30
    for fault in faults.FAULTS:
        assert fault.source.title
        assert fault.source.address.startswith("https://")
        assert fault.repair
        assert fault.faulty != fault.repaired
        assert set(fault.named) <= known
    assert all(absent.reason and absent.source.address for absent in faults.NOT_EXPRESSED)


@pytest.mark.parametrize("page", ["published-faults.md", "published-faults.ko.md"])
def test_the_documents_have_a_row_for_every_fault(faults, page):
    rows = [line for line in (ROOT / "docs" / page).read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    for each in (*faults.FAULTS, *faults.NOT_EXPRESSED):
        asked = sum(each.source.address in row for row in rows)
        assert asked == sum(each.source.address == e.source.address for e in (*faults.FAULTS, *faults.NOT_EXPRESSED))


def test_a_fault_is_judged_and_is_not_run_again(benchmark, faults, monkeypatch, tmp_path, capsys):
    [fault] = [fault for fault in faults.FAULTS if fault.name == "sigmoid at the end for a number beyond 1"]
    short = replace(fault, faulty=replace(fault.faulty, steps=150), repaired=replace(fault.repaired, steps=150))
    monkeypatch.setattr(faults, "FAULTS", (short,))
    monkeypatch.setattr(sys, "argv", ["it", "--seeds", "1", "--out", str(tmp_path / "kept.jsonl")])
    benchmark.main()
    [kept] = [json.loads(line) for line in (tmp_path / "kept.jsonl").read_text(encoding="utf-8").splitlines()]
    assert kept["repaired"][0] > kept["faulty"][0] == 0
    assert kept["found"][0] == "strong outputs_bounded"
    assert kept["outcome"] == "open"  # by a single seed
    first = capsys.readouterr().out
    assert "| open | outputs that cannot reach the targets | right |" in first
    monkeypatch.setattr(benchmark, "judged", lambda *_: pytest.fail("it was run again"))
    benchmark.main()
    assert capsys.readouterr().out == first


def test_what_diverged_is_told_apart_and_only_the_first_finding_counts(benchmark):
    assert benchmark.mean([0.5, None, 0.7]) == "60.0 %, 1 of 3 diverged"
    assert benchmark.mean([None]) == "1 of 1 diverged"
    assert benchmark.finite(math.nan) is None
    assert benchmark.naming(["weak overfitting", "weak divergence"], ("divergence",)) == "other"
    assert benchmark.naming([], ("divergence",)) == "nothing"
