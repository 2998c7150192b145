"""Which parts of our code a run's figures come from, each with a number that rises when its figures change in a bit.

The code itself is not digested: a moved file, a new name or another Python change no figure. What holds the numbers to
the code are golden runs, and a test that fails where code that trains was changed (tests/runs/test_revisions.py).
Why so: docs/decisions/0009-identity-and-old-stores.md.
"""

from __future__ import annotations

from collections.abc import Mapping

from paribus.programs.recipe.kernels import PLAIN, STACKED
from paribus.programs.recipe.recipe import Recipe

FIRST = 1  # the revision of every part in version 0.1.0, and of a part that is new

# By part, where it is another one. A part is named as `parts` names it: "optimizer adam", say.
REVISIONS: Mapping[str, int] = {
    "native": 2,  # gradients of biases, and of the weights of layers of some widths, are summed in another order
}

# Digests that 0.1.0 had of its whole source: its identities were made of them, and Python 3.11, 3.12 and 3.13 differ.
SOURCES_OF_0_1_0 = (
    "7df205741c06a4c72da8653111f2fd9cb0ff8ce0fd76deca79052ce78af96b18",
    "d94107b010a07fafd8abc48766a7109ac3615b8d8ed106477fae5011c0a12c11",
    "6354e0fbafc7f0e1841b1741efe204ea0f7be96e294ed3cc839b90e905dfec6d",
)


def parts(recipe: Recipe, kernel: str) -> tuple[str, ...]:
    """The parts that a run of this recipe goes through on this kernel; whatever else there is cannot change it."""
    chosen = ("model", "activation", "initialisation", "pooling", "optimizer", "schedule", "batch_order")
    found = ["training", "data", *(f"{field} {getattr(recipe, field)}" for field in chosen)]
    found += [
        field for field in ("batch_norm", "dropout", "label_noise", "majority_fraction") if getattr(recipe, field)
    ]
    if kernel != PLAIN:
        found.append("stacked" if kernel == STACKED else "native")
    return tuple(found)


def revisions(recipe: Recipe, kernel: str) -> dict[str, int]:
    """Of each of the run's parts."""
    return {part: REVISIONS.get(part, FIRST) for part in parts(recipe, kernel)}


def as_in_0_1_0(recipe: Recipe, kernel: str) -> bool:
    """Whether the run has the very bits that 0.1.0 gave it."""
    return all(number == FIRST for number in revisions(recipe, kernel).values())
