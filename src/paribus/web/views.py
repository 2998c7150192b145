"""Jobs and comparisons as the page's JSON. No figure is computed here."""

from __future__ import annotations

from functools import partial
from typing import Any

from paribus.presentation.explanation import explanation_headline
from paribus.presentation.explanation_json import explained_json
from paribus.presentation.measure import measure_of
from paribus.presentation.translation import Lang, in_each_language, translator
from paribus.presentation.verdict import headline, opening_words, pair_words
from paribus.values.comparison import Arm, ArmView, Comparison, Design, PairView
from paribus.values.explanation import Explanation
from paribus.web.jobs import Job
from paribus.web.orders import order_again
from paribus.web.queue import Queue

_PAIRS_IN_A_LINE = 3  # of a comparison with many arms


def job_json(job: Job, queue: Queue) -> dict[str, Any]:
    """A job of the contract, without its runs."""
    kept = job.model_dump(mode="json", exclude={"budget", "runs", "problems"})
    return {**kept, "place": queue.place(job), "faults": [problem.answer() for problem in job.problems]}


def arms_json(of: Design | Comparison) -> list[dict[str, Any]]:
    """The arms' names, and what people call them."""
    return [{"name": arm.name, "label": in_each_language(partial(_label, of, arm))} for arm in of.arms]


def title_of(of: Design | Comparison) -> dict[str, str]:
    """What people call a comparison: its arms."""
    return in_each_language(lambda lang: " / ".join(_label(of, arm, lang) for arm in of.arms))


def _label(of: Design | Comparison, arm: Arm | ArmView, lang: Lang) -> str:
    return translator(lang).arm_label(arm.name, of.factor, arm.value)


def summary_json(comparison: Comparison) -> dict[str, Any]:
    """A comparison in a list."""
    c = comparison
    first = c.pairs[:_PAIRS_IN_A_LINE]
    return {
        "id": c.id,
        "recipe_name": c.recipe_name,
        "title": title_of(c),
        "created": c.created,
        "seeds": len(c.seeds),
        "confounded": c.confounded,
        "headline": in_each_language(lambda lang: "; ".join(headline(c, pair, lang) for pair in first)),
    }


def comparison_page(c: Comparison, explanation: Explanation | None, faults: list[dict[str, Any]]) -> dict[str, Any]:
    """One comparison with all its words. `faults`: what is wrong with an explanation that cannot be shown."""
    return {
        "comparison": explained_json(c, explanation),
        "title": title_of(c),
        "order": None if (order := order_again(c)) is None else order.model_dump(mode="json"),
        "arms": [
            {
                **named,
                "figure": in_each_language(partial(_figure, c, arm)),
                "over": in_each_language(partial(_over, c, arm)),
            }
            for named, arm in zip(arms_json(c), c.arms, strict=True)
        ],
        "metric": {"name": c.metric.name, "share": c.metric.unit == "share", "places": _places(c)},
        "opening": in_each_language(partial(opening_words, c)),
        "pairs": [
            {
                "headline": in_each_language(partial(headline, c, pair)),
                "sentence": in_each_language(partial(pair_words, c, pair)),
                "size": in_each_language(partial(_size, c, pair)),
                "interval": in_each_language(partial(_interval, c, pair)),
            }
            for pair in c.pairs
        ],
        "why": None
        if explanation is None
        else {"headline": in_each_language(partial(explanation_headline, explanation, c))},
        "why_faults": faults,
        "explains": {
            "arm": in_each_language(partial(_name, c, c.weakest)),
            "all_trained": all(arm.counted == len(arm.runs) for arm in c.arms),
        },
    }


def _name(of: Comparison, arm: ArmView, lang: Lang) -> str:
    """As it stands inside a sentence."""
    return translator(lang).arm_name(arm.name, of.factor, arm.value)


def _places(c: Comparison) -> int:
    return measure_of(c.metric, "en").places(*(pair.difference for pair in c.pairs))


def _figure(c: Comparison, arm: ArmView, lang: Lang) -> str:
    """An arm's figure of the metric that is judged."""
    found = c.judged(arm)
    return measure_of(c.metric, lang).value(found.mean if found else None, _places(c))


def _over(c: Comparison, arm: ArmView, lang: Lang) -> str:
    """What that is: the metric, its interval, and over which runs."""
    measure, found = measure_of(c.metric, lang), c.judged(arm)
    if found is None:
        return measure.label
    words, low, high = measure.words, found.low, found.high
    counted = words.plural("over {n} run", "over all {n} runs", found.n)
    if arm.over == "trained":
        counted = words.plural("over the {n} run that trained", "over the {n} runs that trained", found.n)
    if low is None or high is None:
        return f"{measure.label}, {counted}"
    ends = words.text("{low} to {high}", low=measure.number(low, _places(c)), high=measure.value(high, _places(c)))
    return f"{measure.label} ({ends}), {counted}"


def _size(c: Comparison, pair: PairView, lang: Lang) -> str:
    """The difference, b minus a, with its unit."""
    measure = measure_of(c.metric, lang)
    return measure.with_unit(measure.signed(pair.difference, measure.places(pair.difference)))


def _interval(c: Comparison, pair: PairView, lang: Lang) -> str:
    """Its interval over seeds; empty where one seed leaves none."""
    measure = measure_of(c.metric, lang)
    if pair.low is None or pair.high is None:
        return ""
    low, high = (measure.signed(end, measure.places(pair.difference)) for end in (pair.low, pair.high))
    level = measure.words.level(pair.level)
    return measure.words.text("{level} interval {low} to {high}", level=level, low=low, high=high)
