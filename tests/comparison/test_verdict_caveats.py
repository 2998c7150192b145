"""What is said about a verdict's weak sides, and how an open one could be settled."""

import pytest

from paribus.comparison.words.verdict_text import headline, verdict_words
from tests.comparison.written_pairs import open_pair, two_arms
from tests.factories import make_comparison


def test_practically_equal_here_but_not_surely_on_other_images() -> None:
    comparison = two_arms(
        means=(0.9890, 0.9892), reason="within_margin", verdict="equal", items_low=-0.002, items_high=0.0024,
        p_equal_holm=0.004, p_holm=0.4,
    )  # fmt: skip
    said = verdict_words(comparison, "en")
    assert "the interval is −0.20 to +0.24, which reaches beyond the margin" in said


def test_a_difference_that_is_real_but_too_small_to_matter() -> None:
    comparison = two_arms(
        means=(0.9890, 0.9895), reason="within_margin", verdict="equal", p_equal_holm=0.001, p_holm=0.003
    )
    assert "There is a difference (p = 0.003, paired t test), but it is smaller than the margin of 0.1" in (
        verdict_words(comparison, "en")
    )


def test_better_here_but_not_surely_on_other_images() -> None:
    said = verdict_words(two_arms(items_low=-0.0003, items_high=0.0083), "en")
    assert (
        "Over seeds and test images together the interval is −0.03 to +0.83 and includes 0: other test images" in said
    )
    assert "0을 포함하므로" in verdict_words(two_arms(items_low=-0.0003, items_high=0.0083), "ko")


def test_the_sign_flip_test_does_not_agree() -> None:
    said = verdict_words(two_arms(p=0.0631), "en")
    assert (
        "The exact sign-flip test, which assumes no shape of the differences, does not confirm it (p = 0.063)." in said
    )


def test_the_sign_flip_test_cannot_speak() -> None:
    said = verdict_words(two_arms(p=0.125, p_min=0.125, seeds=(0, 1, 2, 3)), "en")
    assert "with 4 seeds its p is never below 0.125" in said
    assert "does not confirm" not in said


def test_open_below_the_usual_level_is_explained() -> None:
    said = verdict_words(open_pair(p_holm=0.044, p_decision=0.044), "en")
    assert "p = 0.044" in said
    assert "That is below 0.05 and still open: 3 looks at these arms are allowed" in said
    assert "this one decides at 0.04." in said
    assert "0.05보다 작은데도" in verdict_words(open_pair(p_holm=0.044, p_decision=0.044), "ko")
    assert "below 0.05" not in verdict_words(open_pair(p_holm=0.06, p_decision=0.06), "en")


def test_open_only_after_correction_is_explained() -> None:
    comparison = make_comparison("three_arms")
    pair = comparison.pairs[0].model_copy(
        update={"verdict": "open", "reason": "not_separated", "p_decision": 0.03, "p_holm": 0.09}
    )
    said = verdict_words(comparison.model_copy(update={"pairs": (pair, *comparison.pairs[1:])}), "en")
    assert "Taken alone this pair would be decided (p = 0.030); among 3 pairs it is not." in said
    assert "9.0 % of the time (p = 0.090, paired t test, after Holm's correction for 3 pairs)" in said


def test_no_number_of_seeds_would_settle_it() -> None:
    assert "No number of seeds that one would care to run" in verdict_words(open_pair(seeds_to_settle=None), "en")


def test_later_looks_are_said_first_and_the_last_one_ends_it() -> None:
    second = open_pair().model_copy(update={"look": 2, "alpha": 0.0067})
    assert verdict_words(second, "en").startswith("This is look 2 of 3 at these arms; it is judged at the level that")
    assert "look 3 of 3" in verdict_words(second, "en")
    last = open_pair().model_copy(update={"look": 3, "alpha": 0.0033})
    said = verdict_words(last, "en")
    assert "This was the last look" in said
    assert "24 seeds" not in said
    assert "look" not in verdict_words(two_arms(), "en")


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_beyond_the_last_look_figures_stand_and_no_verdict_is_drawn(lang: str) -> None:
    counts = two_arms(
        (0, 6), (0.1, 0.921), reason="counts_open", verdict="open", decided_by="fisher", p_decision=0.002, p_holm=0.002
    )
    mixture = make_comparison("mixture")
    late_pair = {"verdict": "open", "reason": "counts_open", "decided_by": "fisher"}  # as no test decides there
    mixture = mixture.model_copy(update={"pairs": (mixture.pairs[0].model_copy(update=late_pair),)})
    for comparison in (counts, open_pair(p_decision=0.002, p_holm=0.002), mixture):
        late = comparison.model_copy(update={"look": 4, "alpha": 0.0})
        said, line = verdict_words(late, lang), headline(late, late.pairs[0], lang)
        for fault in ("look 4", "4번째", "tell the arms apart", "가릴 수 없습니다", "neither a difference", "p = "):
            assert fault not in said
        assert {"en": "the figures stand, but no verdict is drawn", "ko": "수치는 그대로 유효하지만"}[lang] in said
        assert "paribus compare … --first-seed" in said
        assert line.startswith(
            {"en": "No verdict after the last look: ", "ko": "마지막 분석 이후라 판정하지 않습니다: "}[lang]
        )
    assert "92.1" in verdict_words(counts.model_copy(update={"look": 4, "alpha": 0.0}), lang)


