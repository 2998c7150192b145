"""What few seeds cannot show is said of every lead, with figures that follow from the binomial law alone."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

import paribus as pb
from paribus.comparison.rare_failures import unseen
from tests.comparison.written_pairs import lesson, open_pair

A = [0.900, 0.902, 0.901, 0.899, 0.903, 0.901]
B = [0.905, 0.906, 0.906, 0.904, 0.909, 0.905]


def test_the_share_is_the_one_of_which_none_shows_in_one_sample_of_twenty() -> None:
    pair = pb.judge({"a": A, "b": B}, metric="score:max", paired=True).pair
    assert pair.unseen_share is not None
    assert pair.unseen_loss is not None
    assert stats.binom.pmf(0, 6, pair.unseen_share) == pytest.approx(0.05)
    # A share of seeds that many worse by that much takes the whole lead away.
    assert pair.unseen_share * pair.unseen_loss == pytest.approx(np.mean(B) - np.mean(A))


def test_it_is_said_in_both_languages() -> None:
    found = pb.judge({"a": A, "b": B}, metric="accuracy:max", paired=True)
    # 1 - 0.05^(1/6) = 0.393; 0.4833 points / 0.393 = 1.23.
    assert (
        "6 seeds cannot show what is rare: with up to 39 % of seeds b may do much worse than with any of these (95 % "
        "upper limit), and if it were about 1.2 percentage points worse with each of them, its lead would be gone."
    ) in str(found)
    assert "시드 6개로는 드문 일을 알 수 없습니다." in found.words("ko")
    assert "39%" in found.words("ko")


def test_runs_that_are_not_paired_count_by_the_arm_that_leads() -> None:
    found = pb.judge({"a": A, "b": [*B, 0.907, 0.906]}, metric="score:max", paired=False)
    assert found.pair.unseen_share == pytest.approx(1 - 0.05 ** (1 / 8))
    assert "8 runs cannot show what is rare: in up to 31 % of runs b may do much worse" in str(found)


@pytest.mark.parametrize("comparison", [lesson(), open_pair()])
def test_counts_and_open_verdicts_need_no_such_word(comparison: object) -> None:
    from paribus.comparison.words.verdict_text import verdict_words

    assert "cannot show what is rare" not in verdict_words(comparison, "en")  # type: ignore[arg-type]


def test_a_comparison_that_grew_says_it_of_its_own_pairs_and_level() -> None:
    from paribus.comparison.anytime.rule import anytime_pairs
    from paribus.comparison.words.verdict_text import verdict_words

    judged = pb.judge({"a": A, "b": B}, metric="score:max", paired=True)
    judge = pb.Sequential("score:max")
    state = judge.add_all(zip(A, B, strict=True))
    assert state.verdict == "b_better"
    assert state.unseen_share == pytest.approx(1 - 0.05 ** (1 / 6))
    (pair,) = anytime_pairs(judged.pairs, {("a", "b"): state})
    assert pair.unseen_share == pytest.approx(state.unseen_share)
    assert pair.unseen_loss == pytest.approx((np.mean(B) - np.mean(A)) / state.unseen_share)
    said = verdict_words(judged.comparison.model_copy(update={"pairs": (pair,)}), "en")
    assert "6 seeds cannot show what is rare: with up to 39 % of seeds b" in said
    assert pb.Sequential("score:max").state.unseen_share == 1.0


def test_nothing_leads_nothing_is_hidden() -> None:
    assert unseen("not_separated", 6, 0.1) == (None, None)
    assert unseen("trained_counts", 6, 0.1) == (None, None)
    assert unseen("difference", 6, None) == (None, None)


def test_whoever_meets_a_false_lead_of_one_tailed_seeds_is_told() -> None:
    """Means equal, one run in twenty ten deviations low: some of these comparisons err, and none of them silently."""
    draw, told, wrong = np.random.default_rng(7), 0, 0
    for _ in range(60):
        low = draw.standard_normal(12) - 10 * (draw.random(12) < 0.05) + 0.5
        found = pb.judge({"a": np.zeros(12).tolist(), "b": low.tolist()}, metric="score:max")
        wrong += found.verdict != "open"
        told += found.verdict != "open" and "cannot show what is rare" in str(found)
    assert wrong == told > 0
