"""The methods section says what the record holds, and cites what was used and nothing else."""

from __future__ import annotations

import re

import pytest

import paribus as pb
from paribus.paper.comparison_tables import comparison_tables
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


def test_a_verdict_of_two_answers_names_both_tests() -> None:
    a = {seed: 0.9 + seed / 1000 for seed in range(12)}
    b = {seed: None if seed in (3, 4) else figure + 0.01 + (seed % 3) / 1000 for seed, figure in a.items()}
    found = pb.judge({"a": a, "b": b}, metric="accuracy:max")
    text = methods_text(found.comparison, "en")
    assert found.pair.decided_by == "t"
    assert "Fisher's exact test (Fisher 1935)" in text
    assert "the paired t test (Student 1908)" in text
    assert "Both tests shared the level of a pair" in text
    assert "title     = {A Modified {Bonferroni} Method for Discrete Data}" in bibtex(found.comparison)
    assert "(rule: second edition)" in text
    assert "둘째 판" in methods_text(found.comparison, "ko")


def test_means_over_more_runs_than_the_difference_say_so() -> None:
    found = pb.judge({"a": {0: 1.0, 1: 1.5, 2: 1.2}, "b": {1: 1.6, 2: 1.4, 3: 9.0}}, metric="score:max")
    arms = comparison_tables(found.comparison, "en")[0]
    assert any("over all its runs" in note for note in arms.notes)
    same = pb.judge({"a": {0: 1.0, 1: 1.5}, "b": {0: 1.6, 1: 1.4}}, metric="score:max")
    assert not comparison_tables(same.comparison, "en")[0].notes
