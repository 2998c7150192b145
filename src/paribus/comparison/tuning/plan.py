"""What a search takes, and whether it would be fair: the fields, the tries, the seeds, and what it is refused."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from paribus.comparison.fair_design import check_field
from paribus.comparison.tuning.ranges import Given, ends_of, range_words, tuned_field
from paribus.core.errors import ComparisonError, ErrorCollector, Fault, FaultsError
from paribus.core.extras import found
from paribus.core.messages import Message, mark
from paribus.records.design import Design
from paribus.records.program import Fields
from paribus.runs.program_protocol import Program

if TYPE_CHECKING:
    from paribus.records.tuned import Sampler, TunedField

USUAL_TRIES, MOST_TRIES = 12, 1000
USUAL_SEEDS, MOST_SEEDS = 2, 100
SAMPLERS = ("auto", "random", "tpe")
# Far from every seed that a verdict may use: those end at 1,001,000 (`comparison.design`).
FIRST_TUNING_SEED = 2_000_000


@dataclass(frozen=True)
class Tuning:
    """tries: how many settings each arm may try. seeds: with how many each is run. sampler: what proposes them."""

    fields: tuple[TunedField, ...]
    tries: int = USUAL_TRIES
    seeds: int = USUAL_SEEDS
    sampler: Sampler = "random"

    @property
    def names(self) -> tuple[str, ...]:
        """The tuned fields."""
        return tuple(field.name for field in self.fields)

    def seeds_beside(self, seeds: Sequence[int]) -> tuple[int, ...]:
        """The seeds of the search for a verdict on those seeds: others, also if some are added later."""
        first = FIRST_TUNING_SEED + seeds[0]
        return tuple(range(first, first + self.seeds))

    def id_of(self, design: Design, program: Program) -> str:
        """What the comparison of the arms at their best is called: by what was tuned, and how."""
        asked = [*(range_words(field, program) for field in self.fields), self.tries, self.seeds, self.sampler]
        return f"tuned-{design.id}-{hashlib.sha256(repr(asked).encode()).hexdigest()[:6]}"

    def options(self, program: Program) -> list[str]:
        """The words of a command line that ask for it again."""
        words = [f"--tune={range_words(field, program)}" for field in self.fields]
        words += [f"--tune-tries={self.tries}"] if self.tries != USUAL_TRIES else []
        words += [f"--tune-seeds={self.seeds}"] if self.seeds != USUAL_SEEDS else []
        return [*words, f"--tune-sampler={self.sampler}"]


def check_alone(asked: bool, tries: int | None, seeds: int | None, sampler: str | None, **others: bool) -> None:
    """Raise FaultsError with all that is wrong with how it is tuned, whatever is.

    others: by its name whether something is asked for that goes not with tuning.
    """
    faults = []
    if not asked and (tries, seeds, sampler) != (None, None, None):
        faults.append(
            Fault("tune_tries, tune_seeds and tune_sampler say how a field is tuned; say which one too, by tune")
        )
    for field, value, least, most in (("tune_tries", tries, 2, MOST_TRIES), ("tune_seeds", seeds, 1, MOST_SEEDS)):
        if value is not None and not (isinstance(value, int) and least <= value <= most):
            said = Message("{name} must be a whole number from {least} to {most:,}", name=field, least=least, most=most)
            faults.append(Fault(said, value))
    if sampler not in (None, *SAMPLERS):
        faults.append(Fault("{field} must be one of {choices}", sampler, field="tune_sampler", choices=SAMPLERS))
    faults += [Fault(_REFUSED[name]) for name, given in others.items() if asked and given]
    if faults:
        raise FaultsError("tuning", faults)


_REFUSED = {
    "until_decided": mark(
        "arms at their best are judged once, with as many seeds as the same settings: give seeds, and leave out "
        "until_decided"
    ),
    "factorial": mark("arms that differ in one factor are tuned, and not the cells of two: leave out factorial"),
    "fail_if": mark("tuning gives two verdicts, and fail_if holds one of them against a demand: leave one of them out"),
}


def tuning_for(
    given: Mapping[str, Given],
    design: Design,
    program: Program,
    tries: int | None,
    seeds: int | None,
    sampler: str | None,
) -> Tuning:
    """What is tuned, checked: every arm must take all values, and have something that is tuned in it.

    Raises ParibusError with all faults at once.
    """
    if not given:
        raise ComparisonError("nothing is tuned: name a field and its range, FIELD=LOW..HIGH")
    errors, fields = ErrorCollector("tuning"), []
    for name, values in given.items():
        with errors:
            _check_field(name, design, program)
            field = tuned_field(name, values, program)
            _check_taken(field, design, program)
            fields.append(field)
    with errors:
        chosen = chosen_sampler(sampler or "auto")
    errors.raise_all()
    for arm in design.arms:
        if not active(fields, arm.fields, program):
            reason = program.inert(fields[0].name, arm.fields)
            raise ComparisonError(
                "every arm must have something to tune, and {field} would change nothing in the arm {name}: {reason}",
                field=fields[0].name,
                name=arm.name,
                reason=reason,
            )
    return Tuning(tuple(fields), tries or USUAL_TRIES, seeds or USUAL_SEEDS, chosen)


def active(fields: Sequence[TunedField], values: Fields, program: Program) -> tuple[TunedField, ...]:
    """Those that do something beside these values of the others."""
    known = program.specifications_of(values)
    return tuple(field for field in fields if field.name in known and program.inert(field.name, values) is None)


def _check_field(name: str, design: Design, program: Program) -> None:
    for arm in design.arms:
        check_field(mark("a tuned field must be a field of the {program}"), name, program, arm.fields)
    if set(design.differences) <= {name}:
        raise ComparisonError(
            "{field} is what the arms differ in, so that it cannot be tuned: tune another field", field=name
        )
    if reason := program.may_vary(name):
        raise ComparisonError(reason)


def _check_taken(field: TunedField, design: Design, program: Program) -> None:
    """Raise ParibusError where an arm does not take the ends of the range, with what its program says of them."""
    said: dict[str, Fault] = {}
    for arm in design.arms:
        for value in ends_of(field, program) if active([field], arm.fields, program) else ():
            try:
                program.with_field(arm.fields, field.name, value)
            except FaultsError as error:
                said |= {str(fault): fault for fault in error.faults}
    if said:
        raise FaultsError(Message("tuning"), list(said.values()))


def chosen_sampler(asked: str) -> Sampler:
    """What proposes settings: Optuna's where it is installed, unless it is said. Raises ComparisonError."""
    there = found("optuna") is not None
    if asked == "tpe" and not there:
        raise ComparisonError("the sampler tpe is Optuna's, which is not installed here: pip install 'paribus[optuna]'")
    return "tpe" if asked == "tpe" or (asked == "auto" and there) else "random"
