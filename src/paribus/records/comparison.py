"""The comparison: arms x seeds with statistics and a verdict. Terminal, report, web and JSON show this object."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator

from paribus.core.frozen import Document, Frozen
from paribus.records.datasets import Datasets
from paribus.records.exaggeration import Overstated
from paribus.records.factorial import Factorial
from paribus.records.outlying_run import FarRun
from paribus.records.program import Fields, FieldValue, Metric, ProgramInfo
from paribus.records.reasons import REASON, known_reason
from paribus.records.run import Environment, Failure, Status
from paribus.records.verdict_parts import Answers, Anytime, Verdict

COMPARISON_SCHEMA = 2

ReasonName = Annotated[str, AfterValidator(known_reason)]


class Estimate(Frozen):
    """A mean of `n` values with its t interval at `level`; `low` and `high` are None where one leaves no spread."""

    mean: float
    low: float | None
    high: float | None
    level: float
    n: int


class RunView(Frozen):
    """One run inside a comparison.

    trained: what the program says; None where *trained* means nothing to it. figures: the final ones, by name; a run
    that diverged lacks those that it did not reach. curves: figures by epoch, from the first. Shares are fractions,
    losses nats, `seconds` what the run took. failure: why it failed. astray: a figure of the judged metric beyond what
    any run could mean; it is then not among the figures. dataset: on which it was, where there are several.
    """

    id: str
    seed: int
    status: Status
    trained: bool | None
    figures: dict[str, float]
    curves: dict[str, tuple[float, ...]]
    seconds: float
    failure: Failure | None = None
    astray: float | None = None
    dataset: str = ""

    def last(self, name: str) -> float | None:
        """The final figure of that name, or else the last one of its curve; None where there is neither."""
        curve = self.curves.get(name, ())
        return self.figures.get(name, curve[-1] if curve else None)

    @property
    def length(self) -> int:
        """How far the run came, in units of its program's length."""
        return max(map(len, self.curves.values()), default=0)

    @property
    def counted(self) -> bool:
        """Whether the rule counts it as trained: as the program says, else by whether it came to an end."""
        return self.status == "finished" if self.trained is None else self.trained


class ArmView(Frozen):
    """One arm: its fields, how many of its runs trained (with a Wilson interval), and its figures by metric.

    The counts are None where *trained* means nothing to the program. Figures are over all runs where all or none of
    them trained. Where only some did, a mean over both kinds would describe no run at all: it is then over the trained
    ones, and `over` says `trained`. A metric that no such run has is not among `figures`. total: how many runs there
    are, where `runs` has only the first of them.
    """

    name: str
    value: FieldValue
    fields: Fields
    trained: int | None
    trained_low: float | None
    trained_high: float | None
    over: Literal["all", "trained"]
    figures: dict[str, Estimate]
    runs: tuple[RunView, ...]
    total: int | None = None

    @property
    def size(self) -> int:
        """How many runs it has."""
        return len(self.runs) if self.total is None else self.total

    @property
    def counted(self) -> int:
        """How many of its runs the rule counts as trained."""
        if self.trained is None:
            return self.size - sum(not run.counted for run in self.runs)
        return self.trained


class McNemar(Frozen):
    """One seed: items that only a, or only b, got right; the exact two-sided p of their split."""

    seed: int
    only_a: int
    only_b: int
    p: float


class PairView(Frozen):
    """Two arms, paired seed by seed or not, by one metric. Differences are b minus a, in the metric's unit.

    seeds, differences: those of the pairs; of arms that are not paired none. seeds_only_a, seeds_only_b: seeds that
    only one arm has a run of, which are left out. trained_a of runs_a and trained_b of runs_b: the counts by which the
    pair is decided; mean_a, mean_b: of the figures whose difference it is. These are None in records of before. over:
    `all` seeds; or, where an arm is a mixture of runs that trained and runs that did not, only the seeds in which it
    `trained`. An arm that never trained is no mixture: all its runs are alike, and count. low, high: t interval at
    `level` over seeds alone, or Welch's; error, df: the standard error that it is of, and its degrees of freedom.
    reshaped: the interval is longer to the side of a tail, or leaves runs out that stand out, see `heavy_tails`.
    items_low, items_high: over seeds and items; of one seed over the items alone.
    seed_share: share of the variance of the mean difference that seeds bring, the rest is from the items. These, and
    `mcnemar`, only where outcomes by item are known. p: exact permutation p, of sign flips or of unpaired runs; p_min:
    the least that so many runs can reach; p_sign_flip_holm: p after Holm's correction over all pairs. p_t: paired t
    test, or Welch's. p_trained: Fisher's exact test on the counts of trained runs. p_equal: TOST within the margin.
    p_decision: of the test that decides; p_holm: the same after Holm's correction. seeds_to_settle: how many seeds in
    all would likely settle an open verdict, were the effect as seen; None where none affordable would; its low and
    high: the middle half of what the runs leave possible, high None where no end is known. margin_supported: the least
    margin by which the arms would be practically equal. could_differ: where nothing differs, the share of other seeds
    that may differ all the same, at `level`. unseen_share: where an arm is better by its figures, the share of seeds
    with which it may fail though none of these did, at `level`; unseen_loss: how much worse it would have to be with
    each of them for no lead to be left. answers: the two that the verdict is made of; None in records of before.
    anytime: how far the pair came, in a comparison that grew until it was decided: then p_trained, p_equal, p_decision
    and the interval may be read after every pair, and `level` has the pair's share of the error. far_runs: runs whose
    figure is far from those of their arm's others; without_far: the difference without them, None where there are none.
    overstated: by how much what is only just decided is, on average; None where that is little.
    """

    a: str
    b: str
    metric: str
    over: Literal["all", "trained"]
    seeds: tuple[int, ...]
    differences: tuple[float, ...]
    difference: float | None
    low: float | None
    high: float | None
    level: float
    items_low: float | None
    items_high: float | None
    seed_share: float | None
    p: float | None
    p_min: float
    p_sign_flip_holm: float | None = None
    p_t: float | None
    p_trained: float | None
    p_equal: float | None
    p_decision: float | None
    p_holm: float | None
    p_equal_holm: float | None
    decided_by: Literal["t", "welch", "fisher", "anytime", "datasets", "none"]
    mcnemar: tuple[McNemar, ...]
    verdict: Verdict
    reason: ReasonName
    seeds_to_settle: int | None
    seeds_to_settle_low: int | None = None
    seeds_to_settle_high: int | None = None
    margin_supported: float | None = None
    could_differ: float | None = None
    unseen_share: float | None = None
    unseen_loss: float | None = None
    trained_a: int | None = None
    runs_a: int | None = None
    trained_b: int | None = None
    runs_b: int | None = None
    mean_a: float | None = None
    mean_b: float | None = None
    error: float | None = None
    df: float | None = None
    reshaped: bool = False
    seeds_only_a: tuple[int, ...] = ()
    seeds_only_b: tuple[int, ...] = ()
    answers: Answers | None = None
    anytime: Anytime | None = None
    far_runs: tuple[FarRun, ...] = ()
    without_far: Estimate | None = None
    overstated: Overstated | None = None


