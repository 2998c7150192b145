"""One pair of arms as a speaker needs it: who is a, who is b, who won, and the numbers turned to face the winner."""

from __future__ import annotations

from dataclasses import dataclass

from paribus.programs.view import program_view
from paribus.records.comparison import ArmView, Comparison, PairView, RunView
from paribus.records.reasons import TRADE_OFF
from paribus.records.verdict_parts import Answer
from paribus.words.labels import Name
from paribus.words.metric_format import Measure, measure_of
from paribus.words.numbers import p_text
from paribus.words.translation import Words, mark, translator

# Tests by their names in a record of an answer.
TESTS: dict[str, str] = {
    "fisher": mark("Fisher's exact test"),
    "t": mark("paired t test"),
    "welch": mark("Welch's t test"),
    "anytime_counts": mark("anytime-valid test of the counts"),
    "anytime_t": mark("anytime-valid t test"),
}
_ROUNDING = 1e-9  # of the figures' size; far more than floats lose


@dataclass(frozen=True)
class PairFacts:
    """A pair in its comparison, with the words of one language.

    `first` is the winner where there is one, in a trade-off the arm that trains more often, else b. The
    difference is first minus second; so are its intervals.
    """

    comparison: Comparison
    pair: PairView
    words: Words
    first: ArmView
    second: ArmView
    sign: int

    @property
    def first_name(self) -> Name:
        """What people call the first arm."""
        return self._name(self.first)

    @property
    def second_name(self) -> Name:
        """What people call the second arm."""
        return self._name(self.second)

    @property
    def seeds(self) -> int:
        """How many seeds the difference is over."""
        return len(self.pair.seeds)

    def _name(self, arm: ArmView) -> Name:
        return self.words.name_of_arm(arm.name, self.comparison.factor, arm.value)

    @property
    def only_pair(self) -> bool:
        """Whether this is the comparison's one pair: then "better" needs no "than"."""
        return len(self.comparison.pairs) == 1

    @property
    def measure(self) -> Measure:
        """How figures of the metric that is judged are written."""
        return measure_of(self.comparison.metric, self.words.lang)

    @property
    def same_seeds(self) -> bool:
        """Whether both arms' figures are over the very seeds of the difference, so that they may stand beside it.

        The pair's seeds are among those of each arm, so equal numbers are the same seeds.
        """
        if not self.comparison.paired:  # the difference is that of the arms' means
            return True
        if self.pair.seeds_only_a or self.pair.seeds_only_b:  # then figures are the pair's own
            return self.all_trained
        estimates = [self.comparison.judged(arm) for arm in (self.first, self.second)]
        return all(estimate is not None and estimate.n == self.seeds for estimate in estimates)

    def counts(self, arm: ArmView) -> tuple[int, int]:
        """How many of an arm's runs trained, and how many there are: of those by which the pair is decided."""
        pair, is_a = self.pair, arm.name == self.pair.a
        trained, runs = (pair.trained_a, pair.runs_a) if is_a else (pair.trained_b, pair.runs_b)
        return (arm.counted, arm.size) if trained is None or runs is None else (trained, runs)

    def runs(self, arm: ArmView) -> list[RunView]:
        """These runs."""
        left_out = {*self.pair.seeds_only_a, *self.pair.seeds_only_b} if self.comparison.paired else set()
        return [run for run in arm.runs if run.seed not in left_out]

    @property
    def all_trained(self) -> bool:
        """Whether every run of both arms trained."""
        return all(trained == runs for trained, runs in map(self.counts, (self.first, self.second)))

    @property
    def judged(self) -> bool:
        """Whether the rule still decides at this look."""
        return self.comparison.look <= self.comparison.looks_allowed

    @property
    def difference(self) -> float | None:
        """First minus second, in the metric's unit."""
        return None if self.pair.difference is None else self.sign * self.pair.difference

    @property
    def seeds_interval(self) -> tuple[float, float] | None:
        """Interval over seeds alone of first minus second."""
        return self._turned(self.pair.low, self.pair.high)

    @property
    def items_interval(self) -> tuple[float, float] | None:
        """Interval over seeds and items of first minus second."""
        return self._turned(self.pair.items_low, self.pair.items_high)

    def _turned(self, low: float | None, high: float | None) -> tuple[float, float] | None:
        if low is None or high is None:
            return None
        return (low, high) if self.sign > 0 else (-high, -low)

    @property
    def places(self) -> int:
        """Decimals that tell this pair's difference, and its interval's width, apart."""
        low, high = self.seeds_interval or (0.0, 0.0)
        width = high - low
        spreads = (self.pair.difference, 20 * width if self.told(self.pair.difference) else width)
        return self.measure.places(*(spread for spread in spreads if self.told(spread)))

    def told(self, spread: float | None) -> bool:
        """Whether it is more than what the rounding of floats makes of the arms' figures."""
        size = max(abs(self.pair.mean_a or 0.0), abs(self.pair.mean_b or 0.0))
        return spread is not None and abs(spread) > _ROUNDING * size

    def figure(self, arm: ArmView) -> str:
        """An arm's figure of the metric."""
        estimate, pair = self.comparison.judged(arm), self.pair
        mean = estimate.mean if estimate else None
        if (pair.seeds_only_a or pair.seeds_only_b) and self.all_trained:  # the arm's mean is over other runs as well
            mean = pair.mean_a if arm.name == pair.a else pair.mean_b
        return self.measure.value(mean, self.places)

    def signed(self) -> str:
        """The difference with its sign, without its unit."""
        return self.measure.signed(self.difference, self.places)

    def ends(self, interval: tuple[float, float]) -> str:
        """`81.9 to 82.3`, with signs where zero is not far."""
        write = self.measure.number if min(interval) > 0 else self.measure.signed
        low, high = (write(end, self.places) for end in interval)
        return self.words.text("{low} to {high}", low=low, high=high)

    def interval(self, of_size: bool = False) -> str:
        """` (95 % interval 81.9 to 82.3 over 6 seeds)`, or nothing where one seed leaves no spread.

        of_size: beside the difference's size, which has no sign: where less is better the winner's is below zero.
        """
        if self.seeds_interval is None:
            return ""
        ends = self.seeds_interval
        if of_size and self.difference is not None and self.difference < 0:
            ends = (-ends[1], -ends[0])
        values = {"level": self.words.level(self.pair.level), "ends": self.ends(ends)}
        if not self.comparison.paired:
            return self.words.text(" (Welch's {level} interval {ends})", **values)
        return self.words.plural(
            " ({level} interval {ends} over {n} seed)",
            " ({level} interval {ends} over {n} seeds)",
            self.seeds,
            **values,
        )

    @property
    def items(self) -> str:
        """What the metric counts, in the plural."""
        return program_view(self.comparison.program).items(self.comparison, self.words)

    @property
    def where(self) -> str:
        """` on these items`, in the program's words, where the verdict is established for no others; else nothing."""
        here = self.comparison.on_these_items(self.pair)
        return self.words.text(" on these {items}", items=self.items) if here else ""

    def corrected(self) -> str:
        """`, after Holm's correction for 3 pairs`, or nothing where there is one test."""
        if self.comparison.tests == 1:
            both = None not in (self.pair.p_decision, self.pair.p_holm) and self.pair.p_decision != self.pair.p_holm
            return self.words.text(", corrected for both questions") if both and not self.pair.anytime else ""
        if self.pair.anytime:
            return self.words.text(", corrected for {n} pairs", n=self.comparison.tests)
        if self.comparison.claims > 1:
            return self.words.text(", after Holm's correction for {n} tests", n=self.comparison.tests)
        return self.words.text(", after Holm's correction for {n} pairs", n=len(self.comparison.pairs))

    def p_of(self, answer: Answer | None) -> str:
        """The p of one of the two answers and its test: `p = 0.014, Fisher's exact test`."""
        if answer is None:
            return "–"
        said = p_text(answer.p_adjusted, self.comparison.alpha)
        return self.words.text("{p}, {test}", p=said, test=self.words.text(TESTS.get(answer.test, answer.test)))

    def _chance(self, p: float | None) -> str:
        """A p value as how often something would happen: `1.5 %`, `less than 0.1 %`."""
        if p is not None and p < 0.001:
            return self.words.text("less than {share}", share=self.words.percent(0.001))
        return self.words.percent(p, 1 if p is None or p < 0.0995 else 0)

    def values(self, p: float | None = None) -> dict[str, object]:
        """Everything that a sentence about the pair may name. `p`: the p value that it is about."""
        measure, size = self.measure, None if self.difference is None else abs(self.difference)
        margin = measure.margin(self.comparison.margin)
        (k, n), (of_first, m) = self.counts(self.second), self.counts(self.first)
        paired, answers = self.comparison.paired, self.pair.answers
        return {
            "first": self.first_name,
            "second": self.second_name,
            "metric": measure.label,
            "best": self.figure(self.first),
            "other": self.figure(self.second),
            "size": measure.with_unit(measure.number(size, self.places)),
            "signed": measure.with_unit(self.signed()),
            "signed_short": measure.with_short_unit(self.signed()),
            "interval": self.interval(),
            "size_short": measure.with_short_unit(measure.number(size, self.places)),
            "of_size": self.interval(of_size=True),
            "p_trains": self.p_of(answers.trains if answers else None),
            "p_figure": self.p_of(answers.figure if answers else None),
            "margin": measure.with_unit(margin),
            "margin_short": measure.with_short_unit(margin),
            "k": k,
            "n": n,
            "l": of_first,
            "m": m,
            "test": self.words.text("paired t test") if paired else self.words.text("Welch's t test"),
            "p": p_text(p, self.comparison.alpha),
            "chance": self._chance(p),
            "corrected": self.corrected(),
            "where": self.where,
        }


def pair_facts(comparison: Comparison, pair: PairView, lang: str) -> PairFacts:
    """The facts of one pair. `pair.a` and `pair.b` are names of the comparison's arms."""
    arms = {arm.name: arm for arm in comparison.arms}
    a, b = arms[pair.a], arms[pair.b]
    leads = pair.verdict
    if pair.reason == TRADE_OFF.name and pair.answers and pair.answers.trains:
        leads = pair.answers.trains.verdict  # the one that trains more often
    first, second, sign = (b, a, 1) if leads != "a_better" else (a, b, -1)
    return PairFacts(comparison, pair, translator(lang), first, second, sign)
