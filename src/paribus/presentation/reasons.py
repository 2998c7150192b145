"""For each reason of a verdict its sentences and its headline. A reason added to the contract needs one of each."""

from __future__ import annotations

from collections.abc import Callable

from paribus.presentation.numbers import margin_text
from paribus.presentation.scene import Scene
from paribus.values.comparison import ArmView, Reason


def _sizes(scene: Scene) -> dict[str, object]:
    return {
        "first": scene.first_name,
        "second": scene.second_name,
        "best": scene.accuracy(scene.first),
        "other": scene.accuracy(scene.second),
        "size": scene.size(),
        "signed": scene.signed(),
        "interval": scene.interval(),
    }


def _better(scene: Scene) -> str:
    if scene.only_pair:
        return scene.words.text(
            "{first} is better: {best} against {other} test accuracy, a difference of {size} percentage "
            "points{interval}.",
            **_sizes(scene),
        )
    return scene.words.text(
        "{first} is better than {second}: {best} against {other} test accuracy, a difference of {size} percentage "
        "points{interval}.",
        **_sizes(scene),
    )


def _accuracy(scene: Scene) -> list[str]:
    chance = scene.words.text(
        "Were there no difference, one as large as this would come up with {p} (paired t test{corrected}).",
        p=scene.p(_first(scene.pair.p_holm, scene.pair.p_decision, scene.pair.p_t)),
        corrected=scene.corrected(),
    )
    return [_better(scene), chance]


def _trained_counts(scene: Scene) -> list[str]:
    words, pair = scene.words, scene.pair
    chance = words.text(
        "Were both as likely to train, counts as unequal as these would come up with {p} (Fisher's exact "
        "test{corrected}).",
        p=scene.p(_first(pair.p_holm, pair.p_decision, pair.p_trained)),
        corrected=scene.corrected(),
    )
    uniform = _uniform(scene.first) and _uniform(scene.second) and scene.difference is not None
    if uniform and scene.same_seeds and scene.difference is not None and scene.difference > 0:
        return [_better(scene), chance]
    better = words.text(
        "{first} is better than {second}: it trains more often.", first=scene.first_name, second=scene.second_name
    )
    return [better, chance, *([_sizes_of_both(scene)] if uniform else _both(scene))]


def _uniform(arm: ArmView) -> bool:
    """All of its runs trained, or none did: its mean describes every one of them."""
    return arm.over == "all" and arm.test_accuracy is not None


def _both(scene: Scene) -> list[str]:
    """The difference without the runs that did not train. It may point the other way, so it is said neutrally."""
    if scene.pair.over != "trained":
        return []
    first, second = (scene.first, scene.first_name), (scene.second, scene.second_name)
    for (mixture, name), (other, other_name) in ((first, second), (second, first)):
        if mixture.over == "trained" and other.trained == 0 and scene.difference is not None:
            reached = scene.words.text(
                "Where {mixture} trained it reaches {top} test accuracy; {other}, which never trained, stays at "
                "{bottom}.",
                mixture=name,
                other=other_name,
                top=scene.accuracy(mixture),
                bottom=scene.accuracy(other),
            )
            return [reached, _where_it_trained(scene, name)]
    if not scene.seeds or scene.difference is None:
        return [scene.words.text("With no seed did both train, so there is no pair of accuracies to compare.")]
    return [
        scene.words.plural(
            "With the {n} seed where both trained, {first} minus {second} is {signed} percentage points of test "
            "accuracy{interval}.",
            "With the {n} seeds where both trained, {first} minus {second} is {signed} percentage points of test "
            "accuracy{interval}.",
            scene.seeds,
            **_sizes(scene),
        )
    ]


def _where_it_trained(scene: Scene, mixture: str) -> str:
    """One arm trained in some runs, the other in none: these seeds show what training is worth."""
    return scene.words.plural(
        "With the {n} seed where {mixture} trained, {first} minus {second} is {signed} percentage points of test "
        "accuracy{interval}.",
        "With the {n} seeds where {mixture} trained, {first} minus {second} is {signed} percentage points of test "
        "accuracy{interval}.",
        scene.seeds,
        mixture=mixture,
        **_sizes(scene),
    )


def _within_margin(scene: Scene) -> list[str]:
    words, pair = scene.words, scene.pair
    margin = margin_text(scene.comparison.margin)
    equal = words.text(
        "{first} and {second} are practically equal: {best} and {other} test accuracy, a difference of {signed} "
        "percentage points{interval}, within the margin of {margin}.",
        **_sizes(scene),
        margin=margin,
    )
    chance = words.text(
        "Were the true difference as large as the margin, one as small as this would come up with {p} (two one-sided "
        "t tests{corrected}).",
        p=scene.p(_first(pair.p_equal_holm, pair.p_equal)),
        corrected=scene.corrected(),
    )
    return [equal, chance]


def _not_separated(scene: Scene) -> list[str]:
    words, pair = scene.words, scene.pair
    return [
        words.text(
            "Open: between {first} and {second} neither a difference nor practical equality (within {margin} "
            "percentage points) is established.",
            first=scene.first_name,
            second=scene.second_name,
            margin=margin_text(scene.comparison.margin),
        ),
        _sizes_of_both(scene),
        words.text(
            "Were there no difference, one as large as this would come up with {p} (paired t test{corrected}).",
            p=scene.p(_first(pair.p_holm, pair.p_decision, pair.p_t)),
            corrected=scene.corrected(),
        ),
    ]


