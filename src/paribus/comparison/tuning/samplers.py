"""Which settings an arm tries: spread evenly by chance, or proposed by Optuna from what the earlier ones came to.

Every arm starts with the setting that it came with, and then has the same settings as every other: so that none is
luckier in what it was given to try. Optuna's proposals, later, are of each arm's own.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from paribus.comparison.tuning.ranges import as_number, as_value, nearest_to, value_at, within
from paribus.core.seeds import derive, generator
from paribus.records.program import Fields, FieldValue
from paribus.records.tuned import Sampler, TunedField
from paribus.runs.program_protocol import Program

TOGETHER = (
    2  # of Optuna's proposals, that are run at a time: however many workers there are, lest the choice hang on it
)
_PATIENCE = 200  # draws of nothing new after which no more is sought

Setting = dict[str, FieldValue]


class Proposes(Protocol):
    """Says which settings are tried next, and hears what came of them."""

    def next(self) -> list[tuple[Setting, bool]]:
        """New settings, each with whether the arm came with it; none at the end."""
        ...

    def tell(self, setting: Setting, gain: float) -> None:
        """What a setting came to: more is better, minus infinity where runs did not train."""
        ...


def sampler_for(
    kind: Sampler, fields: Sequence[TunedField], shared: Sequence[TunedField], start: Fields, tries: int, seed: int,
    program: Program,
) -> Proposes:  # fmt: skip
    """For one arm. fields: those of the `shared` ones that do something in it. start: the fields that it came with."""
    spread = Spread(fields, shared, start, tries, seed, program)
    if kind == "random" or whole_space(fields, tries):
        return spread
    return Tpe(spread, fields, tries, seed, program)


def whole_space(fields: Sequence[TunedField], tries: int) -> bool:
    """Whether so many tries are enough for every setting that there is."""
    count = 1.0
    for field in fields:
        count *= field.count
    return count <= tries


class Spread:
    """Random search: where the tries lie is drawn once, and they are spread evenly over all ranges.

    Source: an additive recurrence with the generalised golden ratio (Roberts 2018, The unreasonable effectiveness of
    quasirandom sequences), shifted by chance (Cranley and Patterson 1976). Further tries leave the earlier ones as they
    are. That search spread by chance finds more than a grid: Bergstra and Bengio 2012; that spreading it evenly finds
    more still: Bousquet et al. 2017.
    """

    def __init__(
        self, fields: Sequence[TunedField], shared: Sequence[TunedField], start: Fields, tries: int, seed: int,
        program: Program,
    ) -> None:  # fmt: skip
        self._fields, self._shared, self._program = fields, shared, program
        self._given = {field.name: start[field.name] for field in fields}
        self._tries, self._settings = tries, self._stream(seed)

    def first(self, count: int) -> list[tuple[Setting, bool]]:
        """The next so many."""
        return list(itertools.islice(self._settings, count))

    def next(self) -> list[tuple[Setting, bool]]:
        """All of them at once."""
        return self.first(self._tries)

    def tell(self, setting: Setting, gain: float) -> None:
        """Makes no difference to what was drawn."""

    def _stream(self, seed: int) -> Iterator[tuple[Setting, bool]]:
        """Every setting once, at most `tries`; where there are no more than these, all in their order."""
        seen: list[Setting] = []
        inside = all(within(field, self._given[field.name]) for field in self._fields)
        every = whole_space(self._fields, self._tries)
        drawn = self._all() if every else self._drawn(seed)
        for setting in itertools.chain([self._given] if inside else [], drawn):
            if setting not in seen:
                seen.append(setting)
                yield setting, setting == self._given
            if len(seen) == self._tries:
                return

    def _all(self) -> Iterator[Setting]:
        columns = []
        for field in self._fields:
            numbers = range(round(field.low), round(field.high) + 1) if not field.choices else ()
            columns.append(field.choices or tuple(as_value(field, n, self._program) for n in numbers))
        for values in itertools.product(*columns):
            yield dict(zip(self._given, values, strict=True))

    def _drawn(self, seed: int) -> Iterator[Setting]:
        """In the fields that arms share they have the same values."""
        ratio = _generalised_golden_ratio(len(self._shared))
        shifts = [generator(seed, f"tuning/{field.name}").random() for field in self._shared]
        place = {field.name: number for number, field in enumerate(self._shared)}
        for n in range(1, _PATIENCE * self._tries):
            shares = [(shift + n * ratio ** -(j + 1)) % 1.0 for j, shift in enumerate(shifts)]
            yield {f.name: value_at(f, shares[place[f.name]], self._program) for f in self._fields}


def _generalised_golden_ratio(dimensions: int) -> float:
    """The root above 1 of x^(d+1) = x + 1; of one dimension the golden ratio."""
    ratio = 2.0
    for _ in range(60):
        ratio = (1.0 + ratio) ** (1.0 / (dimensions + 1))
    return ratio


class Tpe:
    """Optuna's tree-structured Parzen estimator (Bergstra et al. 2011), after a first half that is spread evenly."""

    def __init__(self, spread: Spread, fields: Sequence[TunedField], tries: int, seed: int, program: Program) -> None:
        import optuna  # an extra, and slow to load

        optuna.logging.set_verbosity(optuna.logging.WARNING)
        self._spread, self._fields, self._program, self._left = spread, fields, program, tries
        self._start = max(2, tries // 2)
        sampler = optuna.samplers.TPESampler(seed=derive(seed, "tuning/tpe") % 2**32, n_startup_trials=self._start)
        self._study = optuna.create_study(direction="maximize", sampler=sampler)
        self._space = {field.name: _distribution(field) for field in fields}
        self._made = optuna.trial.create_trial
        self._asked: list[tuple[Setting, Any]] = []
        self._known: list[tuple[Setting, float]] = []

    def next(self) -> list[tuple[Setting, bool]]:
        """The first half at once, then a few at a time."""
        if not self._known:
            found = self._spread.first(self._start)
        else:
            found = list(itertools.islice(self._new(), min(TOGETHER, self._left)))
        self._left -= len(found)
        return found

    def tell(self, setting: Setting, gain: float) -> None:
        """By which it proposes the next."""
        self._known.append((setting, gain))
        trial = next((trial for asked, trial in self._asked if asked == setting), None)
        if trial is not None:
            self._study.tell(trial, gain)
            return
        params = {f.name: f.choices.index(setting[f.name]) if f.choices else _number(f, setting) for f in self._fields}
        self._study.add_trial(self._made(params=params, distributions=self._space, value=gain))

    def _new(self) -> Iterator[tuple[Setting, bool]]:
        """Proposals that were not tried yet, and where none come any more, what chance would have drawn.

        What was tried already is told again, so that something else comes.
        """
        for _ in range(_PATIENCE):
            trial = self._study.ask(self._space)
            setting = {field.name: self._value(field, trial.params[field.name]) for field in self._fields}
            if not self._is_known(setting):
                self._asked.append((setting, trial))
                yield setting, False
                continue
            gain = next((gain for known, gain in self._known if known == setting), None)
            self._study.tell(trial, float("-inf") if gain is None else gain)
        while more := self._spread.first(1):
            if not self._is_known(more[0][0]):
                self._asked.append((more[0][0], None))
                yield more[0]

    def _is_known(self, setting: Setting) -> bool:
        return any(setting == other for other, _ in (*self._known, *self._asked))

    def _value(self, field: TunedField, proposed: Any) -> FieldValue:
        return field.choices[int(proposed)] if field.choices else nearest_to(field, float(proposed), self._program)


def _number(field: TunedField, setting: Setting) -> float | int:
    number = as_number(setting[field.name]) or 0.0
    return round(number) if field.whole else number


def _distribution(field: TunedField) -> Any:
    from optuna import distributions

    if field.choices:
        return distributions.CategoricalDistribution(tuple(range(len(field.choices))))
    if field.whole:
        return distributions.IntDistribution(round(field.low), round(field.high), log=field.logarithmic)
    return distributions.FloatDistribution(field.low, field.high, log=field.logarithmic)
