"""What is compared, and whether that is fair: arms that differ in the declared factor and in nothing else."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

from paribus.core.errors import ComparisonError, ErrorCollector, Fault, FaultsError, RecipeError, nearest, shown
from paribus.core.messages import Message, mark
from paribus.records.design import Arm, Design
from paribus.records.program import Fields
from paribus.runs.program_protocol import Program
from paribus.runs.store.safe_names import slug

MOST_ARMS = 20
MOST_SEEDS = 1000
LARGEST_FIRST_SEED = 1_000_000


def check_whole(seeds: Any, first_seed: Any) -> None:
    """Raise ComparisonError unless both are whole numbers."""
    if not isinstance(seeds, int) or not isinstance(first_seed, int):
        hint = Message("seeds says how many, and first_seed where they begin")
        raise ComparisonError("{field} must be a whole number", field="seeds", got=seeds, hint=hint)


def check_seed_range(seeds: int, first_seed: int) -> None:
    """Raise FaultsError unless there are as many seeds as may be, from where they may begin."""
    check_whole(seeds, first_seed)
    faults = []
    if seeds < 1:
        faults.append(Fault("{field} must be at least {limit}", seeds, field="seeds", limit=1))
    if seeds > MOST_SEEDS:
        faults.append(Fault("{field} must be at most {limit:,}", seeds, field="seeds", limit=MOST_SEEDS))
    if not 0 <= first_seed <= LARGEST_FIRST_SEED:
        faults.append(
            Fault("the first seed must be at least 0 and at most {limit:,}", first_seed, limit=LARGEST_FIRST_SEED)
        )
    if faults:
        raise FaultsError("the comparison", faults)


def seed_numbers(seeds: int, first_seed: int) -> tuple[int, ...]:
    """The seeds; as many as there may be, where that is wrong and has been said."""
    return tuple(range(max(0, first_seed), max(0, first_seed) + min(max(1, seeds), MOST_SEEDS)))


def check_field(rule: str, name: str, program: Program, base: Fields) -> None:
    """Raise ComparisonError, which says the rule, where a program that starts from `base` has no field `name`."""
    known = tuple(program.specifications_of(base))
    if name not in known:
        others = Message("the fields are {choices}", choices=known) if known else Message("there are no fields")
        hint = nearest(name, known, others)
        raise ComparisonError(rule, program=Message(program.info.kind), got=name, hint=hint)


def design_from_factor(
    program: Program, factor: str, values: Sequence[Any], base: Fields, recipe_name: str, seeds: Sequence[int]
) -> Design:
    """An arm for each value of one field of `base`. Raises a ParibusError with all faults at once."""
    check_field(mark("the factor must be a field of the {program}"), factor, program, base)
    errors = ErrorCollector("the comparison of {field}", field=factor)
    with errors:
        if not 2 <= len(values) <= MOST_ARMS:
            raise ComparisonError(
                "a factor needs 2 to {most} values, {factor}=V1,V2; got {count} ({values!q})",
                most=MOST_ARMS,
                factor=factor,
                count=len(values),
                values=list(values),
            )
    with errors:
        refuse_inert(program, factor, [base])
    with errors:
        _may_vary(program, [factor])
    with errors:
        _check_seeds(seeds)
    arms: list[Arm] = []
    with errors:
        arms = _arms(program, factor, values, base)
    errors.raise_all()
    differences = {factor: tuple(arm.value for arm in arms)}
    return _design(program, factor, arms, seeds, recipe_name, False, differences)


def refuse_inert(program: Program, field: str, bases: Sequence[Fields]) -> None:
    """A field that nothing uses would compare an arm with itself."""
    reasons = [program.inert(field, base) for base in bases]
    if all(reasons):
        raise ComparisonError(
            "{field} would change nothing under this {program}: {reason}",
            field=field,
            program=Message(program.info.kind),
            reason=reasons[0],
        )


def _may_vary(program: Program, fields: Sequence[str]) -> None:
    for field in fields:
        if reason := program.may_vary(field):
            raise ComparisonError(reason)


def _check_seeds(seeds: Sequence[int]) -> None:
    if not seeds or len(set(seeds)) != len(seeds) or min(seeds) < 0:
        raise ComparisonError("seeds must be different whole numbers from 0", got=list(seeds))


def _arms(program: Program, factor: str, values: Sequence[Any], base: Fields) -> list[Arm]:
    found: list[Fields] = []
    faults: list[Fault] = []
    for value in values:
        try:
            fields = program.with_field(base, factor, value)
        except FaultsError as error:
            faults += [fault for fault in error.faults if fault not in faults]
            continue
        if fields in found:
            faults.append(Fault("{field} has the same value twice", value, field=factor))
        found.append(fields)
    if faults:
        several = Message("the factor {field}", field=factor)
        raise RecipeError(several if len(faults) > 1 else "the factor", faults)
    names = _unique([value_text(fields[factor]) for fields in found])
    return [Arm(name=name, value=fields[factor], fields=fields) for name, fields in zip(names, found, strict=True)]


def design_from_recipes(
    program: Program, recipes: Sequence[tuple[str, Fields]], seeds: Sequence[int], confounded: bool = False
) -> Design:
    """An arm for each recipe. Refused where they differ in no field, or in several unless `confounded`."""
    if not 2 <= len(recipes) <= MOST_ARMS:
        raise ComparisonError("a comparison needs 2 to {most} recipes", most=MOST_ARMS, got=len(recipes))
    only = [fields for _, fields in recipes]
    # What one of them alone has is no difference but that which gives it the field: a network of its own.
    known = {name: None for each in only for name in program.specifications_of(each)}
    fields = [name for name in known if len({each[name] for each in only if name in each}) > 1]
    differences = {name: tuple(each.get(name) for each in only) for name in fields}
    mixed = len(fields) > 1
    errors = ErrorCollector("the comparison")
    with errors:
        _refuse_twins(recipes)
    with errors:
        if mixed and not confounded:
            raise ComparisonError(
                "the arms must differ in one field only, and these differ in {count}:\n{listed:lines}\n"
                "Which of them made a difference could not be told. Make them alike, or say --confounded if it is "
                "meant",
                count=len(differences),
                listed=[f"{field}: {' / '.join(map(shown, values))}" for field, values in differences.items()],
            )
    with errors:
        _may_vary(program, fields)
    with errors:
        _check_seeds(seeds)
    with errors:
        if len(fields) == 1:
            refuse_inert(program, fields[0], only)
    errors.raise_all()
    values = differences[fields[0]]
    names = _unique([name for name, _ in recipes] if mixed else [value_text(value) for value in values])
    arms = [
        Arm(name=name, value=name if mixed else value, fields=each)
        for name, value, each in zip(names, values, only, strict=True)
    ]
    title = " / ".join(name for name, _ in recipes)
    return _design(program, "+".join(fields), arms, seeds, title, mixed, differences)


def _refuse_twins(recipes: Sequence[tuple[str, Fields]]) -> None:
    twins = [f"{b} and {a}" for i, (a, one) in enumerate(recipes) for b, other in recipes[:i] if one == other]
    if twins:
        raise ComparisonError("the arms must differ, and these are the same recipe: {names}", names=twins)


def value_text(value: Any) -> str:
    """A value as an arm's name: `sigmoid`, `0.1`, `true`, `120-84`."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        text = f"{value:.12g}"
        return text if float(text) == value else repr(value)
    if isinstance(value, tuple):
        return "-".join(str(v) for v in value) or "none"
    return str(value)


