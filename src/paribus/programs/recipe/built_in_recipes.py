"""The built-in recipes: lesson, fair, fast, quick."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from paribus.core.messages import mark
from paribus.programs.recipe.recipe import LESSON, Recipe

DEFAULT = "lesson"  # the recipe, where none is named

BUILT_IN: dict[str, tuple[Recipe, str]] = {
    "lesson": (
        LESSON,
        mark("the notebook's own settings: Adam 0.001 with weight decay 0.1 in the gradient, batches not shuffled"),
    ),
    "fair": (
        Recipe(weight_decay=0.0, batch_order="shuffled"),
        mark("the lesson with weight decay 0 and shuffled batches: both activations can train"),
    ),
    "fast": (
        Recipe(
            weight_decay=0.0,
            batch_order="shuffled",
            validation_fraction=0.1,  # an eighth more to train on; 6,000 images are enough to steer two epochs by
            batch_size=96,
            learning_rate=0.008,
            schedule="one_cycle",
            label_smoothing=0.05,
            epochs=2,
        ),
        mark(
            "two epochs under one cycle of the learning rate: the lesson's network trained in seconds; tuned for ReLU"
        ),
    ),
    "quick": (
        Recipe(epochs=1),
        mark("the lesson's first epoch alone: a first answer in a minute, not that of the whole lesson"),
    ),
}


def nearest_built_in(recipe: Recipe, free: Collection[str] = ()) -> tuple[str, dict[str, Any]]:
    """The built-in recipe that differs in fewest fields, with this recipe's values of those; `free` do not count."""
    changes = {
        name: {field: value for field, (_, value) in built_in.differences(recipe).items() if field not in free}
        for name, (built_in, _) in BUILT_IN.items()
    }
    return min(changes.items(), key=lambda one: len(one[1]))
