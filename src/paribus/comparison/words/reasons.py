"""What the decision rule says of a pair, in sentences and in a line: the words of `values.reasons`, filled in."""

from __future__ import annotations

from paribus.comparison.words.facing_the_winner import Scene
from paribus.records.comparison import ArmView
from paribus.records.reasons import BETTER, REACHED, REASON, SIZES, Reason


def decision(scene: Scene) -> list[str]:
    """What the rule says of a pair; beyond its last look it says nothing, and the figures stand alone."""
    reason = REASON[scene.pair.reason]
    if not _still_said(scene, reason):
        undecided = scene.words.text(
            "Open: beyond the last look that the rule allows, no verdict is drawn between {first} and {second}.",
            **scene.values(),
        )
        mixture = scene.pair.over == "trained" and not _uniform_both(scene)
        if scene.difference is None and not mixture:
            return [undecided]
        return [undecided, *(_where_both_trained(scene) if mixture else _sizes(scene))]
    p = next((p for p in (getattr(scene.pair, name) for name in reason.ps) if p is not None), None)
    said, faced = [], False
    for message in reason.says:
        if message == BETTER:
            faced = _faces_the_winner(scene)
            said.append(_better(scene) if faced else _trains_more_often(scene))
        elif message == SIZES:
            said += [] if faced else _how_large(scene)
        elif message == REACHED:
            said += _reached(scene)
        else:
            said.append(scene.words.text(message, **scene.values(p)))
    return said


def short_decision(scene: Scene) -> str:
    """The same in a line."""
    reason, values = REASON[scene.pair.reason], scene.values()
    if _still_said(scene, reason):
        return scene.words.text(reason.headline, **values)
    if reason.power == "counts":
        return scene.words.text(
            "No verdict after the last look: {first} trained in {l} of {m} runs, {second} in {k}", **values
        )
    return scene.words.text("No verdict after the last look: {first} minus {second} is {signed_short}", **values)


def _still_said(scene: Scene, reason: Reason) -> bool:
    """That there is nothing to judge by is said at any look: it takes no test."""
    return scene.judged or (reason.outcome == "open" and reason.power is None)


def _faces_the_winner(scene: Scene) -> bool:
    """Whether the figures say of the winner what the rule does; where counts decided they need not."""
    if not REASON[scene.pair.reason].counts:
        return True
    gain = scene.difference is not None and scene.comparison.metric.gain(0.0, scene.difference) > 0
    return _uniform_both(scene) and scene.same_seeds and gain


def _better(scene: Scene) -> str:
    values = {**scene.values(), "interval": scene.interval(of_size=True)}
    if scene.only_pair:
        return scene.words.text(
            "{first} is better: {best} against {other} {metric}, a difference of {size}{interval}.", **values
        )
    return scene.words.text(
        "{first} is better than {second}: {best} against {other} {metric}, a difference of {size}{interval}.", **values
    )


def _trains_more_often(scene: Scene) -> str:
    return scene.words.text("{first} is better than {second}: it trains more often.", **scene.values())


def _uniform_both(scene: Scene) -> bool:
    """In each arm all runs trained, or none did: its mean describes every one of them."""
    return all(arm.over == "all" and scene.comparison.judged(arm) for arm in (scene.first, scene.second))


def _how_large(scene: Scene) -> list[str]:
    if REASON[scene.pair.reason].counts and not _uniform_both(scene):
        return _where_both_trained(scene)
    return [] if scene.difference is None else _sizes(scene)


def _where_both_trained(scene: Scene) -> list[str]:
    """The difference without the runs that did not train. It may point the other way, so it is said neutrally."""
    if scene.pair.over != "trained":
        return []
    first, second = (scene.first, scene.first_name), (scene.second, scene.second_name)
    for (mixture, name), (other, other_name) in ((first, second), (second, first)):
        if mixture.over == "trained" and not other.counted and scene.difference is not None:
            return _what_training_is_worth(scene, mixture, name, other, other_name)
    if not scene.seeds or scene.difference is None:
        return [scene.words.text("With no seed did both train, so there is no pair of figures to compare.")]
    return [
        scene.words.plural(
            "With the {n} seed where both trained, {first} minus {second} is {signed} of {metric}{interval}.",
            "With the {n} seeds where both trained, {first} minus {second} is {signed} of {metric}{interval}.",
            scene.seeds,
            **_without_n(scene),
        )
    ]


def _what_training_is_worth(scene: Scene, mixture: ArmView, name: str, other: ArmView, other_name: str) -> list[str]:
    """One arm trained in some runs, the other in none."""
    reached = scene.words.text(
        "Where {mixture} trained it reaches {top} {metric}; {other}, which never trained, stays at {bottom}.",
        mixture=name,
        other=other_name,
        top=scene.figure(mixture),
        bottom=scene.figure(other),
        metric=scene.measure.label,
    )
    size = scene.words.plural(
        "With the {n} seed where {mixture} trained, {first} minus {second} is {signed} of {metric}{interval}.",
        "With the {n} seeds where {mixture} trained, {first} minus {second} is {signed} of {metric}{interval}.",
        scene.seeds,
        mixture=name,
        **_without_n(scene),
    )
    return [reached, size]


def _sizes(scene: Scene) -> list[str]:
    if scene.same_seeds:
        return [
            scene.words.text(
                "{first} reaches {best} {metric}, {second} {other}: a difference of {signed}{interval}.",
                **scene.values(),
            )
        ]
    # Runs that diverged have no figure: the arms' means are over other seeds than the difference.
    return [
        scene.words.plural(
            "With the {n} seed where both have a {metric}, {first} minus {second} is {signed}{interval}.",
            "With the {n} seeds where both have a {metric}, {first} minus {second} is {signed}{interval}.",
            scene.seeds,
            **_without_n(scene),
        )
    ]


def _reached(scene: Scene) -> list[str]:
    if None in [scene.comparison.judged(arm) for arm in (scene.first, scene.second)]:
        return []
    return [scene.words.text("{first} reaches {best} {metric}, {second} {other}.", **scene.values())]


def _without_n(scene: Scene) -> dict[str, object]:
    """Values for a sentence that counts seeds, which `n` is there."""
    return {name: value for name, value in scene.values().items() if name != "n"}
