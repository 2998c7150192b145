"""What is compared, and whether that is fair: arms that differ in the declared factor and in nothing else."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from paribus.experiment.store.names import slug
from paribus.values.comparison import Arm, Design
from paribus.values.errors import ComparisonError, Fault, FaultsError, RecipeError, nearest, shown
from paribus.values.recipe import FIELDS, INERT, Recipe

MOST_ARMS = 20


def design_from_factor(
    factor: str, values: Sequence[Any], base: Recipe, recipe_name: str, seeds: Sequence[int]
) -> Design:
    """An arm for each value of one field of `base`. Raises ComparisonError or RecipeError with all faults."""
    if factor not in FIELDS:
        hint = nearest(factor, FIELDS) or "; the fields are " + ", ".join(FIELDS)
        raise ComparisonError(f"the factor must be a field of the recipe; got {shown(factor)}{hint}")
    if not 2 <= len(values) <= MOST_ARMS:
        raise ComparisonError(
            f"a factor needs 2 to {MOST_ARMS} values, {factor}=V1,V2; got {len(values)} ({shown(list(values))})"
        )
    if factor in INERT and INERT[factor][1](base):
        raise ComparisonError(f"{factor} would change nothing under this recipe: {INERT[factor][0]}")
    _same_test_images([factor])
    arms = _arms(factor, values, base)
    differences = {factor: tuple(arm.value for arm in arms)}
    return _design(factor, arms, seeds, recipe_name, False, differences)


def _same_test_images(fields: Sequence[str]) -> None:
    if "dataset" in fields:
        raise ComparisonError(
            "arms are paired image by image, so all must have the same dataset; to see whether a verdict holds on "
            "another one, make the same comparison there: --set dataset=NAME"
        )


def _arms(factor: str, values: Sequence[Any], base: Recipe) -> list[Arm]:
    arms: list[Arm] = []
    faults: list[Fault] = []
    for value in values:
        try:
            recipe = base.with_field(factor, value)
        except RecipeError as error:
            faults.extend(error.faults)
            continue
        settled = getattr(recipe, factor)
        if any(arm.value == settled for arm in arms):
            faults.append(Fault(f"{factor} has the same value twice", value))
        else:
            arms.append(Arm(name=value_text(settled), value=settled, recipe=recipe))
    if faults:
        raise FaultsError("the factor", faults)
    return arms


def design_from_recipes(
    recipes: Sequence[tuple[str, Recipe]], seeds: Sequence[int], confounded: bool = False
) -> Design:
    """An arm for each recipe. Refused where they differ in no field, or in several unless `confounded`."""
    if not 2 <= len(recipes) <= MOST_ARMS:
        raise ComparisonError(f"a comparison needs 2 to {MOST_ARMS} recipes; got {len(recipes)}")
    fields = [f for f in FIELDS if len({getattr(recipe, f) for _, recipe in recipes}) > 1]
    differences = {f: tuple(getattr(recipe, f) for _, recipe in recipes) for f in fields}
    twins = [f"{a} and {b}" for i, (a, one) in enumerate(recipes) for b, other in recipes[:i] if one == other]
    if twins:
        raise ComparisonError(f"the arms must differ, and these are the same recipe: {', '.join(twins)}")
    if len(fields) > 1 and not confounded:
        raise ComparisonError(
            f"the arms must differ in one field only, and these differ in {len(fields)}:\n"
            + "\n".join(f"  - {f}: {' / '.join(shown(v) for v in differences[f])}" for f in fields)
            + "\nWhich of them made a difference could not be told. Make them alike, or say --confounded if it is meant"
        )
    mixed = len(fields) > 1
    _same_test_images(fields)
    names = _unique([name for name, _ in recipes]) if mixed else [value_text(v) for v in differences[fields[0]]]
    values = names if mixed else differences[fields[0]]
    arms = [
        Arm(name=name, value=value, recipe=recipe)
        for name, value, (_, recipe) in zip(names, values, recipes, strict=True)
    ]
    title = " / ".join(name for name, _ in recipes)
    return _design("+".join(fields), arms, seeds, title, mixed, differences)


def value_text(value: Any) -> str:
    """A value as an arm's name: `sigmoid`, `0.1`, `true`, `120-84`."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.12g}"
    if isinstance(value, tuple):
        return "-".join(str(v) for v in value) or "none"
    return str(value)


def _unique(names: Sequence[str]) -> list[str]:
    return [n if names.count(n) == 1 else f"{n} ({i + 1})" for i, n in enumerate(names)]


def _design(
    factor: str,
    arms: Sequence[Arm],
    seeds: Sequence[int],
    recipe_name: str,
    confounded: bool,
    differences: dict[str, tuple[Any, ...]],
) -> Design:
    if not seeds or len(set(seeds)) != len(seeds) or min(seeds) < 0:
        raise ComparisonError(f"seeds must be different whole numbers from 0; got {shown(list(seeds))}")
    # Without the seeds, so that adding some finds the same comparison again, and counts as a further look at it.
    content = json.dumps([[arm.recipe.changed() for arm in arms], confounded], sort_keys=True)
    digest = hashlib.sha256(content.encode()).hexdigest()[:8]
    return Design(
        factor=factor,
        arms=tuple(arms),
        seeds=tuple(seeds),
        recipe_name=recipe_name,
        confounded=confounded,
        differences=differences,
        id=f"{slug('-'.join([factor, *(arm.name for arm in arms)]), 60).lstrip('._')}-{digest}",
    )
