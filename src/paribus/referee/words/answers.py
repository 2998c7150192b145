"""What a try came to, in words: the answer with its size, and why."""

from __future__ import annotations

import statistics

from paribus.core.messages import message_of
from paribus.records.program import Metric
from paribus.records.referee import Begun, Ended, Loop
from paribus.referee.cost_guards import collapsed
from paribus.referee.starting import spread_of
from paribus.words.errors import message_words
from paribus.words.metric_format import measure_of
from paribus.words.translation import Lang, translator

_MOST = 5  # files that are named


def answer_words(loop: Loop, begun: Begun, ended: Ended, lang: Lang, again: bool = False) -> str:
    """The answer in a few sentences. again: it was kept before, and nothing was run for this answer."""
    words = translator(lang)
    head = {"keep": words.text("Keep."), "discard": words.text("Discard."), "open": words.text("Open.")}[ended.outcome]
    before = words.text("It was kept already, as try {n}; nothing was run now.", n=begun.number) if again else ""
    told = head, before, reason_words(loop, begun, ended, lang), _holds(ended, lang)
    return " ".join(filter(None, told))


def reason_words(loop: Loop, begun: Begun, ended: Ended, lang: Lang) -> str:
    """Why, with the size of the difference where there is one."""
    words, size = translator(lang), size_words(loop.program.judging, ended, lang)
    broken, unclear = (_guards(ended, held, lang) for held in (False, None))
    why = message_words(message_of(ended.why), lang) if ended.why else ""
    lost = translator(lang).plural(
        "It looked promising, and no longer does after {n} pair",
        "It looked promising, and no longer does after {n} pairs",
        ended.used,
    )
    said = {
        "shown": words.text("Not worse than the margin allows: {size}.", size=size)
        if loop.keep_if == "not_worse"
        else words.text("Better: {size}.", size=size),
        "nothing_changed": words.text("Nothing changed: the files are those of the baseline. Nothing was run."),
        "same_bits": words.text("The edit changes no figure: both runs of the first pair are alike to the last digit."),
        "fails": words.text("The edit gives no figure where the baseline does: {why}.", why=why),
        "no_promise": _no_promise(loop, ended, size, lang),
        "lost_promise": f"{lost}: {size}.",
        "guard": words.text(
            "A guard is broken, or cannot be shown to hold: {guards}. {size}.", guards=broken, size=size
        ),
        "budget": words.text("Not decided when all pairs of a try were spent: {size}.", size=size),
        "time": words.text("Not decided when the budget was spent: {size}.", size=size),
        "guard_open": words.text(
            "Better, but these guards are not decided: {guards}. {size}.", guards=unclear, size=size
        ),
        "baseline_fails": words.text(
            "Neither the edit nor the baseline gave a figure with the first seed, so nothing can be said: {why}",
            why=why,
        ),
        "abandoned": words.text("It was stopped, and another edit was tried in its place. It counts as a try."),
    }[ended.reason]
    return " ".join(filter(None, (said, _collapsed(loop, ended, lang), _touched(begun, lang))))


def _no_promise(loop: Loop, ended: Ended, size: str, lang: Lang) -> str:
    """Worse; or better by so little that it may be luck: beside what, as far as that is known."""
    from paribus.referee.keep_rule import gain_of  # loads SciPy, as deciding did

    words, direction = translator(lang), loop.program.judging.direction
    spread = spread_of(loop.figures)
    if ended.gain is not None and ended.gain < 0:
        return words.text("Worse, and not pursued: {size}.", size=size)
    if not ended.gain or not spread or loop.keep_if == "not_worse":
        return words.text("No sign of an improvement: {size}.", size=size)
    measure = measure_of(loop.program.judging, lang)
    return words.text(
        "Better in {k} of {n} pairs, but by little beside the spread of {spread} that runs have: {size}.",
        k=sum(gain_of(pair.baseline, pair.candidate, direction) > 0 for pair in ended.pairs),
        n=len(ended.pairs),
        spread=measure.with_short_unit(measure.number(spread, measure.places(spread))),
        size=size,
    )


def _guards(ended: Ended, held: bool | None, lang: Lang) -> str:
    """The guards that stand so, each with how many times the baseline's the edit takes, in the median."""
    words, found = translator(lang), []
    for name in (name for name, of in ended.guarded.items() if of is held):
        ratios = [ratio for pair in ended.pairs if (ratio := pair.ratios.get(name))]
        times = f"{statistics.median(ratios):.3g}" if ratios else words.text("unknown")
        found.append(words.text("{guard} ({times} times the baseline)", guard=name, times=times))
    return ", ".join(found)


def _collapsed(loop: Loop, ended: Ended, lang: Lang) -> str:
    """A kept edit whose runs fail or collapse where the baseline's do not: the rule asks what usually happens."""
    ours, theirs = collapsed(ended.pairs, loop.program.judging.direction)
    if ended.outcome != "keep" or ours <= theirs:
        return ""
    return translator(lang).text(
        "Look before you build on it: of {total} runs of the edit {ours} failed or fell far behind, and {theirs} of "
        "the baseline's did.",
        total=len(ended.pairs),
        ours=ours,
        theirs=theirs,
    )


def _holds(ended: Ended, lang: Lang) -> str:
    """Which files the edit changes, and earlier edits that are in it though they were not kept."""
    words = translator(lang)
    more = words.text(" and {n} more", n=len(ended.files) - _MOST) if len(ended.files) > _MOST else ""
    files = words.text("It changes {files}.", files=", ".join(ended.files[:_MOST]) + more) if ended.files else ""
    tries = ", ".join(map(str, ended.holds))
    holds = words.plural(
        "It still holds the edit of try {tries}, which was not kept.",
        "It still holds the edits of tries {tries}, which were not kept.",
        len(ended.holds),
        tries=tries,
    )
    return " ".join(filter(None, (files, holds if ended.holds else "")))


def _touched(begun: Begun, lang: Lang) -> str:
    if not begun.touched:
        return ""
    return translator(lang).text("It changes the ruler ({files}).", files=", ".join(begun.touched[:_MOST]))


def size_words(metric: Metric, ended: Ended, lang: Lang) -> str:
    """How much better the candidate is: `val_loss better by 0.012 (95 % interval 0.004 to 0.020), 7 pairs`."""
    words, measure = translator(lang), measure_of(metric, lang)
    pairs = words.plural("{n} pair", "{n} pairs", len(ended.pairs))
    if ended.gain is None:
        return words.text("no pair of figures, {pairs}", pairs=pairs)
    places = measure.places(ended.gain, *([ended.high - ended.low] if _interval(ended) else []))  # type: ignore[operator]
    by = measure.with_short_unit(measure.number(abs(ended.gain), places))
    sentence = (
        words.text("{metric} better by {by}", metric=measure.label, by=by)
        if ended.gain > 0
        else words.text("{metric} worse by {by}", metric=measure.label, by=by)
        if ended.gain < 0
        else words.text("{metric} is the same", metric=measure.label)
    )
    if _interval(ended):
        low, high = measure.signed(ended.low, places), measure.signed(ended.high, places)
        level = words.level(0.95)
        sentence += words.text(" ({level} interval of the gain {low} to {high})", level=level, low=low, high=high)
    return f"{sentence}, {pairs}"


def _interval(ended: Ended) -> bool:
    return ended.low is not None and ended.high is not None
