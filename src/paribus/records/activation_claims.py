"""Claims that people make of one activation against another, each with what was measured."""

from __future__ import annotations

from typing import Literal

from paribus.core.frozen import Frozen

# What people say of one activation against another, ReLU above all.
ClaimName = Literal["converges_faster", "cheaper", "sparser", "overfits_less"]
ClaimVerdict = Literal["holds", "does_not_hold", "open"]
ClaimQuantity = Literal[
    "epochs_to_accuracy",
    "seconds_to_accuracy",
    "timed_epoch",
    "epoch_seconds",
    "zeros",
    "dead",
    "accuracy_gap",
    "val_loss_rise",
]

# The accuracy to be reached is the highest of these that every run reaches which is looked at.
ACCURACIES = (0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995)


class Measured(Frozen):
    """One quantity of two arms, paired by seed, under the recipe or (`repaired`) with the cause removed.

    `of`, `against`: means over `seeds` of the arm that the claim is made for and of the other; `difference`: of minus
    against, with its t interval at 95 % (None for one seed). `least`: a difference up to this counts as none, in the
    quantity's unit. `accuracy`: the validation accuracy to be reached, a fraction, where the quantity has one.
    `trained`: how many of the `runs` of each of the two arms trained. No seeds where the quantity cannot be asked for,
    as where only one arm trains; then the numbers are None. `rounds`: instead of seeds, of what was timed by itself.
    `verdict`: None for a figure that is given beside another.
    """

    quantity: ClaimQuantity
    repaired: bool
    seeds: tuple[int, ...]
    of: float | None = None
    against: float | None = None
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    least: float = 0.0
    accuracy: float | None = None
    trained: tuple[int, int] = (0, 0)
    runs: int = 0
    rounds: int = 0
    verdict: ClaimVerdict | None = None


class Claim(Frozen):
    """A claim for the arm `of` against the arm `against`, and what the runs say to it.

    `kernel`, `device`: what the runs were computed with, where the claim is of cost; it holds for nothing else.
    """

    name: ClaimName
    of: str
    against: str
    verdict: ClaimVerdict
    measured: tuple[Measured, ...]
    kernel: str = ""
    device: str = ""