def _unique(names: Sequence[str]) -> list[str]:
    """Names of which several are alike get a number: two files of one name in two folders."""
    given: list[str] = []
    for name in names:
        tried, number = name, 1
        while tried in given or (number > 1 and tried in names):
            number += 1
            tried = f"{name} ({number})"
        given.append(tried)
    return given


def _design(
    program: Program,
    factor: str,
    arms: Sequence[Arm],
    seeds: Sequence[int],
    recipe_name: str,
    confounded: bool,
    differences: dict[str, tuple[Any, ...]],
) -> Design:
    # Without the number of seeds and the arms' order, so that adding seeds or swapping arms finds the same comparison
    # again, and counts as a further look at it. Another first seed makes other data.
    digest = arms_digest(program, [arm.fields for arm in arms], confounded)
    # A confounded comparison's arms are called as their files are, and files may be renamed.
    names = [] if confounded else sorted(arm.name for arm in arms)
    return Design(
        program=program.info,
        factor=factor,
        arms=tuple(arms),
        seeds=tuple(seeds),
        recipe_name=recipe_name,
        confounded=confounded,
        differences=differences,
        id=design_id([factor, *names], digest, seeds),
    )


def design_id(names: Sequence[str], digest: str, seeds: Sequence[int]) -> str:
    """A comparison's name: what it is of, the beginning of its arms' digest, and where its seeds begin."""
    fresh = f"-f{seeds[0]}" if seeds[0] else ""
    return f"{slug('-'.join(names), 60)}-{digest[:8]}{fresh}"


def arms_digest(program: Program, arms: Iterable[Fields], confounded: bool) -> str:
    """What is compared, whatever the seeds and the order: SHA-256 (hex) of the arms' fields."""
    changes = sorted(json.dumps(program.telling(fields), sort_keys=True) for fields in arms)
    return hashlib.sha256(json.dumps([changes, confounded]).encode()).hexdigest()
