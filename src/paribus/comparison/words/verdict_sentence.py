"""What the decision rule says of a pair, in sentences and in a line: the words of `records.reasons`, filled in."""

from __future__ import annotations

from paribus.comparison.words.answers import figure_too
from paribus.comparison.words.anytime import anytime_says
from paribus.comparison.words.pair_facts import PairFacts
from paribus.records.comparison import ArmView
from paribus.records.reason_form import ALIKE, BETTER, FIGURE_TOO, REACHED, SIZES, Reason, Variants
from paribus.records.reasons import REASON


def decision(facts: PairFacts) -> list[str]:
    """What the rule says of a pair; beyond its last look it says nothing, and the figures stand alone."""
    reason = REASON[facts.pair.reason]
    if not _still_said(facts, reason):
        undecided = facts.words.text(
            "Open: beyond the last look that the rule allows, no verdict is drawn between {first} and {second}.",
            **facts.values(),
        )
        mixture = facts.pair.over == "trained" and not _uniform_both(facts)
        if facts.difference is None and not mixture:
            return [undecided]
        return [undecided, *(_where_both_trained(facts) if mixture else _sizes(facts))]
    p = next((p for p in (getattr(facts.pair, name) for name in reason.ps) if p is not None), None)
    said, faced = [], False
    for message in reason.says:
        if message == BETTER:
            faced = _faces_the_winner(facts)
            said.append(_better(facts) if faced else _trains_more_often(facts))
        elif message == SIZES:
            said += [] if faced else _how_large(facts)
        elif message == ALIKE:
            said += _alike(facts)
        elif message == REACHED:
            said += _reached(facts)
        elif message == FIGURE_TOO:
            said += figure_too(facts)
        else:
            if isinstance(message, Variants):
                message = message.so if getattr(facts.comparison, message.has) else message.otherwise
            if facts.pair.anytime and "{p}" in message:
                message = anytime_says(reason)
            said.append(facts.words.text(message, **facts.values(p)))
    return said


def short_decision(facts: PairFacts) -> str:
    """The same in a line."""
    reason, values = REASON[facts.pair.reason], facts.values()
    if _still_said(facts, reason):
        return facts.words.text(reason.headline, **values)
    if reason.power == "counts":
        return facts.words.text(
            "No verdict after the last look: {first} trained in {l} of {m} runs, {second} in {k}", **values
        )
    return facts.words.text("No verdict after the last look: {first} minus {second} is {signed_short}", **values)


def _still_said(facts: PairFacts, reason: Reason) -> bool:
    """That there is nothing to judge by is said at any look: it takes no test."""
    return facts.judged or (reason.outcome == "open" and reason.power is None)


def _faces_the_winner(facts: PairFacts) -> bool:
    """Whether the figures say of the winner what the rule does; where counts decided they need not."""
    if not REASON[facts.pair.reason].counts:
        return True
    gain = facts.difference is not None and facts.comparison.metric.gain(0.0, facts.difference) > 0
    return _uniform_both(facts) and facts.same_seeds and gain


def _better(facts: PairFacts) -> str:
    values = {**facts.values(), "interval": facts.interval(of_size=True)}
    if facts.only_pair:
        return facts.words.text(
            "{first} is better{where}: {best} against {other} {metric}, a difference of {size}{interval}.", **values
        )
    return facts.words.text(
        "{first} is better than {second}{where}: {best} against {other} {metric}, a difference of {size}{interval}.",
        **values,
    )


def _alike(facts: PairFacts) -> list[str]:
    """That nothing differs, what else seeds that agree leave open, and that no figure could be better."""
    words, values = facts.words, {**facts.values(), "n": facts.seeds}
    figures = {run.figures.get(facts.pair.metric) for run in facts.runs(facts.first)}
    if not facts.comparison.paired:
        said = [words.text("Nothing differs: every run of {first} and {second} gave {best} {metric}.", **values)]
    elif len(figures) == 1:
        said = [words.text("Nothing differs: {first} and {second} gave {best} {metric} with all {n} seeds.", **values)]
    else:
        said = [
            words.text("Nothing differs: {first} and {second} gave the same {metric} with each of {n} seeds.", **values)
        ]
    if facts.measure.is_share and figures == {facts.comparison.metric.gain(0.0, 1.0) > 0}:
        said.append(words.text("No figure could be better than that: a harder test might tell them apart."))
    if facts.pair.could_differ is not None:
        share = words.percent(facts.pair.could_differ, 0)
        said.append(
            words.text(
                "{n} seeds do not rule out a rare difference: up to {share} of others may show one.",
                n=facts.seeds,
                share=share,
            )
        )
    return said


