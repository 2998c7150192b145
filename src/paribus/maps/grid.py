"""What a map is to go over: a factor, one or two axes, and a design for each cell; checked before anything is run."""

from __future__ import annotations

import hashlib
import itertools
import json
import math
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from paribus.comparison.fair_design import (
    LARGEST_FIRST_SEED,
    MOST_SEEDS,
    check_field,
    design_from_factor,
    refuse_inert,
    value_text,
)
from paribus.comparison.margin import margin_for
from paribus.core.errors import ComparisonError, ErrorCollector, Fault, FaultsError
from paribus.core.field_text import value_word
from paribus.core.messages import mark
from paribus.maps.cell_verdict import DEFAULT_MARGIN, DEFAULT_SEEDS, PROBING
from paribus.records.design import Design
from paribus.records.map import Axis
from paribus.records.program import Fields, FieldValue
from paribus.runs.base_fields import sound
from paribus.runs.planning import Settings, option_words
from paribus.runs.program_protocol import Program
from paribus.runs.registry import default_program
from paribus.runs.store.safe_names import slug
from paribus.runs.trust import refuse_code

At = tuple[FieldValue, ...]  # a cell's place: a value for each axis

MOST_CELLS = 200
SHARE = 3  # of the recipe's epochs, a run of a map has one in so many


@dataclass(frozen=True)
class Grid:
    """A map before it is made: of a program, from `fields` on, under the name `recipe_name`.

    `margin`: in the unit of the steering metric. `seeds`: the most that a cell may get, from `first_seed` on.
    `given_epochs`: as the user said; None for a share of those that the fields have.
    """

    program: Program
    factor: str
    values: tuple[FieldValue, ...]
    axes: tuple[Axis, ...]
    fields: Fields
    recipe_name: str
    seeds: int
    first_seed: int
    margin: float
    given_epochs: int | None

    def points(self) -> tuple[At, ...]:
        """Every cell's place, the last axis running fastest."""
        return tuple(itertools.product(*(axis.values for axis in self.axes)))

    @property
    def epochs(self) -> int:
        """How long a run is at first, where no axis says it."""
        return self.given_epochs or math.ceil(self.program.info.length_of(self.fields) / SHARE)

    def length(self, at: At) -> int:
        """How many epochs a run of this cell has at first."""
        return self._own_epochs(at) or self.epochs

    def whole(self, at: At) -> int:
        """How many it has before it is said that neither trains."""
        return self._own_epochs(at) or self.given_epochs or self.program.info.length_of(self.fields)

    def _own_epochs(self, at: At) -> int | None:
        """The epochs that factor or axes give; None where they give none, or none that is a number."""
        length = self.program.info.length
        if self.factor == length:
            return max((value for value in self.values if isinstance(value, int)), default=None)
        return {axis.field: value for axis, value in zip(self.axes, at, strict=True)}.get(length or "")

    def design(self, at: At, seeds: int, epochs: int) -> Design:
        """The comparison in a cell. Raises FaultsError or ComparisonError where there can be none."""
        base = self.fields
        for axis, value in zip(self.axes, at, strict=True):
            base = self.program.with_field(base, axis.field, value)
        if self._own_epochs(at) is None:
            base = self.program.info.with_length(base, epochs)
        numbers = range(self.first_seed, self.first_seed + seeds)
        return design_from_factor(self.program, self.factor, self.values, base, self.recipe_name, numbers)

    @property
    def id(self) -> str:
        """The map's name: the same for the same grid, whatever the seeds and the margin."""
        free = {self.factor, *(axis.field for axis in self.axes)}
        start = {name: value for name, value in self.program.telling(self.fields).items() if name not in free}
        axes = [[axis.field, sorted(map(value_word, axis.values))] for axis in self.axes]
        whole = [start, self.factor, sorted(map(value_word, self.values)), axes, self.given_epochs, self.first_seed]
        digest = hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()[:8]
        words = ["map", self.factor, *sorted(map(value_text, self.values)), "over", *(a.field for a in self.axes)]
        return f"{slug('-'.join(words), 80)}-{digest}"


