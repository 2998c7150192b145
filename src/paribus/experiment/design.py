"""What is compared, and whether that is fair: arms that differ in the declared factor and in nothing else."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

from paribus.experiment.store.names import slug
from paribus.values.comparison import Arm, Design
from paribus.values.errors import ComparisonError, Fault, Gathering, RecipeError, nearest, shown
from paribus.values.messages import Message
from paribus.values.recipe import FIELDS, SPECIFICATIONS, Recipe, inert

MOST_ARMS = 20


def design_from_factor(
    factor: str, values: Sequence[Any], base: Recipe, recipe_name: str, seeds: Sequence[int]
) -> Design:
    """An arm for each value of one field of `base`. Raises a ParibusError with all faults at once."""
    if factor not in FIELDS:
        others = Message("the fields are {choices}", choices=FIELDS)
        raise ComparisonError(
            "the factor must be a field of the recipe", got=factor, hint=nearest(factor, FIELDS, others)
        )
    gathering = Gathering("the comparison of {field}", field=factor)
    with gathering:
        if not 2 <= len(values) <= MOST_ARMS:
            raise ComparisonError(
                "a factor needs 2 to {most} values, {factor}=V1,V2; got {count} ({values!q})",
                most=MOST_ARMS,
                factor=factor,
                count=len(values),
                values=list(values),
            )
    with gathering:
        _refuse_inert(factor, [base])
    with gathering:
        _same_test_images([factor])
    with gathering:
        _check_seeds(seeds)
    arms: list[Arm] = []
    with gathering:
        arms = _arms(factor, values, base)
    gathering.settle()
    differences = {factor: tuple(arm.value for arm in arms)}
    return _design(factor, arms, seeds, recipe_name, False, differences)


def _refuse_inert(field: str, recipes: Sequence[Recipe]) -> None:
    """A field that nothing uses would compare an arm with itself."""
    reasons = [inert(field, recipe) for recipe in recipes]
    if all(reasons):
        raise ComparisonError(
            "{field} would change nothing under this recipe: {reason}", field=field, reason=reasons[0]
        )


def _same_test_images(fields: Sequence[str]) -> None:
    if any(not SPECIFICATIONS[field].about.factor for field in fields):
        raise ComparisonError(
            "arms are paired image by image, so all must have the same dataset; to see whether a verdict holds on "
            "another one, make the same comparison there: --set dataset=NAME"
        )


def _check_seeds(seeds: Sequence[int]) -> None:
    if not seeds or len(set(seeds)) != len(seeds) or min(seeds) < 0:
        raise ComparisonError("seeds must be different whole numbers from 0", got=list(seeds))


def _arms(factor: str, values: Sequence[Any], base: Recipe) -> list[Arm]:
    recipes: list[Recipe] = []
    faults: list[Fault] = []
    for value in values:
        try:
            recipe = base.with_field(factor, value)
        except RecipeError as error:
            faults.extend(error.faults)
            continue
        if recipe in recipes:
            faults.append(Fault("{field} has the same value twice", value, field=factor))
        recipes.append(recipe)
    if faults:
        several = Message("the factor {field}", field=factor)
        raise RecipeError(several if len(faults) > 1 else "the factor", faults)
    settled = [getattr(recipe, factor) for recipe in recipes]
    named = zip(_unique([value_text(value) for value in settled]), settled, recipes, strict=True)
    return [Arm(name=name, value=value, recipe=recipe) for name, value, recipe in named]


def design_from_recipes(
    recipes: Sequence[tuple[str, Recipe]], seeds: Sequence[int], confounded: bool = False
) -> Design:
    """An arm for each recipe. Refused where they differ in no field, or in several unless `confounded`."""
    if not 2 <= len(recipes) <= MOST_ARMS:
        raise ComparisonError("a comparison needs 2 to {most} recipes", most=MOST_ARMS, got=len(recipes))
    only = [recipe for _, recipe in recipes]
    fields = [f for f in FIELDS if len({getattr(recipe, f) for recipe in only}) > 1]
    differences = {f: tuple(getattr(recipe, f) for recipe in only) for f in fields}
    mixed = len(fields) > 1
    gathering = Gathering("the comparison")
    with gathering:
        _refuse_twins(recipes)
    with gathering:
        if mixed and not confounded:
            raise ComparisonError(
                "the arms must differ in one field only, and these differ in {count}:\n{listed:lines}\n"
                "Which of them made a difference could not be told. Make them alike, or say --confounded if it is "
                "meant",
                count=len(differences),
                listed=[f"{field}: {' / '.join(map(shown, values))}" for field, values in differences.items()],
            )
    with gathering:
        _same_test_images(fields)
    with gathering:
        _check_seeds(seeds)
    with gathering:
        if len(fields) == 1:
            _refuse_inert(fields[0], only)
    gathering.settle()
    values = differences[fields[0]]
    names = _unique([name for name, _ in recipes] if mixed else [value_text(value) for value in values])
    arms = [
        Arm(name=name, value=name if mixed else value, recipe=recipe)
        for name, value, recipe in zip(names, values, only, strict=True)
    ]
    title = " / ".join(name for name, _ in recipes)
    return _design("+".join(fields), arms, seeds, title, mixed, differences)


def _refuse_twins(recipes: Sequence[tuple[str, Recipe]]) -> None:
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
    factor: str,
    arms: Sequence[Arm],
    seeds: Sequence[int],
    recipe_name: str,
    confounded: bool,
    differences: dict[str, tuple[Any, ...]],
) -> Design:
    # Without the number of seeds and the arms' order, so that adding seeds or swapping arms finds the same comparison
    # again, and counts as a further look at it. Another first seed makes other data.
    digest = arms_digest([arm.recipe for arm in arms], confounded)
    # A confounded comparison's arms are called as their files are, and files may be renamed.
    names = [] if confounded else sorted(arm.name for arm in arms)
    fresh = f"-f{seeds[0]}" if seeds[0] else ""
    return Design(
        factor=factor,
        arms=tuple(arms),
        seeds=tuple(seeds),
        recipe_name=recipe_name,
        confounded=confounded,
        differences=differences,
        id=f"{slug('-'.join([factor, *names]), 60)}-{digest[:8]}{fresh}",
    )


def arms_digest(recipes: Iterable[Recipe], confounded: bool) -> str:
    """What is compared, whatever the seeds and the order: SHA-256 (hex) of the arms' recipes."""
    changes = sorted(json.dumps(recipe.changed(), sort_keys=True) for recipe in recipes)
    return hashlib.sha256(json.dumps([changes, confounded]).encode()).hexdigest()
