"""The methods section says what the record holds, and cites what was used and nothing else."""

from __future__ import annotations

import re

import pytest

import paribus as pb
from paribus.paper.methods import bibtex, methods_text
from tests.factories import CASES, make_comparison


def keys(text: str) -> list[str]:
    return re.findall(r"^@\w+\{(\w+),", text, re.MULTILINE)


@pytest.mark.parametrize("case", CASES)
def test_every_citation_has_its_entry_and_every_entry_is_cited(case: str) -> None:
    comparison = make_comparison(case)
    said = methods_text(comparison, "en", latex=True)
    assert [*dict.fromkeys(re.findall(r"\\cite\{(\w+)\}", said)), "paribus"] == keys(bibtex(comparison))
    assert "{cited" not in methods_text(comparison, "ko")
    assert re.search("[가-힣]", methods_text(comparison, "ko"))


def test_a_plain_pair() -> None:
    said = methods_text(make_comparison("fair"), "en")
    assert said.startswith(
        "We compared sigmoid and ReLU in test accuracy over 6 seeds; runs with the same seed were paired. Differences "
        "were tested by the paired t test (Student 1908). Practical equality within ±0.1 percentage points was tested "
        "by two one-sided t tests (Schuirmann 1987)."
    )
    assert "Holm" not in said
    assert "Paribus 0.1.0" in said


def test_three_arms_are_corrected_and_unpaired_runs_are_welchs() -> None:
    assert "corrected for 3 tests by Holm's method (Holm 1979)" in methods_text(make_comparison("three_arms"), "en")
    judged = pb.judge({"a": [1.0, 1.1, 0.9, 1.2], "b": [2.0, 2.1, 1.9, 2.2, 2.0]}, metric="score:max")
    said = judged.methods()
    assert "over 4 and 5 runs that were not paired. Differences were tested by Welch's t test (Welch 1947)." in said
    assert keys(judged.bibtex())[0] == "welch1947"
    assert "Wilson" not in said
