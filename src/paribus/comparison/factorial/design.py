"""Two factors crossed as a design: an arm for every level of one with every level of the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

from paribus.comparison.fair_design import (
    MOST_ARMS,
    arms_digest,
    check_field,
    check_seed_range,
    design_id,
    refuse_inert,
    seed_numbers,
    value_text,
)
from paribus.core.errors import ComparisonError, ErrorCollector
from paribus.core.messages import mark
from paribus.records.design import Arm, Design
from paribus.records.factorial import Factor
from paribus.records.program import Fields
from paribus.runs.base_fields import with_epochs
from paribus.runs.program_protocol import Program
from paribus.runs.registry import default_program
from paribus.runs.trust import refuse_code

CROSS = " × "


def crossed_design(
    factors: Mapping[str, Sequence[Any]],
    recipe: Any,
    settings: Mapping[str, Any],
    seeds: int,
    epochs: int | None,
    first_seed: int = 0,
    trust: bool = False,
    program: Program | None = None,
) -> Design:
    """The cells of two factors, `{field: values}`, checked for fairness. Raises ParibusError, with all faults."""
    program = program or default_program()
    if len(factors) != 2 or any(isinstance(values, str) or len(values) < 2 for values in factors.values()):
        raise ComparisonError("a factorial comparison takes two fields, each with two values or more", got=[*factors])
    if not program.paired:
        raise ComparisonError("effects of two factors are taken within a seed, and these runs are not paired")
    changed = with_epochs(program, settings, epochs)
    refuse_code(recipe, trust, program)
    errors = ErrorCollector("the comparison")
    own = [_own(program, name, values) for name, values in factors.items()]
    first = {name: values[0] for name, values in own}
    with errors:
        check_seed_range(seeds, first_seed)
    with errors:
        base, name = program.start(recipe, changed, first)
    errors.raise_all()
    for field, _ in own:
        with errors:
            check_field(mark("the factor must be a field of the {program}"), field, program, base)
            if reason := program.may_vary(field):
                raise ComparisonError(reason)
    errors.raise_all()
    with errors:
        cells = _cells(program, own, base)
    errors.raise_all()
    for field, _ in own:
        with errors:
            refuse_inert(program, field, [cell.fields for cell in cells])
    errors.raise_all()
    found = tuple(
        Factor(name=field, values=tuple(dict.fromkeys(cell.fields[field] for cell in cells))) for field, _ in own
    )
    names, fields = sorted(cell.name for cell in cells), [cell.fields for cell in cells]
    numbers = seed_numbers(seeds, first_seed)
    title = CROSS.join(field for field, _ in own)
    return Design(
        program=program.info,
        factor=title,
        arms=tuple(cells),
        seeds=numbers,
        recipe_name=name,
        differences={field: tuple(each[field] for each in fields) for field, _ in own},
        factors=found,
        id=design_id([title, *names], arms_digest(program, fields, False), numbers),
    )


def _own(program: Program, name: str, values: Sequence[Any]) -> tuple[str, list[Any]]:
    named = [program.own_name(name, value) for value in values]
    return named[0][0], [value for _, value in named]


def _cells(program: Program, factors: Sequence[tuple[str, list[Any]]], base: Fields) -> list[Arm]:
    (first, firsts), (second, seconds) = factors
    if len(firsts) * len(seconds) > MOST_ARMS:
        raise ComparisonError(
            "a comparison has at most {most} arms; these factors make {count}",
            most=MOST_ARMS,
            count=len(firsts) * len(seconds),
        )
    found: list[Arm] = []
    for a, b in product(firsts, seconds):
        fields = program.with_field(program.with_field(base, first, a), second, b)
        if any(fields == other.fields for other in found):
            raise ComparisonError("two cells of the factors are the same: {a}, {b}", a=value_text(a), b=value_text(b))
        name = cell_name(fields[first], fields[second])
        found.append(Arm(name=name, value=name, fields=fields))
    return found


def cell_name(first: Any, second: Any) -> str:
    """What the arm with these levels is called."""
    return f"{value_text(first)}{CROSS}{value_text(second)}"
