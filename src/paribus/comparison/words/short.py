"""A pair's verdict and its test in a word or two, for tables."""

from __future__ import annotations

from paribus.comparison.words.pair_facts import PairFacts
from paribus.records.reasons import IDENTICAL, NOTHING_TRAINED, TAILS, TRADE_OFF, WHERE_TRAINED
from paribus.words.translation import mark

_TESTS: dict[str, str] = {
    "t": mark("paired t"),
    "welch": mark("Welch"),
    "fisher": mark("Fisher"),
    "anytime": mark("anytime-valid"),
    "datasets": mark("t and sign flips"),
}
_OPEN: dict[str, str] = {
    NOTHING_TRAINED.name: mark("nothing to compare"),
    TRADE_OFF.name: mark("open: a trade-off"),
    TAILS.name: mark("open: a long tail"),
}
_JUST_OPEN = mark("open")


def deciding_test(facts: PairFacts) -> tuple[str, float | None]:
    """The test that decides, and its p after correction."""
    pair, words = facts.pair, facts.words
    if pair.reason == IDENTICAL.name:  # it takes no test
        return "–", None
    if pair.verdict == "equal" and not pair.anytime:
        return "TOST", pair.p_equal_holm if pair.p_equal_holm is not None else pair.p_equal
    name = words.text(_TESTS[pair.decided_by]) if pair.decided_by in _TESTS else "–"
    if pair.verdict == "equal":
        return name, pair.p_equal_holm
    return name, pair.p_holm if pair.p_holm is not None else pair.p_decision


def short_verdict(facts: PairFacts) -> str:
    """`ReLU better`, `practically equal`, `open`."""
    words, verdict = facts.words, facts.pair.verdict
    if verdict == "equal":
        return words.text("equal") if facts.pair.reason == IDENTICAL.name else words.text("practically equal")
    if verdict == "open":
        return words.text(_OPEN.get(facts.pair.reason, _JUST_OPEN))
    if facts.pair.reason == WHERE_TRAINED.name:
        return words.text("{arm} better where both train", arm=facts.first_name)
    return words.text("{arm} better", arm=facts.first_name)
