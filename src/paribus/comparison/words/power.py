"""What seeds can show, in plain words, and as the JSON object of docs/json.md."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Any

from paribus.comparison.words.json_view import JSON_SCHEMA, strict
from paribus.core.messages import mark
from paribus.words.metric_format import measure_of
from paribus.words.numbers import alpha_text
from paribus.words.translation import Words, in_each_language, translator

if TYPE_CHECKING:
    from paribus.comparison.power.seeds_needed import Needed, Power, Shown

_MOST = "1,000"
_LEVEL = 0.05  # no look has more


def power_words(found: Power, lang: str) -> str:
    """The answer: what was asked, what the seeds show, and how much is known of the spread."""
    words = translator(lang)
    said = [
        *_asked(found, words),
        *_below_a_step(found, words),
        *seeds_show(found, found.row, words),
        *_failures(found, words),
        *_pilot(found, words),
        *_conditions(found, words),
    ]
    return " ".join(said)


def power_json(found: Power) -> dict[str, Any]:
    """The object that `paribus power --json` prints."""
    view = {name: value for name, value in asdict(found).items() if name not in ("notes", "lang", "metric")}
    metric = None if found.metric is None else {"name": found.metric.name, "unit": found.metric.unit}
    told = in_each_language(partial(power_words, found))
    whole: dict[str, Any] = strict({"schema": JSON_SCHEMA, **view, "metric": metric, "words": told})
    return whole


def size_text(found: Power, size: float | None, words: Words) -> str:
    """A difference, a margin or a spread, in what they were given in."""
    if size is None:
        return "–"
    if found.metric is not None:
        measure = measure_of(found.metric, words.lang)
        return measure.with_short_unit(measure.number(size, measure.places(size)))
    return f"{size:.3g}" if found.spread is not None else words.text("{n} spreads", n=f"{size:.2f}")


def count_text(found: Power, n: int, words: Words) -> str:
    """So many seeds, or runs of each arm."""
    if found.paired:
        return words.plural("{n} seed", "{n} seeds", n)
    return words.plural("{n} run an arm", "{n} runs an arm", n)


def foreseen_words(shown: Sequence[Shown], paired: bool, words: Words) -> str:
    """What the first row's seeds show and what more would, in a line before anything runs; of one seed that it is none.

    It is in spreads, which nobody knows yet.
    """
    if not shown:
        return words.text("One seed decides nothing, whatever it shows.")
    first, *more = shown
    told = [words.text("{n} find {size}", n=row.seeds, size=f"{row.difference:.2g}") for row in more]
    values = {"n": first.seeds, "size": f"{first.difference:.2g}", "more": ", ".join(told)}
    if paired:
        said = words.text(
            "{n} seeds find a difference of about {size} spreads four times in five (a spread: how much the difference "
            "varies from seed to seed); {more}.",
            **values,
        )
    else:
        said = words.text(
            "{n} runs an arm find a difference of about {size} spreads four times in five (a spread: how much an arm's "
            "runs vary); {more}.",
            **values,
        )
    return f"{said} {counts}" if (counts := _counts_decide_nothing(first.seeds, words)) else said


def _counts_decide_nothing(seeds: int, words: Words) -> str:
    """That so few runs cannot show which arm trains more often, whatever comes: Fisher's p of all against none."""
    p = 2 / math.comb(2 * seeds, seeds)
    if p <= _LEVEL:
        return ""
    return words.text(
        "Should runs fail to train, {n} of {n} against none would be open still (p = {p}): counts need 4 seeds or "
        "more.",
        n=seeds,
        p=f"{p:.2g}",
    )


def _asked(found: Power, words: Words) -> list[str]:
    said = []
    if (needed := found.seeds_for_difference) is not None:
        values = {"size": size_text(found, found.difference, words), "seeds": _needed_text(needed.seeds, found, words)}
        said.append(words.text("To find a difference of {size} four times in five takes {seeds}.", **values))
    if (needed := found.seeds_for_equality) is not None:
        values = {"size": size_text(found, found.margin, words), "seeds": _needed_text(needed.seeds, found, words)}
        equal = mark("To show four times in five that arms without a difference are equal within {size} takes {seeds}.")
        said.append(words.text(equal, **values))
    return said


