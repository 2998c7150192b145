"""Every figure of a pair of arms, with the method that gave it and what it means, in one plain sentence each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from paribus.comparison.words.answers import answer_rows
from paribus.comparison.words.pair_facts import pair_facts
from paribus.programs.view import program_view
from paribus.records.comparison import Comparison, PairView
from paribus.words.metric_format import Measure, measure_of
from paribus.words.numbers import p_number, p_text
from paribus.words.translation import Words, translator


@dataclass(frozen=True)
class FigureRow:
    """One figure: what it is called, its value as text, the method's name, and what it means."""

    name: str
    value: str
    method: str
    meaning: str


def pair_figures(comparison: Comparison, pair: PairView, names: dict[str, str], lang: str) -> tuple[FigureRow, ...]:
    """All figures of a pair, from its size over its certainty to the rule's levels. `names`: the arms as shown."""
    words = translator(lang)
    rows = [
        *_size(comparison, pair, names, words),
        *_tests(comparison, pair, words),
        *_rule(comparison, pair, words),
    ]
    return tuple(rows)


def pair_places(comparison: Comparison, pair: PairView) -> int:
    """Decimals that tell this pair's difference and its interval apart."""
    width = None if pair.low is None or pair.high is None else pair.high - pair.low
    return measure_of(comparison.metric, "en").places(pair.difference, width)


def _shaped(pair: PairView, how: str, words: Words) -> str:
    """What the interval is, with what the rule did to it."""
    if not pair.reshaped:
        return how
    return words.text("{how}; longer to the side of a tail, shorter where a run that stands out is left out", how=how)


def _interval(low: float | None, high: float | None, places: int, measure: Measure) -> str:
    if low is None or high is None:
        return "–"
    ends = measure.words.text("{low} to {high}", low=measure.signed(low, places), high=measure.signed(high, places))
    return measure.with_unit(ends)


def _size(comparison: Comparison, pair: PairView, names: dict[str, str], words: Words) -> Iterator[FigureRow]:
    measure, items = (
        measure_of(comparison.metric, words.lang),
        program_view(comparison.program).items(comparison, words),
    )
    n, places, level = len(pair.differences), pair_places(comparison, pair), words.level(pair.level)
    meaning = words.text("{b} minus {a}, seed by seed.", a=names[pair.a], b=names[pair.b])
    how = words.plural("mean of the paired differences, {n} seed", "mean of the paired differences, {n} seeds", n)
    if not comparison.paired:
        meaning = words.text("{b} minus {a}.", a=names[pair.a], b=names[pair.b])
        how = words.text("difference of the means of {n} and {m} runs", n=pair.runs_b, m=pair.runs_a)
    if comparison.paired and pair.over == "trained":
        meaning += " " + words.text("Where an arm trained in some of its runs only, just those seeds are counted.")
    value = "–"
    if pair.difference is not None:
        value = measure.with_unit(measure.signed(pair.difference, places))
    yield FigureRow(
        words.text("Difference in {metric}", metric=measure.label),
        value,
        how,
        meaning,
    )
    if not comparison.paired:
        yield FigureRow(
            words.text("Interval"),
            _interval(pair.low, pair.high, places, measure),
            _shaped(pair, words.text("Welch's t interval, {level}", level=level), words),
            words.text("Where the difference plausibly lies, had other runs been made."),
        )
        return
    yield FigureRow(
        words.text("Interval over seeds"),
        _interval(pair.low, pair.high, places, measure),
        _shaped(
            pair,
            words.text("paired t interval, {level}, {df} degrees of freedom", level=level, df=max(0, n - 1)),
            words,
        ),
        words.text("Where the mean difference plausibly lies, had other seeds been drawn."),
    )
    if pair.items_low is None and not pair.mcnemar and n > 1:
        return
    yield FigureRow(
        words.text("Interval over seeds and {items}", items=items),
        _interval(pair.items_low, pair.items_high, places, measure),
        words.text("two-way random effects, {level}", level=level),
        words.text("The same, had other {items} been drawn as well.", items=items),
    )
    yield FigureRow(
        words.text("Share of the spread that seeds bring"),
        words.percent(pair.seed_share, 0),
        words.text("variance components"),
        words.text(
            "More seeds shrink this part of the uncertainty. The rest is from the {items}, and stays.", items=items
        ),
    )


def _tests(comparison: Comparison, pair: PairView, words: Words) -> Iterator[FigureRow]:
    n, alpha = len(pair.differences), comparison.alpha
    if not comparison.paired:
        yield from _unpaired_tests(comparison, pair, words)
    else:
        yield from _paired_tests(comparison, pair, n, words)
    if pair.p_trained is None:
        return
    yield FigureRow(
        words.text("Trained counts"),
        p_text(pair.p_trained, alpha),
        words.text("Fisher's exact test, two-sided"),
        words.text("Whether one arm trains in more runs than the other, by the counts alone."),
    )