def _trains_more_often(facts: PairFacts) -> str:
    return facts.words.text("{first} is better than {second}: it trains more often.", **facts.values())


def _uniform_both(facts: PairFacts) -> bool:
    """In each arm all runs trained, or none did: its mean describes every one of them."""
    return facts.pair.over == "all" and all(facts.comparison.judged(arm) for arm in (facts.first, facts.second))


def _how_large(facts: PairFacts) -> list[str]:
    if REASON[facts.pair.reason].counts and not _uniform_both(facts):
        return _where_both_trained(facts)
    return [] if facts.difference is None else _sizes(facts)


def _where_both_trained(facts: PairFacts) -> list[str]:
    """The difference without the runs that did not train. It may point the other way, so it is said neutrally."""
    if facts.pair.over != "trained":
        return []
    if not facts.comparison.paired:
        if facts.difference is None:
            return []
        return [
            facts.words.text(
                "Of the runs that trained, {first} minus {second} is {signed} of {metric}{interval}.", **facts.values()
            )
        ]
    first, second = (facts.first, facts.first_name), (facts.second, facts.second_name)
    for (mixture, name), (other, other_name) in ((first, second), (second, first)):
        if mixture.over == "trained" and not other.counted and facts.difference is not None:
            return _what_training_is_worth(facts, mixture, name, other, other_name)
    if not facts.seeds or facts.difference is None:
        return [facts.words.text("With no seed did both train, so there is no pair of figures to compare.")]
    return [
        facts.words.plural(
            "With the {n} seed where both trained, {first} minus {second} is {signed} of {metric}{interval}.",
            "With the {n} seeds where both trained, {first} minus {second} is {signed} of {metric}{interval}.",
            facts.seeds,
            **_without_n(facts),
        )
    ]


def _what_training_is_worth(
    facts: PairFacts, mixture: ArmView, name: str, other: ArmView, other_name: str
) -> list[str]:
    """One arm trained in some runs, the other in none."""
    reached = facts.words.text(
        "Where {mixture} trained it reaches {top} {metric}; {other}, which never trained, stays at {bottom}.",
        mixture=name,
        other=other_name,
        top=facts.figure(mixture),
        bottom=facts.figure(other),
        metric=facts.measure.label,
    )
    size = facts.words.plural(
        "With the {n} seed where {mixture} trained, {first} minus {second} is {signed} of {metric}{interval}.",
        "With the {n} seeds where {mixture} trained, {first} minus {second} is {signed} of {metric}{interval}.",
        facts.seeds,
        mixture=name,
        **_without_n(facts),
    )
    return [reached, size]


def _sizes(facts: PairFacts) -> list[str]:
    if facts.same_seeds:
        return [
            facts.words.text(
                "{first} reaches {best} {metric}, {second} {other}: a difference of {signed}{interval}.",
                **facts.values(),
            )
        ]
    # Runs that diverged have no figure: the arms' means are over other seeds than the difference.
    return [
        facts.words.plural(
            "With the {n} seed where both have a {metric}, {first} minus {second} is {signed}{interval}.",
            "With the {n} seeds where both have a {metric}, {first} minus {second} is {signed}{interval}.",
            facts.seeds,
            **_without_n(facts),
        )
    ]


def _reached(facts: PairFacts) -> list[str]:
    if None in [facts.comparison.judged(arm) for arm in (facts.first, facts.second)]:
        return []
    return [facts.words.text("{first} reaches {best} {metric}, {second} {other}.", **facts.values())]


def _without_n(facts: PairFacts) -> dict[str, object]:
    """Values for a sentence that counts seeds, which `n` is there."""
    return {name: value for name, value in facts.values().items() if name != "n"}