def _sizes_of_both(scene: Scene) -> str:
    if not scene.same_seeds:  # runs that diverged have no accuracy: the arms' means are over other seeds than this
        return scene.words.plural(
            "With the {n} seed where both have a test accuracy, {first} minus {second} is {signed} percentage "
            "points{interval}.",
            "With the {n} seeds where both have a test accuracy, {first} minus {second} is {signed} percentage "
            "points{interval}.",
            scene.seeds,
            **_sizes(scene),
        )
    return scene.words.text(
        "Test accuracy is {best} for {first} and {other} for {second}, a difference of {signed} percentage "
        "points{interval}.",
        **_sizes(scene),
    )


def _counts_open(scene: Scene) -> list[str]:
    words, pair = scene.words, scene.pair
    undecided = words.text(
        "Open: not every run trained, and the counts do not tell the arms apart: {p} (Fisher's exact test{corrected}).",
        p=scene.p(_first(pair.p_holm, pair.p_decision, pair.p_trained)),
        corrected=scene.corrected(),
    )
    if _uniform(scene.first) and _uniform(scene.second) and pair.difference is not None:
        return [undecided, _sizes_of_both(scene)]
    return [undecided, *_both(scene)]


def _neither_trained(scene: Scene) -> list[str]:
    words = scene.words
    n = max(len(scene.first.runs), len(scene.second.runs))
    nothing = words.plural(
        "Neither {first} nor {second} trained, in {n} run each: there is nothing to compare.",
        "Neither {first} nor {second} trained, in {n} runs each: there is nothing to compare.",
        n,
        first=scene.first_name,
        second=scene.second_name,
    )
    means = [arm.test_accuracy for arm in (scene.first, scene.second)]
    if None in means:
        return [nothing]
    stayed = words.text("Their test accuracies are {best} and {other}.", **_sizes(scene))
    return [nothing, stayed]


def _too_few_seeds(scene: Scene) -> list[str]:
    luck = scene.words.text("Open: one seed shows a difference, but not how much of it is that seed's luck.")
    return [luck] if scene.difference is None else [luck, _sizes_of_both(scene)]


def decision(scene: Scene) -> list[str]:
    """What the rule says of a pair; beyond its last look it says nothing, and the figures stand alone."""
    if scene.judged or scene.pair.reason in ("neither_trained", "too_few_seeds"):
        return REASONS[scene.pair.reason](scene)
    undecided = scene.words.text(
        "Open: beyond the last look that the rule allows, no verdict is drawn between {first} and {second}.",
        first=scene.first_name,
        second=scene.second_name,
    )
    if scene.pair.over == "trained" and not (_uniform(scene.first) and _uniform(scene.second)):
        return [undecided, *_both(scene)]
    return [undecided] if scene.difference is None else [undecided, _sizes_of_both(scene)]


REASONS: dict[Reason, Callable[[Scene], list[str]]] = {
    "trained_counts": _trained_counts,
    "accuracy": _accuracy,
    "within_margin": _within_margin,
    "not_separated": _not_separated,
    "counts_open": _counts_open,
    "neither_trained": _neither_trained,
    "too_few_seeds": _too_few_seeds,
}


def _first(*values: float | None) -> float | None:
    return next((value for value in values if value is not None), None)


def _headline_accuracy(scene: Scene) -> str:
    return scene.words.text("{first} is better than {second}: {best} against {other}", **_sizes(scene))


def _headline_counts(scene: Scene) -> str:
    return scene.words.text(
        "{first} is better than {second}: trained in {l} of {m} runs, against {k} of {n}", **_count_values(scene)
    )


def _headline_equal(scene: Scene) -> str:
    return scene.words.text(
        "{first} and {second} are practically equal, within {margin} points",
        first=scene.first_name,
        second=scene.second_name,
        margin=margin_text(scene.comparison.margin),
    )


def _headline_open(scene: Scene) -> str:
    return scene.words.text("Open: {first} minus {second} is {signed} points, which settles nothing", **_sizes(scene))


def _headline_counts_open(scene: Scene) -> str:
    return scene.words.text("Open: {first} trained in {l} of {m} runs, {second} in {k} of {n}", **_count_values(scene))


def _headline_neither(scene: Scene) -> str:
    return scene.words.text(
        "Nothing to compare: neither {first} nor {second} trained", first=scene.first_name, second=scene.second_name
    )


def _headline_one_seed(scene: Scene) -> str:
    return scene.words.text("Open: one seed says little about {first} and {second}", **_sizes(scene))


def _count_values(scene: Scene) -> dict[str, object]:
    return {
        "first": scene.first_name,
        "second": scene.second_name,
        "k": scene.second.trained,
        "n": len(scene.second.runs),
        "l": scene.first.trained,
        "m": len(scene.first.runs),
    }


HEADLINES: dict[Reason, Callable[[Scene], str]] = {
    "trained_counts": _headline_counts,
    "accuracy": _headline_accuracy,
    "within_margin": _headline_equal,
    "not_separated": _headline_open,
    "counts_open": _headline_counts_open,
    "neither_trained": _headline_neither,
    "too_few_seeds": _headline_one_seed,
}


def short_decision(scene: Scene) -> str:
    """The same in a line."""
    if scene.judged or scene.pair.reason in ("neither_trained", "too_few_seeds"):
        return HEADLINES[scene.pair.reason](scene)
    if scene.pair.reason == "counts_open":
        return scene.words.text(
            "No verdict after the last look: {first} trained in {l} of {m} runs, {second} in {k} of {n}",
            **_count_values(scene),
        )
    return scene.words.text(
        "No verdict after the last look: {first} minus {second} is {signed} points", **_sizes(scene)
    )
