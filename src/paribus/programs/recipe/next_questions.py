"""What to ask after a comparison of recipes: the same question elsewhere, and two of the questions that are ready.

The lab page gets the same ones with its options, and has them as forms (`web/static/try_next.js`).
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field

from paribus.programs.view import NextQuestion
from paribus.records.comparison import Comparison
from paribus.words.translation import Words, mark

DEFAULT = "lesson"
_KEPT = ("--seeds=", "--out=", "--set=epochs=")  # what another question keeps of a command


@dataclass(frozen=True)
class Ready:
    """A question that is ready to be asked. about: a sentence on it."""

    factor: str
    values: tuple[str, ...]
    about: str
    recipe: str = DEFAULT
    settings: Mapping[str, str] = field(default_factory=dict)


READY = (
    Ready(
        "activation",
        ("sigmoid", "relu"),
        mark("The textbook's own case: is it the sigmoid that keeps LeNet from learning?"),
    ),
    Ready(
        "optimizer",
        ("adam", "adamw"),
        mark("The same weight decay, inside the gradient or beside it, for a network with sigmoids."),
        settings={"activation": "sigmoid"},
    ),
    Ready(
        "weight_decay",
        ("0", "0.1"),
        mark("A penalty that is meant to help. Can it keep a network with sigmoids from learning?"),
        settings={"activation": "sigmoid"},
    ),
    Ready(
        "initialisation",
        ("default", "xavier", "he"),
        mark("Random numbers to start from: does their law still matter at the end?"),
        recipe="fair",
    ),
    Ready(
        "batch_order",
        ("as_is", "shuffled"),
        mark("The same data, always in the same order or shuffled anew each time."),
    ),
    Ready("pooling", ("max", "avg"), mark("Four pixels become one: by the largest, or by the mean."), recipe="fair"),
)
ELSEWHERE = {
    "lesson": ("fair", mark("The same question where both can learn: no weight decay, shuffled batches.")),
    "fair": ("lesson", mark("The same question under the lesson's own settings, with its weight decay.")),
}


def next_questions(comparison: Comparison, words: Words) -> tuple[NextQuestion, ...]:
    """Three questions, each as a command; none where the comparison is not one that a command could vary."""
    if not comparison.command or comparison.confounded or comparison.factorial is not None:
        return ()
    try:
        given = shlex.split(comparison.command)
    except ValueError:  # of a store that somebody else wrote
        given = comparison.command.split()
    recipe = next((word.partition("=")[2] for word in given if word.startswith("--recipe=")), DEFAULT)
    other, about = ELSEWHERE.get(recipe, ELSEWHERE["fair"])
    again = [word for word in given if not word.startswith("--recipe=")]
    place = next((n for n, ready in enumerate(READY) if ready.factor == comparison.factor), -1)
    following = [ready for ready in (*READY[place + 1 :], *READY[: place + 1]) if ready.factor != comparison.factor]
    kept = [word for word in given if word.startswith(_KEPT)]
    return (
        NextQuestion(words.text(about), shlex.join([*again, *_from(other)])),
        *(NextQuestion(words.text(ready.about), shlex.join(_command(ready, kept))) for ready in following[:2]),
    )


def _command(ready: Ready, kept: list[str]) -> list[str]:
    settings = [f"--set={name}={value}" for name, value in ready.settings.items()]
    asked = f"{ready.factor}={','.join(ready.values)}"
    return ["paribus", "compare", asked, *_from(ready.recipe), *settings, *kept]


def _from(recipe: str) -> list[str]:
    return [] if recipe == DEFAULT else [f"--recipe={recipe}"]
