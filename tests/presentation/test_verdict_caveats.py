"""What is said about a verdict's weak sides, and how an open one could be settled."""

from paribus.presentation.words import verdict_words
from tests.factories import make_comparison
from tests.presentation.written_pairs import open_pair, two_arms


def test_practically_equal_here_but_not_surely_on_other_images() -> None:
    comparison = two_arms(
        means=(0.9890, 0.9892), reason="within_margin", verdict="equal", images_low=-0.002, images_high=0.0024,
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
    said = verdict_words(two_arms(images_low=-0.0003, images_high=0.0083), "en")
    assert (
        "Over seeds and test images together the interval is −0.03 to +0.83 and includes 0: other test images" in said
    )
    assert "0을 포함하므로" in verdict_words(two_arms(images_low=-0.0003, images_high=0.0083), "ko")


def test_the_sign_flip_test_does_not_agree() -> None:
    said = verdict_words(two_arms(p=0.0631), "en")
    assert (
        "The exact sign-flip test, which assumes no shape of the differences, does not confirm it: p = 0.063." in said
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
    assert "p = 0.090 (paired t test, after Holm's correction for 3 pairs)" in said


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