def test_a_single_seed_beyond_the_last_look_is_a_single_seed() -> None:
    late = make_comparison("one_seed").model_copy(update={"look": 4, "alpha": 0.0})
    assert "Open: one seed shows a difference" in verdict_words(late, "en")


def test_the_sign_flip_test_is_corrected_for_the_pairs_as_the_verdict_is() -> None:
    """Six seeds and three pairs: 2/64 alone, at best 6/64 = 0.0938 after Holm, which is above the level."""
    comparison = make_comparison("three_arms")
    assert [pair.reason for pair in comparison.pairs[:2]] == ["difference", "difference"]
    said = verdict_words(comparison, "en").split("\n\n")
    least = "with 6 seeds its p is never below 0.0938, after Holm's correction for 3 pairs. So the verdict leans on"
    assert least in said[0]
    assert least in said[1]
    assert "(p = 0.0938, 쌍 3개에 대한 홀름 보정 후)도 유의수준보다" in verdict_words(comparison, "ko")


def test_a_sign_flip_p_that_only_the_correction_lifts_over_the_level() -> None:
    comparison = make_comparison("three_arms")
    pairs = tuple(
        pair.model_copy(update={"p_sign_flip_holm": p, "p_min": 0.001, "reason": "difference", "verdict": "b_better"})
        for pair, p in zip(comparison.pairs, (0.02, 0.003, 0.004), strict=True)
    )
    said = verdict_words(comparison.model_copy(update={"pairs": pairs, "alpha": 0.01}), "en").split("\n\n")
    assert "does not confirm it (p = 0.020, after Holm's correction for 3 pairs)." in said[0]
    assert "sign-flip" not in said[1]  # 0.003
    assert "sign-flip" not in said[2]  # 0.004


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_arms_whose_runs_are_the_same_are_said_to_be(lang: str) -> None:
    comparison = make_comparison("equal")
    sentence = {"en": "gave the same runs to the last bit", "ko": "마지막 비트까지 같습니다"}[lang]
    assert sentence not in verdict_words(comparison, lang)
    first, second = comparison.arms
    copied = (first, second.model_copy(update={"runs": first.runs}))
    assert sentence in verdict_words(comparison.model_copy(update={"arms": copied}), lang)
    run, losses = first.runs[-1], first.runs[-1].curves["val_loss"]
    other = run.model_copy(update={"curves": {**run.curves, "val_loss": (*losses[:-1], losses[-1] + 1e-9)}})
    nearly = (first, second.model_copy(update={"runs": (*first.runs[:-1], other)}))
    assert sentence not in verdict_words(comparison.model_copy(update={"arms": nearly}), lang)


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_counts_that_are_the_same_are_no_runs_that_are(lang: str) -> None:
    """Two arms of which neither trained are right on as many images, and differ in their losses."""
    comparison = make_comparison("equal")
    first, second = comparison.arms
    counts = tuple(run.model_copy(update={"curves": {}, "figures": {"test_accuracy": 0.1}}) for run in first.runs)
    arms = tuple(arm.model_copy(update={"runs": counts}) for arm in (first, second))
    said = verdict_words(comparison.model_copy(update={"arms": arms}), lang)
    assert {"en": "gave the same runs to the last bit", "ko": "마지막 비트까지 같습니다"}[lang] not in said
    assert {"en": "the same figures, seed by seed", "ko": "시드마다 같습니다"}[lang] in said


def test_how_roughly_the_number_of_seeds_is_known() -> None:
    assert "anything from 9 to 80 is plausible" in verdict_words(
        open_pair(seeds_to_settle=24, seeds_to_settle_low=9, seeds_to_settle_high=80), "en"
    )
    unbounded = open_pair(seeds_to_settle=24, seeds_to_settle_low=9)
    assert "it may as well be 9, or more than anybody would run" in verdict_words(unbounded, "en")
    assert "9개일 수도 있고" in verdict_words(unbounded, "ko")
