"""How the figures of a metric are written: shares in per cent and percentage points, others as plain numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass

from paribus.records.program import Metric, ProgramInfo
from paribus.words.labels import initial_capital
from paribus.words.numbers import decimals, fixed, points, signed, signed_points
from paribus.words.translation import Words, mark, translator

_UNITS = {"nats": "", "seconds": " s"}  # losses are written without a unit, as everybody writes them
_PERCENT = ("percent", "%")  # figures from 0 to 100
_MOST_PLACES = 8
_ROUNDING = 1e-9  # of the larger one; far more than floats lose


@dataclass(frozen=True)
class Measure:
    """Figures of one metric, and differences of them, in one language. Numbers are in the metric's unit."""

    metric: Metric
    words: Words

    @property
    def label(self) -> str:
        """What people call the metric, inside a sentence."""
        return self.words.called(self.metric.label)

    @property
    def title(self) -> str:
        """The same with a capital, at the head of a column or above a figure."""
        return initial_capital(self.label)

    @property
    def is_share(self) -> bool:
        """Whether it is a fraction, shown in per cent."""
        return self.metric.unit == "share"

    @property
    def _in_points(self) -> bool:
        """Whether differences are in percentage points: of shares, and of figures that are in per cent already."""
        return self.is_share or self.metric.unit in _PERCENT

    def places(self, *spreads: float | None) -> int:
        """How many decimals tell such differences apart; what rounding made of one beside others does not count."""
        if self.is_share:
            return decimals(*spreads)
        known = [abs(s) for s in spreads if s and math.isfinite(s)]
        known = [size for size in known if size > _ROUNDING * max(known)]
        return min(_MOST_PLACES, max(0, 1 - math.floor(math.log10(min(known))))) if known else 3

    def value(self, value: float | None, places: int) -> str:
        """A figure: `92.1 %`, `0.0312`, `3.2 s`."""
        if self.is_share:
            return self.words.percent(value, places)
        text = fixed(value, places)
        return text if text == "–" else text + self._unit

    def number(self, difference: float | None, places: int) -> str:
        """A difference without its unit: `82.1`."""
        return points(difference, places) if self.is_share else fixed(difference, places)

    def signed(self, difference: float | None, places: int) -> str:
        """The same with its sign: `+0.12`."""
        return signed_points(difference, places) if self.is_share else signed(difference, places)

    def with_unit(self, number: str) -> str:
        """A difference with its unit: `82.1 percentage points`."""
        if not self._in_points:
            return number + self._unit
        one = number.lstrip("+\N{MINUS SIGN}") == "1"
        return self.words.text(mark("{n} percentage point") if one else mark("{n} percentage points"), n=number)

    def with_short_unit(self, number: str) -> str:
        """The same where there is little room: `82.1 points`."""
        return self.words.text("{n} points", n=number) if self._in_points else number + self._unit

    def margin(self, margin: float) -> str:
        """A margin without its unit, as it was given: `0.1`."""
        return f"{100 * margin if self.is_share else margin:.6g}"

    @property
    def unit(self) -> str:
        """What differences are in, for the head of a column; empty for bare numbers."""
        return self.words.text("percentage points") if self._in_points else self._unit.strip()

    @property
    def _unit(self) -> str:
        unit = self.metric.unit
        if unit in _PERCENT:
            return self.words.percent_sign
        return _UNITS.get(unit, f" {unit}" if unit else "")


def measure_of(metric: Metric, lang: str) -> Measure:
    """How figures of `metric` are written in `lang`."""
    return Measure(metric, translator(lang))


def counted_words(program: ProgramInfo, words: Words) -> tuple[str, ...]:
    """Which of its figures a run counts with, where that is not the last; every output says so."""
    if not program.at_best:
        return ()
    metric = words.called(program.steering.label)
    return (words.text("Each run counts with its best epoch by {metric}, not with its last.", metric=metric),)
