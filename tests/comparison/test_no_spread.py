"""Where no chance shows there is nothing to judge by; and what a verdict says where there is no margin."""

from __future__ import annotations

import re

import pytest

import paribus as pb

SEEDS = range(6)


def test_figures_that_no_seed_changes_are_open() -> None:
    found = pb.judge({"a": dict.fromkeys(SEEDS, 0.91), "b": dict.fromkeys(SEEDS, 0.93)}, metric="accuracy", margin=0.01)
    assert (found.verdict, found.pair.reason, found.p_t, found.interval) == ("open", "no_spread", None, None)
    assert "the seed changes nothing: there is no spread to judge by" in str(found)
    assert "a difference of +2.0" in str(found)
    assert "시드를 바꾸어도" in found.words("ko")
    unpaired = pb.judge({"a": [0.91] * 3, "b": [0.93] * 4}, resolution=0.01)
    assert unpaired.pair.reason == "no_spread"
    assert "the seed" not in str(unpaired)


def test_seeds_that_change_both_arms_alike_agree_on_the_difference() -> None:
    fine = {seed: 0.1234567890123 * (1 + seed) for seed in SEEDS}
    found = pb.judge({"a": fine, "b": {seed: x + 0.5 for seed, x in fine.items()}})
    assert found.verdict == "b_better"
    coarse = {seed: round(0.1 * seed, 1) for seed in SEEDS}
    steps = pb.judge({"a": coarse, "b": {seed: round(x + 0.5, 1) for seed, x in coarse.items()}}, metric="score")
    assert steps.verdict == "b_better"  # five steps of a tenth, and rounding alone makes no five


def test_the_same_figures_in_both_arms_say_that_the_factor_changed_nothing() -> None:
    figures = {0: 0.91, 1: 0.93, 2: 0.92}
    found = pb.judge({"a": figures, "b": figures})
    assert (found.verdict, found.pair.reason) == ("equal", "identical")
    two = pb.judge({"a": {0: 0.91, 1: 0.93}, "b": {0: 0.91, 1: 0.93}})
    assert two.verdict == "open"
    assert "Both arms have exactly the same figures: the factor changed nothing." in str(two)


def test_arms_that_always_and_never_train_are_told_apart_though_no_figure_varies() -> None:
    found = pb.judge({"a": dict.fromkeys(SEEDS, None), "b": dict.fromkeys(SEEDS, 0.93)})
    assert (found.verdict, found.pair.reason) == ("b_better", "trained_counts")


def test_without_a_margin_nothing_is_equal_and_the_verdict_says_which_would_be_supported() -> None:
    a = {0: 1.20, 1: 1.31, 2: 1.27, 3: 1.22, 4: 1.30, 5: 1.26}
    b = {0: 1.21, 1: 1.30, 2: 1.28, 3: 1.22, 4: 1.29, 5: 1.27}
    found = pb.judge({"a": a, "b": b}, metric="loss:min")
    assert found.verdict == "open"
    said = re.search(r"would support a margin of ([0-9.]+) or more", str(found))
    assert said
    supported = float(said[1])
    assert supported >= found.pair.margin_supported > supported * 0.9 - 1e-3  # type: ignore[operator]
    assert pb.judge({"a": a, "b": b}, metric="loss:min", margin=supported).verdict == "equal"
    below = pb.judge({"a": a, "b": b}, metric="loss:min", margin=found.pair.margin_supported * 0.99)  # type: ignore[operator]
    assert below.verdict == "open"
    assert "equal" not in str(found).replace("practically equal;", "")


@pytest.mark.parametrize("metric", ["loss:min", "reward:max", "seconds:min", "bleu:max"])
@pytest.mark.parametrize("paired", [True, False])
def test_where_no_share_is_measured_nothing_speaks_of_one(metric: str, paired: bool) -> None:
    a, b = [31.2, 30.9, 31.5, 31.1, 30.7], [32.4, None, 33.1, 32.8, 5e248]
    for figures in (
        {"a": a, "b": b},
        {"a": a, "b": [*b[:3], 32.9, 33.0]},
        {"a": a, "b": [31.0, 31.1, 31.4, 31.2, 30.8]},
    ):
        found = pb.judge(figures, metric=metric, paired=paired)  # type: ignore[arg-type]
        said = str(found).replace("95 %", "").replace("0.1 % of the time", "").lower()
        said = re.sub(r"[\d.]+ % of the time", "", said).replace("5 % of false alarms", "")
        said = re.sub(r"up to [\d.]+ % of (seeds|runs)", "", said)
        assert not re.search(r"accura|percent|point|%|image|network", said), said
        assert not re.search(r"정확도|%p|이미지", found.words("ko"))
