"""Several data sets: two arms on each, over these data sets, and over data sets like them."""

from __future__ import annotations

from paribus.core.frozen import Frozen
from paribus.records.verdict_parts import Answers, Verdict


class OnDataset(Frozen):
    """Two arms on one data set, judged by its runs alone. Differences are b minus a, in the metric's unit.

    runs_a, runs_b: how many count; trained_a, trained_b: how many of them trained. difference, low, high: over the
    seeds in which both trained, with its interval; None where there are none, or one. error, df: the standard error of
    the difference by its seeds, and its degrees of freedom. p, p_adjusted: of the test that decides, corrected for both
    answers of all pairs on all data sets; verdict, reason: by the rule for pairs. p_apart, p_apart_adjusted: whether
    the difference stands apart from those on the other data sets; the second corrected for their number.
    """

    name: str
    runs_a: int
    runs_b: int
    trained_a: int
    trained_b: int
    mean_a: float | None
    mean_b: float | None
    difference: float | None
    low: float | None
    high: float | None
    level: float
    error: float | None
    df: float | None
    test: str
    p: float | None
    p_adjusted: float | None
    verdict: Verdict
    reason: str
    p_apart: float | None = None
    p_apart_adjusted: float | None = None


class Scope(Frozen):
    """What is said of the mean difference: on these data sets, or over data sets like these.

    low, high: its interval at the usual level. p, p_equal: of "there is no difference", and of "it is beyond the
    margin". answers: both, corrected for the number of pairs. reason: why `verdict` is what it is.
    """

    low: float | None
    high: float | None
    p: float | None
    p_equal: float | None
    answers: Answers
    verdict: Verdict
    reason: str


class OverDatasets(Frozen):
    """Two arms over several data sets.

    on: each data set with a run of both. left_out: data sets that count for nothing here, for want of runs of both that
    can be compared. difference: mean of the data sets' differences, each of which counts the same. these: on these very
    data sets, by their seeds; like: over data sets of which these are a random sample. least: how many data sets the
    second takes at least. p_t, p_sign_flip: the two tests whose larger p, or that of `these` where it is larger, `like`
    goes by. p_wilcoxon: of the signed-rank test, which decides nothing here. spread: the standard deviation of what the
    data sets would show with endless seeds (tau), with its interval; None where a data set has no spread of its own.
    new_low, new_high: where the difference on one more data set like these would be found, with as many seeds.
    contrary: data sets on which the other arm is better by their own runs. apart: data sets whose difference stands
    apart from the rest.
    """

    a: str
    b: str
    on: tuple[OnDataset, ...]
    left_out: tuple[str, ...]
    difference: float | None
    level: float
    these: Scope
    like: Scope
    least: int
    p_t: float | None
    p_sign_flip: float | None
    p_wilcoxon: float | None
    spread: float | None
    spread_low: float | None
    spread_high: float | None
    new_low: float | None
    new_high: float | None
    contrary: tuple[str, ...]
    apart: tuple[str, ...]

    @property
    def differing(self) -> tuple[OnDataset, ...]:
        """The data sets that have a difference."""
        return tuple(found for found in self.on if found.difference is not None)


class Datasets(Frozen):
    """Several data sets as a second random factor, beside seeds.

    column: what they are called by. names: all of them, in order. tests: how many tests their own answers are corrected
    for. over: for every pair of arms.
    """

    column: str
    names: tuple[str, ...]
    tests: int
    over: tuple[OverDatasets, ...]

    def of(self, a: str, b: str) -> OverDatasets:
        """What is said of that pair."""
        return next(found for found in self.over if (found.a, found.b) == (a, b))
