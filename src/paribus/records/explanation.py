"""The explanation: findings whose interventions were run. What restores training, what does not, what was not tried."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import model_validator

from paribus.core.frozen import Document, Frozen
from paribus.records.activation_claims import Claim
from paribus.records.comparison import Comparison
from paribus.records.finding import Finding
from paribus.records.intervention import Effect, Intervention, Kind, Placebo, Tested, first_cause
from paribus.records.program import Fields, ProgramInfo

EXPLANATION_SCHEMA = 2

SaturationVerdict = Literal["refuted", "partly", "found"]


class Symptoms(Frozen):
    """What the rules saw in at least half of an arm's runs. `arm`: its name; empty for a recipe by itself.

    `traced`: whether there was a trace to look at. Without one no mechanism can be measured.
    """

    arm: str
    seeds: tuple[int, ...]
    findings: tuple[Finding, ...]
    traced: bool = True


class UnitsSeen(Frozen):
    """Where one layer's units stand, medians over steps and runs.

    `low`, `high`: share of outputs at the activation's flat ends, as `records.trace.LayerTrace` has it. `pre_mean`,
    `pre_std`: mean and deviation of what enters the activation.
    """

    layer: str
    low: float
    high: float
    pre_mean: float | None
    pre_std: float | None


class Saturation(Frozen):
    """Whether units with two flat ends sit at them, in the first steps and in the later half of those seen.

    `refuted`: in no layer more than a tenth of the outputs do; `found`: in some layer more than half; else `partly`.
    `tested`: changes that would undo saturation and were run; `restoring`: those of them that restore training.
    """

    arm: str
    verdict: SaturationVerdict
    early: tuple[UnitsSeen, ...]
    late: tuple[UnitsSeen, ...]
    tested: tuple[Intervention, ...] = ()
    restoring: tuple[Intervention, ...] = ()


class Cell(Frozen):
    """One arm with or without (`removed`) the cause: its mean of the judged metric, `value`.

    It is over the trained runs where only some did; `trained` is None where that means nothing to the program.
    """

    arm: str
    removed: bool
    trained: int | None
    runs: int
    value: float | None


class Cost(Frozen):
    """What the cause costs an arm: how much better it is without it, and the 95 % interval of that."""

    arm: str
    cost: float | None
    low: float | None
    high: float | None


class Together(Frozen):
    """How the cause acts on two arms: the difference b minus a with it and without, and the difference of both.

    `interaction`: with minus without; `low`, `high`: its 95 % interval (Welch's, of two sets of paired differences).
    """

    a: str
    b: str
    present: float | None
    removed: float | None
    interaction: float | None
    low: float | None
    high: float | None


class Interaction(Frozen):
    """The table of factor by cause: every arm with the cause and without, in the unit of the judged metric.

    `cause`: the change that removes it. `seeds_present`, `seeds_removed`: the seeds of the two comparisons, which are
    not the same ones.
    """

    cause: Intervention
    seeds_present: tuple[int, ...]
    seeds_removed: tuple[int, ...]
    cells: tuple[Cell, ...]
    costs: tuple[Cost, ...]
    pairs: tuple[Together, ...]


class Spent(Frozen):
    """What the explanation took. `allowed`: seconds, None for no limit; `complete`: nothing was left out for it.

    `runs`, `length`: what it asked for beside what is explained, and how long that is together, in units of the
    program's length; what two runs share counts once. `own_runs`, `own_length`: of the comparison that is explained.
    All four are 0 in an explanation of an earlier version, and the last two where no comparison is explained.
    """

    allowed: float | None
    seconds: float
    complete: bool
    runs: int = 0
    length: int = 0
    own_runs: int = 0
    own_length: int = 0

    @property
    def times(self) -> float | None:
        """How many times the comparison both together are, by length, or by runs that have none; None without one."""
        more, own = (self.length, self.own_length) if self.own_length else (self.runs, self.own_runs)
        return 1 + more / own if own else None


class Explanation(Document):
    """Why a program does badly with `fields`, as far as that was tested. `subject` names the comparison, run or recipe.

    `arm`: the arm of the comparison that is explained; empty for a recipe by itself. `repaired`: the comparison made
    again, on fresh seeds, with the first cause removed from both arms; None without a cause or a comparison.
    `interaction`: both comparisons as one table; None without `repaired`. `saturation`: one for each arm (or for the
    recipe) whose units have two flat ends. `claims`: of a comparison of activations, for each pair of arms.
    `untrained`: how many of the runs that are explained did not train. `placebo`: None where nothing was confirmed.
    """

    kind: ClassVar[str] = "explanation"
    schema_number: int = EXPLANATION_SCHEMA
    subject: str
    arm: str
    program: ProgramInfo
    fields: Fields
    symptoms: tuple[Symptoms, ...]
    tested: tuple[Tested, ...]
    repaired: Comparison | None
    spent: Spent
    saturation: tuple[Saturation, ...] = ()
    interaction: Interaction | None = None
    claims: tuple[Claim, ...] = ()
    untrained: int = 0
    placebo: Placebo | None = None

    @model_validator(mode="after")
    def _coherent(self) -> Explanation:
        """Words and figures look arms up by their names."""
        arms = {symptoms.arm for symptoms in self.symptoms}
        named = {self.arm, *(one.arm for one in self.saturation)}
        named |= {arm for claim in self.claims for arm in (claim.of, claim.against)}
        if self.interaction is not None:
            of_each = sorted((cell.arm, cell.removed) for cell in self.interaction.cells)
            if of_each != sorted((cost.arm, removed) for cost in self.interaction.costs for removed in (False, True)):
                raise ValueError("the table of arms by cause must have each arm with it and without")
            named |= {cost.arm for cost in self.interaction.costs}
            if not {arm for pair in self.interaction.pairs for arm in (pair.a, pair.b)} <= named:
                raise ValueError("pairs must be of the table's arms")
            if self.repaired is None:
                raise ValueError("the table of arms by cause needs the comparison without it")
        if self.repaired is not None:
            named |= {arm.name for arm in self.repaired.arms}
            if not any(tested.kind == "cause" for tested in self.tested):
                raise ValueError("a repaired comparison needs a cause that was removed")
        if not named <= arms:
            raise ValueError("arms must be those whose symptoms are told")
        return self

    @property
    def traced(self) -> bool:
        """Whether what is explained left a trace, so that a mechanism could be measured."""
        return next(symptoms.traced for symptoms in self.symptoms if symptoms.arm == self.arm)

    @property
    def effects(self) -> tuple[Effect, ...]:
        """All that was measured, of each intervention first what was screened."""
        return tuple(seen for one in self.tested for seen in (one.screened, one.confirmed) if seen is not None)

    @property
    def counts_trained(self) -> bool:
        """Whether *trained* means anything to the program."""
        return all(effect.trained_before is not None for effect in self.effects)

    @property
    def first_cause(self) -> Intervention | None:
        """What the comparison is repaired by; None without a cause."""
        return first_cause(self.tested)

    def of(self, kind: Kind) -> tuple[Tested, ...]:
        """The interventions that turned out to be of one kind."""
        return tuple(tested for tested in self.tested if tested.kind == kind)