def _below_a_step(found: Power, words: Words) -> list[str]:
    """A margin that no two runs can differ by, or a difference."""
    step = None if found.metric is None else found.metric.resolution
    asked = [size for size in (found.difference, found.margin) if size is not None]
    if step is None or not asked or min(asked) >= step * (1 - 1e-9):
        return []
    return [
        words.text(
            "{size} is less than the least step of the pilot's figures, {step}: no two runs differ by less.",
            size=size_text(found, min(asked), words),
            step=size_text(found, step, words),
        )
    ]


def _needed_text(n: int | None, found: Power, words: Words) -> str:
    return words.text("more than {most}", most=_MOST) if n is None else count_text(found, n, words)


def chance_text(chance: float, words: Words) -> str:
    """How often something is found; what is nearly always is not counted in decimals."""
    most = 0.99
    share = words.percent(min(chance, most), 0)
    return words.text("more than {share}", share=share) if chance > most else share


def seeds_show(found: Power, row: Shown, words: Words) -> list[str]:
    """What a number of seeds shows."""
    values = {
        "seeds": count_text(found, row.seeds, words),
        "difference": size_text(found, row.difference, words),
        "margin": size_text(found, row.margin, words),
    }
    if row.difference is None or row.margin is None:
        said = [words.text("{seeds} find no difference four times in five: too many runs fail.", **values)]
    else:
        said = [
            words.text(
                "{seeds} find a difference of {difference} or more four times in five, and as often show arms without "
                "a difference to be equal within {margin}.",
                **values,
            )
        ]
    if row.failures is None:
        said.append(words.text("So few cannot tell by how often the arms train."))
    else:
        said.append(
            words.text(
                "Where one arm always trains, {k} of the other's {n} runs must fail to tell them apart by that.",
                k=row.failures,
                n=row.seeds,
            )
        )
    if found.difference is not None and found.seeds is not None and row.power is not None:
        said.append(
            words.text(
                "A difference of {size} they find in {share} of cases.",
                size=size_text(found, found.difference, words),
                share=chance_text(row.power, words),
            )
        )
    return said


def _failures(found: Power, words: Words) -> list[str]:
    """The runs that fail, which are counted in, and how little a pilot knows of them."""
    one, other = found.fails
    if not (one or other):
        return []
    if one == other:
        said = words.text("Counted in: {share} of each arm's runs do not train.", share=words.percent(one))
    else:
        shares = {"one": words.percent(one), "other": words.percent(other)}
        said = words.text("Counted in: {one} of one arm's runs and {other} of the other's do not train.", **shares)
    said = " ".join([said, words.text("The difference is that of the seeds in which both arms train.")])
    if found.failed is None:
        return [said]
    known = words.text(
        "That is the pilot's, which knows it from few runs only: {failed} of {runs} did not train ({low} to {high}, "
        "95 % interval).",
        failed=found.failed.failed,
        runs=found.failed.runs,
        low=words.percent(found.failed.low),
        high=words.percent(found.failed.high),
    )
    return [said, known]


def _pilot(found: Power, words: Words) -> list[str]:
    spread = found.spread
    if spread is None:
        unknown = words.text(
            "A spread is the standard deviation of the differences between two arms with the same seed: a pilot of a "
            "few seeds measures it."
        )
        return [unknown] if found.paired else [words.text("A spread is the standard deviation of the runs of an arm.")]
    if spread.low is None or spread.high is None or spread.df is None:
        return []
    said = words.text(
        "The pilot's spread is {spread}, but it knows that from few runs only: {low} to {high} (95 % interval).",
        spread=size_text(found, spread.size, words),
        low=size_text(found, spread.low, words),
        high=size_text(found, spread.high, words),
    )
    ranges = [
        words.text("At its lower end that takes {low}, at its upper end {high}.", **_ends(needed, found, words))
        for needed in (found.seeds_for_difference, found.seeds_for_equality)
        if needed is not None
    ]
    return [said, *ranges]


def _ends(needed: Needed, found: Power, words: Words) -> dict[str, str]:
    ends = {"low": needed.low, "high": needed.high}
    return {name: _needed_text(n, found, words) for name, n in ends.items()}


def _conditions(found: Power, words: Words) -> list[str]:
    level = alpha_text(found.level)
    if found.arms > 2:
        pairs = found.arms * (found.arms - 1) // 2
        return [words.text("{n} pairs of arms share the level: each is tested at {level}.", n=pairs, level=level)]
    return [words.text("Look {look} is tested at {level}.", look=found.look, level=level)] if found.look > 1 else []
