"""Saturation in words: where units with two flat ends stand, and what undoing it came to."""

from __future__ import annotations

from paribus.diagnosis.words.intervention_outcomes import intervention_words
from paribus.diagnosis.words.sections import Grid
from paribus.records.explanation import Saturation, SaturationVerdict, UnitsSeen
from paribus.words.numbers import fixed
from paribus.words.safe_text import one_line
from paribus.words.translation import Words, mark

VERDICTS: dict[SaturationVerdict, str] = {
    "refuted": mark("Refuted: units are near the middle of their range, in the first steps and later."),
    "partly": mark("In part: some outputs are at a flat end, in no layer more than half of them."),
    "found": mark("Found: in {layers} more than half of the outputs are at a flat end."),
}
HALF = 0.5


def saturation_words(saturation: Saturation, explained: bool, words: Words) -> tuple[str, ...]:
    """The verdict with its largest share; and for the arm that is `explained`, what undoing saturation came to."""
    verdict = words.text(VERDICTS[saturation.verdict], layers=words.join(_layers(saturation)))
    if not _most(saturation.early) and not _most(saturation.late):
        most = words.text("No layer has outputs at a flat end.")
    else:
        most = _shares(saturation, words)
    return (f"{verdict} {most}", *([_tested(saturation, words)] if explained else []))


def _shares(saturation: Saturation, words: Words) -> str:
    return words.text(
        "At most {early} of a layer's outputs are at a flat end in the first steps, and {late} later.",
        early=words.percent(_most(saturation.early)),
        late=words.percent(_most(saturation.late)),
    )


def _layers(saturation: Saturation) -> list[str]:
    seen = (*saturation.early, *saturation.late)
    return list(dict.fromkeys(one_line(units.layer) for units in seen if units.low + units.high > HALF))


def _most(seen: tuple[UnitsSeen, ...]) -> float | None:
    return max((units.low + units.high for units in seen), default=None)


def _tested(saturation: Saturation, words: Words) -> str:
    tried, restoring = (
        "; ".join(intervention_words(one, words.lang) for one in of) for of in (saturation.tested, saturation.restoring)
    )
    if not saturation.tested:
        return words.text("Nothing that would undo saturation was tested.")
    if not saturation.restoring:
        return words.text("What would undo it was tested, and does not help: {changes}.", changes=tried)
    return words.text(
        "What would undo it was tested: {changes}. Of that restores training: {restoring}.",
        changes=tried,
        restoring=restoring,
    )


def saturation_grid(saturation: Saturation, words: Words) -> Grid:
    """Each layer's shares at the low and the high flat end, and its pre-activations, early and late."""
    columns = (
        words.text("layer"),
        words.text("low / high end, first steps"),
        words.text("pre-activations"),
        words.text("low / high end, later"),
        words.text("pre-activations"),
    )
    late = {units.layer: units for units in saturation.late}
    early = {units.layer: units for units in saturation.early}
    names = dict.fromkeys([*early, *late])
    rows = tuple(
        (one_line(name), *_numbers(early.get(name), words), *_numbers(late.get(name), words)) for name in names
    )
    return Grid(columns, rows)


def _numbers(units: UnitsSeen | None, words: Words) -> tuple[str, str]:
    if units is None:
        return "–", "–"
    shares = f"{words.percent(units.low)} / {words.percent(units.high)}"
    return shares, f"{fixed(units.pre_mean, 2)} ± {fixed(units.pre_std, 2)}"