def grid_for(
    factor: str,
    values: Sequence[Any],
    over: Mapping[str, Sequence[Any]],
    recipe: Any,
    settings: Mapping[str, Any],
    seeds: int,
    epochs: int | None,
    margin: float | None,
    first_seed: int = 0,
    trust: bool = False,
    program: Program | None = None,
) -> Grid:
    """The grid, with every fault at once. `margin` is in percentage points, or the steering metric's unit."""
    program = program or default_program()
    errors = ErrorCollector("the map")
    refuse_code(recipe, trust, program)  # before any code is loaded
    with errors:
        within = margin_for(margin, program.info.steering, 100 * DEFAULT_MARGIN)
    with errors:
        _check_numbers(seeds, epochs, first_seed)
    named = [program.own_name(factor, value) for value in values] or [(factor, None)]
    field = named[0][0]
    varied = dict([named[0], *(program.own_name(name, points[0]) for name, points in over.items() if points)])
    name, started = "", None
    with errors:
        started, name = program.start(recipe, settings, varied)
    with errors:
        fields = started or sound(program, {**varied, **settings})  # to check the axes by, where the start is wrong
        axes = axes_over(program, over, fields, field)
    errors.raise_all()
    grid = Grid(
        program=program,
        factor=field,
        values=tuple(value for _, value in named),
        axes=axes,
        fields=fields,
        recipe_name=name,
        seeds=seeds,
        first_seed=first_seed,
        margin=within / program.info.steering.scale,
        given_epochs=epochs,
    )
    for at in grid.points():
        with errors:
            program.check(grid.design(at, min(seeds, PROBING), grid.length(at)))
    errors.raise_all()
    return grid


def _check_numbers(seeds: int, epochs: int | None, first_seed: int) -> None:
    faults = []
    if not 2 <= seeds <= MOST_SEEDS:
        faults.append(
            Fault("seeds must be at least 2 and at most {most:,}: one leaves every cell open", seeds, most=MOST_SEEDS)
        )
    if epochs is not None and epochs < 1:
        faults.append(Fault("{field} must be at least {limit}", epochs, field="epochs", limit=1))
    if not 0 <= first_seed <= LARGEST_FIRST_SEED:
        faults.append(
            Fault("the first seed must be at least 0 and at most {limit:,}", first_seed, limit=LARGEST_FIRST_SEED)
        )
    if faults:
        raise FaultsError("the map", faults)


def axes_over(program: Program, over: Mapping[str, Sequence[Any]], base: Fields, factor: str) -> tuple[Axis, ...]:
    """One or two fields with their values. Raises ComparisonError or FaultsError, with all faults at once."""
    if not 1 <= len(over) <= 2:
        raise ComparisonError("a map goes over one or two fields, --over FIELD=V1,V2", got=len(over))
    errors = ErrorCollector("the map's axes")
    axes: list[Axis] = []
    for spelling, values in over.items():
        with errors:
            axes.append(_axis(program, spelling, values, base))
    errors.raise_all()
    fields = [axis.field for axis in axes]
    if factor in fields:
        raise ComparisonError("an axis must be another field than the factor; got {factor} for both", factor=factor)
    if len(set(fields)) < len(fields):
        raise ComparisonError("the two axes must be different fields; got {factor} twice", factor=fields[0])
    if (cells := math.prod(len(axis.values) for axis in axes)) > MOST_CELLS:
        raise ComparisonError("a map has at most {most} cells", most=MOST_CELLS, got=cells)
    return tuple(axes)


def _axis(program: Program, spelling: str, values: Sequence[Any], base: Fields) -> Axis:
    named = [program.own_name(spelling, value) for value in values]
    field = named[0][0] if named else spelling
    check_field(mark("an axis must be a field of the {program}"), field, program, base)
    if len(named) < 2:
        raise ComparisonError("an axis needs two values or more, --over {factor}=V1,V2", factor=field, got=len(named))
    each = [program.with_field(base, field, value) for _, value in named]
    if len(set(each)) < len(each):
        raise ComparisonError("the values of an axis must differ", got=[value for _, value in named])
    refuse_inert(program, field, each)
    return Axis(field=field, values=tuple(fields[field] for fields in each))


def command_for(grid: Grid, how: Settings) -> str:
    """The command line that gives this map again; empty where none can."""
    program, metric = grid.program, grid.program.info.steering
    words = [_assigned(program, grid.factor, grid.values)]
    words += [f"--over={_assigned(program, axis.field, axis.values)}" for axis in grid.axes]
    free = {grid.factor, *(axis.field for axis in grid.axes)}
    words += program.start_words(grid.fields, free)
    given = {
        "seeds": (grid.seeds, DEFAULT_SEEDS),
        "epochs": (grid.given_epochs, None),
        "first-seed": (grid.first_seed, 0),
        "margin": (metric.scale * grid.margin, margin_for(None, metric, 100 * DEFAULT_MARGIN)),
    }
    words += [f"--{name}={value_text(value)}" for name, (value, usual) in given.items() if value != usual]
    return shlex.join(program.command("map", [*words, *option_words(how)]))


def _assigned(program: Program, field: str, values: Sequence[FieldValue]) -> str:
    return f"{field}=" + ",".join(program.word(field, value) for value in values)
