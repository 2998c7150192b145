"""The comparison: arms x seeds with statistics and a verdict. Terminal, report, web and JSON show this object."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from paribus.values.frozen import Document, Frozen
from paribus.values.program import Fields, FieldValue, ProgramInfo
from paribus.values.recipe import Recipe
from paribus.values.records import Environment, Status

COMPARISON_SCHEMA = 2

Verdict = Literal["a_better", "b_better", "equal", "open"]

# Why a pair's verdict is what it is; `presentation.words` has a sentence for each.
Reason = Literal[
    "trained_counts",  # one arm trains in more runs (Fisher's exact test)
    "accuracy",  # all trained, and the paired difference is established (t test)
    "within_margin",  # all trained, and the difference is smaller than the margin (TOST)
    "not_separated",  # all trained, neither of both established
    "counts_open",  # some runs did not train, and the counts do not decide
    "neither_trained",  # no run of either arm trained: there is nothing to compare
    "too_few_seeds",  # one seed: a difference without a spread
]


class Arm(Frozen):
    """The program's fields with the factor set to one of its values. `name` is unique in its comparison."""

    name: str
    value: FieldValue
    fields: Fields


class Design(Frozen):
    """What is compared: the arms, the seeds, and everything in which the arms differ.

    `differences` has for each differing field its value in each arm, in the arms' order. A fair design has exactly
    one such field, the factor; a design with more is `confounded`, and every output says so.
    """

    program: ProgramInfo
    factor: str = ""
    arms: tuple[Arm, ...]
    seeds: tuple[int, ...]
    recipe_name: str = ""
    confounded: bool = False
    differences: dict[str, tuple[FieldValue, ...]] = Field(default_factory=dict)
    id: str = ""


class Estimate(Frozen):
    """A mean with its t interval at `level`; `low` and `high` are None where one value leaves no spread."""

    mean: float
    low: float | None
    high: float | None
    level: float
    n: int


class RunView(Frozen):
    """One run inside a comparison. Accuracies are fractions, losses nats, lists by epoch."""

    id: str
    seed: int
    status: Status
    trained: bool
    test_accuracy: float | None
    test_loss: float | None
    train_loss: tuple[float, ...]
    train_accuracy: tuple[float, ...]
    val_loss: tuple[float, ...]
    val_accuracy: tuple[float, ...]
    seconds: float


class ArmView(Frozen):
    """One arm: how many of its runs trained (with a Wilson interval), and its test accuracy.

    `test_accuracy` is over all runs where all or none of them trained. Where only some did, a mean over both kinds
    would describe no run at all: it is then over the trained ones, and `over` says `trained`.
    `confusion[true][predicted]` counts test images, summed over the runs that `over` names.
    """

    name: str
    value: FieldValue
    recipe: Recipe
    trained: int
    trained_low: float
    trained_high: float
    over: Literal["all", "trained"]
    test_accuracy: Estimate | None
    confusion: tuple[tuple[int, ...], ...]
    runs: tuple[RunView, ...]


class McNemar(Frozen):
    """One seed: test images that only a, or only b, got right; the exact two-sided p of their split."""

    seed: int
    only_a: int
    only_b: int
    p: float


class PairView(Frozen):
    """Two arms, paired seed by seed. Differences are b minus a, in fractions of test accuracy.

    `over`: `all` seeds; or, where an arm is a mixture of runs that trained and runs that did not, only the seeds in
    which it `trained`. An arm that never trained is no mixture: all its runs are alike, and count.
    `low`, `high`: t interval at `level` over seeds alone. `images_low`, `images_high`: over seeds and test images.
    `seed_share`: share of the variance of the mean difference that seeds bring, the rest is from the test images.
    `p`: exact sign-flip permutation p, `p_min` the least that this number of seeds can reach. `p_t`: paired t test.
    `p_trained`: Fisher's exact test on the counts of trained runs. `p_equal`: TOST within the margin.
    `p_decision`: the p of the test that decides, `p_holm` the same after Holm's correction over all pairs.
    `seeds_to_settle`: how many seeds in all would likely settle an open verdict; None where none affordable would.
    """

    a: str
    b: str
    over: Literal["all", "trained"]
    seeds: tuple[int, ...]
    differences: tuple[float, ...]
    difference: float | None
    low: float | None
    high: float | None
    level: float
    images_low: float | None
    images_high: float | None
    seed_share: float | None
    p: float | None
    p_min: float
    p_t: float | None
    p_trained: float
    p_equal: float | None
    p_decision: float | None
    p_holm: float | None
    p_equal_holm: float | None
    decided_by: Literal["t", "fisher", "none"]
    mcnemar: tuple[McNemar, ...]
    verdict: Verdict
    reason: Reason
    seeds_to_settle: int | None


class Answer(Frozen):
    """What one arm says to one image: its most frequent class over seeds, with the mean probability of it."""

    arm: str
    predicted: int
    probability: float


class Disagreement(Frozen):
    """A test image on which the arms disagree. `pixels`: base64 of uint8 [height, width, channels]."""

    index: int
    label: int
    answers: tuple[Answer, ...]
    pixels: str
    height: int
    width: int
    channels: int


class Comparison(Document):
    """Arms x seeds, with statistics; ends in a verdict by the rule of docs/decisions (the decision rule).

    `margin`: practically equal is within this difference (a fraction). `look`: which look at these arms this is,
    from 1; `alpha`: the level that the decision rule allows this look. `prior_entropy`: loss of the best constant
    predictor, nats. `class_names`: what the classes are called, for display.
    """

    kind: ClassVar[str] = "comparison"
    schema_number: int = COMPARISON_SCHEMA
    id: str
    factor: str
    recipe_name: str
    confounded: bool
    differences: dict[str, tuple[FieldValue, ...]]
    seeds: tuple[int, ...]
    margin: float
    look: int
    looks_allowed: int
    alpha: float
    arms: tuple[ArmView, ...]
    pairs: tuple[PairView, ...]
    disagreements: tuple[Disagreement, ...]
    class_names: tuple[str, ...]
    prior_entropy: float
    test_count: int
    environment: Environment
    command: str
    created: str
    paribus: str

    @property
    def weakest(self) -> ArmView:
        """The arm that trained in fewest runs, of those the one that ended lowest: what why is asked about."""
        return min(self.arms, key=lambda arm: (arm.trained, arm.test_accuracy.mean if arm.test_accuracy else 0.0))
