"""The words of a verdict made of two answers: which trains more often, and which is better where both train."""

import pytest

from paribus.comparison.words.answers import answer_rows
from paribus.comparison.words.pair_facts import pair_facts
from paribus.comparison.words.short import short_verdict
from paribus.comparison.words.verdict_text import headline, verdict_words
from paribus.records.comparison import Comparison
from paribus.records.verdict_parts import Answers
from tests.comparison.written_pairs import two_arms


def answered(reason: str, verdict: str, trains: str, figure: str, difference: float) -> Comparison:
    """Sigmoid trained in 3 of 6 runs, ReLU in 6; the difference is over the three seeds in which both did."""
    answers = Answers.model_validate(
        {
            "trains": {"verdict": trains, "test": "fisher", "p": 0.18, "p_adjusted": 0.36, "level": 0.035},
            "figure": {"verdict": figure, "test": "t", "p": 0.01, "p_adjusted": 0.02, "level": 0.035},
        }
    )
    return two_arms(
        (3, 6), (0.98, 0.98 + difference), ("trained", "all"), reason=reason, verdict=verdict, over="trained",
        seeds=(1, 2, 5), answers=answers, p_decision=0.01, p_holm=0.02, p_sign_flip_holm=None, seeds_to_settle=None,
    )  # fmt: skip


def test_better_where_both_train_says_what_is_open() -> None:
    comparison = answered("better_where_trained", "b_better", "open", "b_better", 0.004)
    said = verdict_words(comparison, "en")
    assert said.startswith(
        "Sigmoid trained in 3 of 6 runs, ReLU in 6 of 6. Where both train, ReLU is better than sigmoid by 0.40 "
        "percentage points of test accuracy (95 % interval 0.35 to 0.45 over 3 seeds)."
    )
    assert "(p = 0.020, paired t test, corrected for both questions)" in said
    assert "Which of them trains more often is open (p = 0.36, Fisher's exact test)." in said
    assert headline(comparison, comparison.pairs[0], "en") == (
        "Where both train, ReLU beats sigmoid by 0.40 points; which trains more often is open (6 of 6 against 3)"
    )
    assert "둘 다 학습에 성공했을 때는 ReLU가 시그모이드보다" in verdict_words(comparison, "ko")
    assert short_verdict(pair_facts(comparison, comparison.pairs[0], "en")) == "ReLU better where both train"


@pytest.mark.parametrize(("more_often", "finer", "size"), [("b", "a", -0.004), ("a", "b", 0.004)])
def test_a_trade_off_says_both_sides_first(more_often: str, finer: str, size: float) -> None:
    comparison = answered("trade_off", "open", f"{more_often}_better", f"{finer}_better", size)
    names = {"a": "Sigmoid", "b": "ReLU"}
    said = verdict_words(comparison, "en").split(". ", 1)[1]
    other = names[finer].replace("Sig", "sig")
    assert said.startswith(
        f"{names[more_often]} trains more often (p = 0.36, Fisher's exact test), but where both train {other} is "
        f"better (p = 0.020, paired t test), by 0.40 percentage points of test accuracy (95 % interval 0.35 to 0.45"
    )
    assert "So the verdict is open: which of the two matters more is yours to say." in said
    assert "판정은 보류입니다" in verdict_words(comparison, "ko")
    assert f"{other} is better where both train" in headline(comparison, comparison.pairs[0], "en")


def test_better_both_ways_says_both() -> None:
    comparison = answered("trained_and_figure", "b_better", "b_better", "b_better", 0.004)
    said = verdict_words(comparison, "en")
    assert "ReLU is better than sigmoid in both ways: it trains more often, and where both train" in said
    assert "0.40 percentage points" in said
    assert "두 가지 모두에서" in verdict_words(comparison, "ko")


def test_a_tail_says_what_cannot_be_said() -> None:
    comparison = two_arms(reason="tails", verdict="open", seeds_to_settle=None, answers=None)
    said = verdict_words(comparison, "en")
    assert said.startswith("Open: most seeds point one way, but a few lie far to the other side.")
    assert "cannot be said from so few" in said
    assert "More seeds will show how often that happens" in said
    assert "반대쪽으로 멀리" in verdict_words(comparison, "ko")


@pytest.mark.parametrize(("figure", "said"), [
    ("open", "Which is better where both train is open (p = 0.020, paired t test)."),
    ("equal", "Where both train they are practically equal, within 0.1 percentage points."),
])  # fmt: skip
def test_counts_that_decide_nothing_leave_the_figures_word(figure: str, said: str) -> None:
    assert said in verdict_words(answered("counts_open", "open", "open", figure, 0.0), "en")


def test_the_rows_of_both_answers() -> None:
    comparison = answered("better_where_trained", "b_better", "open", "b_better", 0.004)
    rows = answer_rows(pair_facts(comparison, comparison.pairs[0], "en"))
    assert [(row.question, str(row.answer), row.test, row.p, row.p_adjusted, row.level) for row in rows] == [
        ("Which trains more often", "open", "Fisher's exact test", 0.18, 0.36, 0.035),
        ("Which is better where both train", "ReLU", "paired t test", 0.01, 0.02, 0.035),
    ]
    assert answer_rows(pair_facts(two_arms(), two_arms().pairs[0], "en")) == ()