class Repeat(Frozen):
    """A run made twice with one seed. first, again: its figure of the metric each time; None where it came to none.

    share: how far they are apart, as a share of the standard deviation of the arm's runs over the seeds; None where
    that is not known. Without luck besides the seed's it is 0.
    """

    arm: str
    seed: int
    metric: str
    first: float | None
    again: float | None
    share: float | None

    @property
    def same(self) -> bool:
        """Whether the seed gave the same figure twice."""
        return self.first == self.again


class Comparison(Document):
    """Arms x seeds, with statistics; ends in a verdict by the rule of docs/decisions (the decision rule).

    metric: the one that is judged, as precise as its figures are. margin: practically equal is within this difference,
    in the metric's unit; 0 where none was given, and then nothing is. paired: runs with one seed are compared with each
    other; else all runs of an arm with all of another. baseline: the arm against which each other one is judged, and no
    two others; empty where every pair is. claims: how many metrics are claimed at once, over all pairs of
    which Holm's correction then is. look: which look at these arms this is, from 1; alpha: the level that the decision
    rule allows this look. rule: the edition of the decision rule, `first` or `second`, or `anytime` where pairs were
    added until it was decided; records of before have none, and are of the first. pairs: by the metric that is
    judged. other_pairs: the same pairs by each other metric that there are figures of, metric by metric; they
    describe, without a margin, and are not corrected for how many metrics there are. factorial: of two crossed
    factors what each does; then there are no pairs. datasets: of several data sets what is known of each, and over
    them; then a pair's verdict is over data sets like these, and arms' figures are means over data sets. repeat:
    whether one seed gives one figure; None where that was not tried. tuned_fields: those in which each arm has what was
    found best for it. evidence: what the program's own sections show, as a JSON object whose form is the program's;
    None where it has none.
    """

    kind: ClassVar[str] = "comparison"
    schema_number: int = COMPARISON_SCHEMA
    id: str
    program: ProgramInfo
    metric: Metric
    factor: str
    recipe_name: str
    confounded: bool
    differences: dict[str, tuple[FieldValue, ...]]
    seeds: tuple[int, ...]
    margin: float
    paired: bool = True
    baseline: str = ""
    claims: int = 1
    look: int
    looks_allowed: int
    alpha: float
    rule: str = "first"
    arms: tuple[ArmView, ...]
    pairs: tuple[PairView, ...]
    other_pairs: tuple[PairView, ...] = ()
    repeat: Repeat | None = None
    factorial: Factorial | None = None
    datasets: Datasets | None = None
    tuned_fields: tuple[str, ...] = ()
    evidence: dict[str, Any] | None = None
    environment: Environment
    command: str
    created: str
    paribus: str

    def judged(self, arm: ArmView) -> Estimate | None:
        """An arm's figure of the metric that is judged; None where no run of it has one."""
        return arm.figures.get(self.metric.name)

    @property
    def tests(self) -> int:
        """How many tests Holm's correction is over."""
        return len(self.pairs) * self.claims

    def least_sign_flip_p(self, pair: PairView) -> float:
        """The least that the pair's permutation p can come to with its runs, corrected for the number of tests."""
        return min(1.0, self.tests * pair.p_min)

    def on_these_items(self, pair: PairView) -> bool:
        """Whether the verdict is established for the items at hand alone, and not over seeds and items.

        Items are what the metric counts. False where their outcomes are not known.
        """
        if pair.items_low is None or pair.items_high is None or pair.over != "all":
            return False
        if pair.verdict == "equal":
            return max(-pair.items_low, pair.items_high) > self.margin
        return pair.verdict != "open" and not REASON[pair.reason].counts and pair.items_low <= 0 <= pair.items_high

    def by(self, metric: str) -> Comparison:
        """The same, judged by another of its metrics; without a margin."""
        pairs = tuple(pair for pair in self.other_pairs if pair.metric == metric)
        return self.model_copy(update={"metric": self.program.metric(metric), "pairs": pairs, "margin": 0.0})

    @property
    def weakest(self) -> ArmView:
        """The arm that trained in fewest runs, of those the one that ended worst: what why is asked about."""

        def standing(arm: ArmView) -> tuple[int, float]:
            estimate = self.judged(arm)
            return arm.counted, self.metric.gain(0.0, estimate.mean) if estimate else float("-inf")

        return min(self.arms, key=standing)
