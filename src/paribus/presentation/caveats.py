"""What a reader should know before believing a verdict, and how an open one could be settled."""

from __future__ import annotations

from paribus.presentation.numbers import alpha_text, margin_text
from paribus.presentation.scene import Scene

USUAL_ALPHA = 0.05


def caveats(scene: Scene) -> list[str]:
    """Sentences on the verdict's weak sides; none where there are none."""
    return [*_sign_flip(scene), *_other_images(scene), *_small_but_real(scene), *_below_the_usual_level(scene)]


def _sign_flip(scene: Scene) -> list[str]:
    """The t test takes the differences to be roughly normal; the sign-flip test does not, but needs more seeds."""
    pair, words, alpha = scene.pair, scene.words, scene.comparison.alpha
    if pair.reason != "accuracy" or pair.p is None:
        return []
    if pair.p_min > alpha:
        return [
            words.plural(
                "The exact sign-flip test cannot confirm it: with {n} seed its p is never below {least}. So the "
                "verdict leans on the t test, which takes the differences to be roughly normal.",
                "The exact sign-flip test cannot confirm it: with {n} seeds its p is never below {least}. So the "
                "verdict leans on the t test, which takes the differences to be roughly normal.",
                scene.seeds,
                least=f"{pair.p_min:.3g}",
            )
        ]
    if pair.p > alpha:
        return [
            words.text(
                "The exact sign-flip test, which assumes no shape of the differences, does not confirm it: {p}.",
                p=scene.p(pair.p),
            )
        ]
    return []


def _other_images(scene: Scene) -> list[str]:
    """The interval over seeds holds for this test set; other images are a second source of chance."""
    ends = scene.images_interval
    if ends is None:
        return []
    zero = scene.pair.verdict in ("a_better", "b_better") and ends[0] <= 0 <= ends[1]
    # Only where the difference at hand is of the very runs that the verdict is about.
    if zero and scene.pair.over == "all":
        return [
            scene.words.text(
                "That holds for this test set. Over seeds and test images together the interval is {ends} and includes "
                "0: other test images might not show the difference.",
                ends=scene.ends(ends),
            )
        ]
    margin = scene.comparison.margin
    if scene.pair.verdict == "equal" and (ends[0] < -margin or ends[1] > margin):
        return [
            scene.words.text(
                "That holds for this test set. Over seeds and test images together the interval is {ends}, which "
                "reaches beyond the margin: other test images might show a larger difference.",
                ends=scene.ends(ends),
            )
        ]
    return []


def _small_but_real(scene: Scene) -> list[str]:
    p = scene.pair.p_holm if scene.pair.p_holm is not None else scene.pair.p_t
    if scene.pair.verdict != "equal" or p is None or p > scene.comparison.alpha:
        return []
    return [
        scene.words.text(
            "There is a difference ({p}, paired t test), but it is smaller than the margin of {margin} percentage "
            "points that was set beforehand.",
            p=scene.p(p),
            margin=margin_text(scene.comparison.margin),
        )
    ]


def _below_the_usual_level(scene: Scene) -> list[str]:
    """Why a p below 0.05 can be open: looks share the false alarms, and so do pairs."""
    pair, words, alpha = scene.pair, scene.words, scene.comparison.alpha
    alone, corrected = pair.p_decision, pair.p_holm if pair.p_holm is not None else pair.p_decision
    if pair.verdict != "open" or alone is None or corrected is None:
        return []
    if alpha < corrected <= USUAL_ALPHA:
        return [
            words.text(
                "That is below 0.05 and still open: {looks} looks at these arms are allowed, they share the 5 % of "
                "false alarms, and this one decides at {alpha}.",
                looks=scene.comparison.looks_allowed,
                alpha=alpha_text(alpha),
            )
        ]
    if alone <= alpha < corrected:
        return [
            words.text(
                "Taken alone this pair would be decided ({p}); among {n} pairs it is not.",
                p=scene.p(alone),
                n=len(scene.comparison.pairs),
            )
        ]
    return []


def how_to_settle(scene: Scene) -> list[str]:
    """For an open verdict: how many seeds would likely settle it, and what a further look costs."""
    pair, words, comparison = scene.pair, scene.words, scene.comparison
    if pair.verdict != "open" or pair.reason == "neither_trained":
        return []
    if comparison.look > comparison.looks_allowed:
        return [
            words.text(
                "This is look {look} at these arms, and the rule allows {looks}: whoever looks often enough sees a "
                "difference by chance. The figures stand; a verdict would need a new comparison with fresh seeds.",
                look=comparison.look,
                looks=comparison.looks_allowed,
            )
        ]
    if comparison.look == comparison.looks_allowed:
        return [words.text("This was the last look that the rule allows: a new comparison would need fresh seeds.")]
    if pair.seeds_to_settle is None:
        if pair.reason == "too_few_seeds":
            return [words.text("Give more seeds: six let every test here speak.")]
        return [words.text("No number of seeds that one would care to run is likely to settle it.")]
    return [
        words.text(
            "About {n} seeds in all would likely settle it, {more} more; adding them is look {next} of {looks}, and is "
            "counted as such.",
            n=pair.seeds_to_settle,
            more=max(0, pair.seeds_to_settle - len(comparison.seeds)),
            next=comparison.look + 1,
            looks=comparison.looks_allowed,
        )
    ]
