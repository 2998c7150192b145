"""Synthetic comparisons, made by the real `compare` from runs whose outcome is chosen: no training, no data set.

`make_comparison("lesson")` is what presentation, api and cli tests show; `CASES` names them all. Every draw comes
from `paribus.core.seeds`, so a case is the same object on every call and machine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from paribus.programs.recipe.built_in_recipes import BUILT_IN
from paribus.programs.recipe.confusion import RecipeEvidence, evidence_of
from paribus.programs.recipe.info import RECIPE
from paribus.programs.recipe.recipe import Recipe
from paribus.records.comparison import ArmView, Comparison
from paribus.records.design import Arm, Design
from paribus.records.run import RunResult
from tests.compared import compare_recipes
from tests.synthetic_runs import PRIOR_ENTROPY, Outcome, make_run, make_test_set

__all__ = [
    "CASES",
    "PRIOR_ENTROPY",
    "Outcome",
    "accuracies",
    "evidence",
    "make_comparison",
    "make_design",
    "make_results",
    "make_run",
    "make_test_set",
    "with_evidence",
]


def evidence(comparison: Comparison) -> RecipeEvidence:
    """What only comparisons of recipes have: confusion matrices, images, class names."""
    found = evidence_of(comparison)
    assert found is not None
    return found


def with_evidence(comparison: Comparison, **changes: Any) -> Comparison:
    """The comparison with other evidence, unchecked as a file might have it."""
    changed = evidence(comparison).model_copy(update=changes)
    return comparison.model_copy(update={"evidence": changed.model_dump(mode="json")})


def accuracies(arm: ArmView) -> list[float | None]:
    """Test accuracy by run; None where a run has none."""
    return [run.figures.get("test_accuracy") for run in arm.runs]


def make_design(
    factor: str,
    values: Sequence[Any],
    *,
    seeds: int = 6,
    recipe: str = "lesson",
    confounded: Mapping[str, Sequence[Any]] | None = None,
    **fields: Any,
) -> Design:
    """Arms that differ in `factor`, and in the fields of `confounded` too ({field: a value an arm})."""
    base = BUILT_IN[recipe][0]
    for name, value in fields.items():
        base = base.with_field(name, value)
    differences: dict[str, tuple[Any, ...]] = {factor: tuple(values)}
    differences |= {name: tuple(extra) for name, extra in (confounded or {}).items()}
    arms = []
    for i, value in enumerate(values):
        arm_recipe: Recipe = base
        for name, choices in differences.items():
            arm_recipe = arm_recipe.with_field(name, choices[i])
        arms.append(Arm(name=str(value), value=value, fields=arm_recipe.as_fields()))
    return Design(
        program=RECIPE,
        factor=factor,
        arms=tuple(arms),
        seeds=tuple(range(seeds)),
        recipe_name=recipe,
        confounded=bool(confounded),
        differences=differences,
        id=f"{factor}-" + "-".join(arm.name for arm in arms),
    )


def make_results(
    design: Design, outcomes: Mapping[str, Sequence[Outcome]], *, test_count: int = 2000
) -> dict[tuple[str, int], RunResult]:
    """A run for each arm and seed, with the outcome given for it: `outcomes[arm name][place of the seed]`."""
    return {
        (arm.name, seed): make_run(arm, seed, outcomes[arm.name][place], place_of_arm, test_count)
        for place_of_arm, arm in enumerate(design.arms)
        for place, seed in enumerate(design.seeds)
    }


@dataclass(frozen=True)
class _Case:
    factor: str
    outcomes: Mapping[Any, Sequence[Outcome]]
    recipe: str = "lesson"
    confounded: Mapping[str, Sequence[Any]] | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)


def _near(mean: float, *offsets: float) -> list[Outcome]:
    """Accuracies `mean` plus offsets given in points (hundredths)."""
    return [mean + offset / 100 for offset in offsets]


_FAIR = {
    "sigmoid": _near(0.985, 0.0, 0.1, -0.1, 0.05, -0.05, 0.1),
    "relu": _near(0.985, 0.4, 0.45, 0.2, 0.5, 0.3, 0.4),
}
_CASES: dict[str, _Case] = {
    # sigmoid never trains, relu always
    "lesson": _Case("activation", {"sigmoid": ["collapsed"] * 6, "relu": _near(0.92, 0.3, -0.2, 0.6, 0.1, -0.4, 0.2)}),
    # both train, relu a little better in every seed
    "fair": _Case("activation", _FAIR, recipe="fair"),
    # both train, and nothing tells them apart or equal
    "open": _Case(
        "pooling",
        {"max": _near(0.989, 0, 0.2, -0.2, 0.1, -0.1, 0), "avg": _near(0.989, 0.2, -0.1, 0.15, 0.1, -0.3, 0.2)},
        recipe="fair",
    ),
    # within the margin in every seed
    "equal": _Case(
        "pooling",
        {"max": _near(0.989, 0, 0.2, -0.2, 0.1, -0.1, 0), "avg": _near(0.989, 0.05, 0.2, -0.25, 0.1, -0.05, 0)},
        recipe="fair",
    ),
    # sigmoid trains in 3 of 6 runs
    "mixture": _Case(
        "activation",
        {
            "sigmoid": ["collapsed", 0.951, 0.955, "collapsed", "collapsed", 0.949],
            "relu": _near(0.978, 0.1, 0, -0.1, 0.2, 0, -0.2),
        },
    ),
    # at the higher learning rate two runs diverge and one collapses
    "diverged": _Case(
        "learning_rate",
        {
            0.001: _near(0.981, 0, 0.1, -0.1, 0.05, 0, 0.1),
            0.05: ["diverged", 0.961, "diverged", 0.958, "collapsed", 0.964],
        },
        recipe="fair",
    ),
    # one arm diverges in every run: it has no test accuracy at all
    "all_diverged": _Case(
        "learning_rate", {0.001: _near(0.981, 0, 0.1, -0.1, 0.05, 0, 0.1), 10.0: ["diverged"] * 6}, recipe="fair"
    ),
    # no run of either arm trains
    "neither": _Case("initialisation", {"default": ["collapsed"] * 6, "zeros": ["collapsed"] * 6}),
    "three_arms": _Case(
        "activation",
        {**_FAIR, "tanh": _near(0.986, 0.05, 0.15, -0.05, 0.1, 0, 0.1)},
        recipe="fair",
    ),
    "one_seed": _Case("activation", {"sigmoid": [0.9845], "relu": [0.9885]}, recipe="fair"),
    "confounded": _Case("activation", _FAIR, recipe="fair", confounded={"learning_rate": [0.001, 0.002]}),
}
CASES: tuple[str, ...] = tuple(_CASES)


@lru_cache
def make_comparison(
    case: str = "lesson", *, test_count: int = 2000, epochs: int = 15, look: int = 1, repeated: int = 1
) -> Comparison:
    """The comparison of one of `CASES`; `repeated`: with as many times its seeds."""
    chosen = _CASES[case]
    values = list(chosen.outcomes)
    design = make_design(
        chosen.factor,
        values,
        seeds=repeated * len(chosen.outcomes[values[0]]),
        recipe=chosen.recipe,
        confounded=chosen.confounded,
        epochs=epochs,
    )
    outcomes = {str(value): [*runs] * repeated for value, runs in chosen.outcomes.items()}
    tests = make_test_set(test_count)
    return compare_recipes(
        design,
        make_results(design, outcomes, test_count=test_count),
        test_labels=tests.labels,
        test_images=tests.images,
        class_names=tuple("0123456789"),
        look=look,
        command=f"paribus compare {chosen.factor}=" + ",".join(str(value) for value in values),
        created="2025-01-01T09:10:00+00:00",
        paribus_version="0.1.0",
    )
