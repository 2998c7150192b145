"""The two answers that a verdict is made of, in words: which trains more often, and which is better where both do."""

from __future__ import annotations

from typing import NamedTuple

from paribus.comparison.words.pair_facts import TESTS, PairFacts
from paribus.records.verdict_parts import Answer


class AnswerRow(NamedTuple):
    """One answer as tables show it."""

    question: str
    answer: str
    test: str
    p: float | None
    p_adjusted: float | None
    level: float


def figure_too(facts: PairFacts) -> list[str]:
    """What is known of the figures where both train, beside the counts; nothing where there are too few to ask."""
    answer = facts.pair.answers.figure if facts.pair.answers else None
    if answer is None:
        return []
    if answer.verdict == "equal":
        said = facts.words.text("Where both train they are practically equal, within {margin}.", **facts.values())
    else:
        said = facts.words.text("Which is better where both train is open ({p_figure}).", **facts.values())
    return [said]


def answer_rows(facts: PairFacts) -> tuple[AnswerRow, ...]:
    """Both answers; none where every run trained, for then the verdict itself is the one answer."""
    answers, words = facts.pair.answers, facts.words
    if answers is None or answers.trains is None:
        return ()
    asked = (
        (words.text("Which trains more often"), answers.trains),
        (words.text("Which is better where both train"), answers.figure),
    )
    return tuple(_row(facts, question, answer) for question, answer in asked if answer)


def _row(facts: PairFacts, question: str, answer: Answer) -> AnswerRow:
    words, arms = facts.words, {facts.first.name: facts.first_name, facts.second.name: facts.second_name}
    said = {
        "a_better": arms[facts.pair.a],
        "b_better": arms[facts.pair.b],
        "equal": words.text("practically equal"),
        "open": words.text("open"),
    }[answer.verdict]
    test = "TOST" if answer.verdict == "equal" else words.text(TESTS.get(answer.test, answer.test))
    return AnswerRow(question, said, test, answer.p, answer.p_adjusted, answer.level)