def _unpaired_tests(comparison: Comparison, pair: PairView, words: Words) -> Iterator[FigureRow]:
    if pair.p is not None:
        yield FigureRow(
            words.text("Permutation test"),
            _with_holm(pair.p, pair.p_sign_flip_holm, comparison, words),
            words.text(
                "exact permutation test; with so many runs no p below {least} can come out",
                least=p_number(pair.p_min, comparison.alpha),
            ),
            words.text("How often the means would be this far apart if chance dealt the runs out to the arms."),
        )
    yield FigureRow(
        words.text("t test"),
        p_text(pair.p_t, comparison.alpha),
        words.text("Welch's t test, two-sided"),
        words.text("The same question, taking it that figures spread like a bell curve."),
    )


def _paired_tests(comparison: Comparison, pair: PairView, n: int, words: Words) -> Iterator[FigureRow]:
    alpha = comparison.alpha
    yield FigureRow(
        words.text("Sign-flip test"),
        _with_holm(pair.p, pair.p_sign_flip_holm, comparison, words),
        words.text(
            "exact sign-flip permutation test; with {n} seeds no p below {least} can come out",
            n=n,
            least=p_number(pair.p_min, alpha),
        ),
        words.text(
            "How often the mean would be this far from zero if a coin's toss gave each seed's difference its sign."
        ),
    )
    yield FigureRow(
        words.text("t test"),
        p_text(pair.p_t, alpha),
        words.text("paired t test, two-sided"),
        words.text("The same question, taking it that differences spread like a bell curve."),
    )


def _rule(comparison: Comparison, pair: PairView, words: Words) -> Iterator[FigureRow]:
    measure = measure_of(comparison.metric, words.lang)
    pairs, margin = len(comparison.pairs), measure.with_unit(measure.margin(comparison.margin))
    if comparison.margin:
        yield FigureRow(
            words.text("Practically equal"),
            _with_holm(pair.p_equal, pair.p_equal_holm, comparison, words),
            words.text("two one-sided anytime-valid t tests; margin ±{margin}", margin=margin)
            if pair.anytime
            else words.text("TOST, two one-sided t tests; margin ±{margin}", margin=margin),
            words.text("A small p says that the difference is smaller than the margin."),
        )
    correction = words.text("a single pair needs no correction")
    if pairs > 1 and pair.anytime:
        correction = words.text("each of {n} pairs has the same share of the error", n=pairs)
    elif pairs > 1:
        correction = words.text("Holm's correction over {n} pairs", n=pairs)
    decided = {
        "t": words.text("by the paired t test"),
        "welch": words.text("by Welch's t test"),
        "fisher": words.text("by Fisher's exact test"),
        "anytime": words.text("by a test that may be looked at after every seed"),
        "none": words.text("no test decides"),
    }
    yield FigureRow(
        words.text("The p that decides"),
        _with_holm(pair.p_decision, pair.p_holm, comparison, words),
        f"{decided[pair.decided_by]}; {correction}",
        words.text("Among many pairs some look different by luck; Holm's correction allows for that."),
    )
    for row in answer_rows(pair_facts(comparison, pair, words.lang)):
        p = {"p": p_text(row.p, comparison.alpha), "corrected": p_number(row.p_adjusted, comparison.alpha)}
        yield FigureRow(
            row.question,
            str(row.answer),
            f"{row.test}; {words.text('{p}, corrected {corrected}', **p)}",
            words.text("One of the two answers that the verdict is made of; both share the level of this look."),
        )
    yield _level(comparison, words)
    if pair.seeds_to_settle is not None:
        yield FigureRow(
            words.text("Seeds that would likely settle it"),
            _seeds_in_all(pair, words),
            words.text("power of 80 %, noncentral t"),
            words.text("From the spread seen so far, so itself uncertain."),
        )


def _seeds_in_all(pair: PairView, words: Words) -> str:
    low, high = pair.seeds_to_settle_low, pair.seeds_to_settle_high
    if low is None or high is None:
        return words.text("{n} in all", n=pair.seeds_to_settle)
    return words.text("{low} to {high}; as seen {n} in all", low=low, high=high, n=pair.seeds_to_settle)


def _level(comparison: Comparison, words: Words) -> FigureRow:
    if any(pair.anytime for pair in comparison.pairs):
        place = words.text("over all looks, after every seed")
        meaning = words.text("p must be at most this. Adding seeds and looking again is allowed, and costs nothing.")
        return FigureRow(words.text("Level"), f"{comparison.alpha:.4g}", place, meaning)
    if comparison.look > comparison.looks_allowed:
        level = "–"
        place = words.text("after the last of {most} looks", most=comparison.looks_allowed)
        meaning = words.text("No p decides any longer. Looking again is one more chance to be fooled.")
    else:
        level = f"{comparison.alpha:.4g}"
        place = words.text("look {look} of at most {most}", look=comparison.look, most=comparison.looks_allowed)
        meaning = words.text("p must be at most this. Adding seeds and looking again is one more chance to be fooled.")
    return FigureRow(words.text("Level at this look"), level, place, meaning)


def _with_holm(p: float | None, holm: float | None, comparison: Comparison, words: Words) -> str:
    alpha = comparison.alpha
    if p is None or holm is None or len(comparison.pairs) < 2:
        return p_text(p, alpha)
    corrected = {"p": p_text(p, alpha), "corrected": p_number(holm, alpha)}
    if any(pair.anytime for pair in comparison.pairs):
        return words.text("{p}, corrected {corrected}", **corrected)
    return words.text("{p}, after Holm {corrected}", **corrected)
