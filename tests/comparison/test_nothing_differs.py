"""Arms between which nothing differs, margins that no two runs can differ by, and verdicts on these items alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy import stats

import paribus as pb
from paribus.comparison.decision_rule import second_edition as rule
from paribus.comparison.decision_rule.look_levels import LOOK_LEVELS
from paribus.comparison.statistics import unseen_share
from paribus.comparison.words.json_view import comparison_json
from paribus.comparison.words.verdict_text import headline
from tests.comparison.written_pairs import lesson, two_arms
from tests.factories import make_comparison

SIX = range(6)
SEEDS_ALIKE = {0: 0.91, 1: 0.93, 2: 0.92}


@pytest.mark.parametrize(
    "figures",
    [
        {"a": dict.fromkeys(SIX, 1.0), "b": dict.fromkeys(SIX, 1.0)},
        {"a": SEEDS_ALIKE, "b": SEEDS_ALIKE},
        {"a": [1.0] * 3, "b": [1.0] * 4},
    ],
)
@pytest.mark.parametrize("margin", [None, 0.0, 0.05])
def test_where_nothing_differs_arms_are_equal(figures: dict[str, dict[int, float]], margin: float | None) -> None:
    found = pb.judge(figures, metric="accuracy", margin=margin)
    assert (found.verdict, found.pair.reason, found.pair.decided_by) == ("equal", "identical", "none")
    assert str(found).startswith("Nothing differs: ")
    assert headline(found.comparison, found.pair, "en") == "b and a are equal: the same accuracy every time"
    assert found.pair.seeds_to_settle is None
    assert ("No figure could be better" in str(found)) == (figures["a"] is not SEEDS_ALIKE)
    assert "다른 것이 없습니다" in found.words("ko")


def test_two_seeds_that_agree_are_too_few_and_one_more_would_do() -> None:
    found = pb.judge({"a": {0: 1.0, 1: 1.0}, "b": {0: 1.0, 1: 1.0}}, metric="accuracy")
    assert (found.verdict, found.pair.seeds_to_settle) == ("open", 3)
    assert "About 3 seeds in all would likely settle it, 1 more" in str(found)


def test_figures_that_no_seed_changes_but_that_differ_stay_open() -> None:
    found = pb.judge({"a": dict.fromkeys(SIX, 0.91), "b": dict.fromkeys(SIX, 0.92)}, metric="accuracy", margin=0.05)
    assert (found.verdict, found.pair.reason) == ("open", "no_spread")


def test_beyond_the_last_look_not_even_that_is_decided() -> None:
    assert pb.judge({"a": SEEDS_ALIKE, "b": SEEDS_ALIKE}, look=4).verdict == "open"


def test_how_many_seeds_could_differ_is_the_exact_bound() -> None:
    for n in (3, 6, 59):
        assert unseen_share(n) == pytest.approx(stats.binomtest(0, n, alternative="less").proportion_ci(0.95).high)
    assert "up to 39 % of others" in str(pb.judge({"a": dict.fromkeys(SIX, 1), "b": dict.fromkeys(SIX, 1)}))


def test_of_normal_differences_of_one_step_so_many_seldom_all_round_to_none() -> None:
    """What LEAST_ALIKE claims: P(round(N(1, s)) = 0) is largest near s = 0.9, and its powers are within the levels."""
    spread = np.linspace(0.05, 20, 4000)
    share = (stats.norm.cdf((0.5 - 1) / spread) - stats.norm.cdf((-0.5 - 1) / spread)).max()
    assert share == pytest.approx(0.242, abs=0.001)
    for look, level in enumerate(LOOK_LEVELS):
        assert share ** (rule.LEAST_ALIKE + look) < level


def predictions(folder: Path, right: dict[str, list[int]], n: int = 450) -> list[str]:
    """Files of one run an arm, of `n` items, of which those listed are wrong."""
    for arm, wrong in right.items():
        rows = "".join(f"{item},{int(item not in wrong)}\n" for item in range(n))
        (folder / f"{arm}.csv").write_text(f"item,correct\n{rows}", encoding="utf-8")
    return [str(folder / f"{arm}.csv") for arm in right]


def test_a_margin_below_one_item_is_said_with_one_that_means_something(tmp_path: Path) -> None:
    files = predictions(tmp_path, {"a": [1, 2], "b": [3]})
    said = pb.judge(files, predictions=True, margin=0.001)
    assert (
        "The margin of 0.1 percentage points is less than one of the 450 items, and no two runs differ by less: next "
        "time choose 0.23 percentage points or more."
    ) in str(said)
    assert "0.23%p" in said.words("ko")
    assert "less than one of" not in str(pb.judge(files, predictions=True, margin=1 / 450))
    assert "less than one of" not in str(pb.judge(files, predictions=True, margin=0.0))


def test_a_margin_below_the_last_digit_is_said_too() -> None:
    figures = {"a": [0.91, 0.93, 0.92], "b": [0.95, 0.97, 0.93]}
    digits = str(pb.judge(figures, metric="accuracy", paired=True))
    assert (
        "is less than the last digit of the figures: next time give more digits, or choose 1 percentage point" in digits
    )
    known = str(pb.judge(figures, metric="accuracy", paired=True, resolution=0.01))
    assert "is less than the least step of the figures, and no two runs differ by less" in known
    assert "the last digit" not in str(
        pb.judge({"a": [0.912, 0.934], "b": [0.95, 0.97]}, metric="accuracy", paired=True)
    )


@pytest.mark.parametrize(
    ("lang", "line"),
    [
        ("en", "ReLU is better than sigmoid on these test images: 98.90 % against 98.50 %"),
        ("ko", "이 테스트 이미지에서는 ReLU가 더 낫습니다: 98.90%, 시그모이드는 98.50%"),
    ],
)
def test_the_headline_says_on_these_images_unless_others_would_show_it_too(lang: str, line: str) -> None:
    here = two_arms(items_low=-0.0003, items_high=0.0083)
    assert headline(here, here.pairs[0], lang) == line
    assert comparison_json(here)["pairs"][0]["on_these_items"] is True
    beyond = two_arms()
    assert headline(beyond, beyond.pairs[0], lang) == line.replace(" on these test images", "").removeprefix(
        "이 테스트 이미지에서는 "
    )
    assert comparison_json(beyond)["pairs"][0]["on_these_items"] is False


def test_equal_on_these_images_where_others_might_differ_by_more_than_the_margin() -> None:
    pair = {"reason": "within_margin", "verdict": "equal", "means": (0.989, 0.9892)}
    wide, narrow = two_arms(items_low=-0.002, items_high=0.0024, **pair), two_arms(**pair)
    assert "are practically equal on these test images, within" in headline(wide, wide.pairs[0], "en")
    assert "on these" not in headline(narrow, narrow.pairs[0], "en")


def test_counts_and_open_verdicts_are_not_about_images() -> None:
    counted = lesson(items_low=-0.01, items_high=0.9)
    assert "on these" not in headline(counted, counted.pairs[0], "en")
    for case in ("open", "one_seed", "neither"):
        comparison = make_comparison(case)
        assert not any(map(comparison.on_these_items, comparison.pairs))
