"""How many seeds show something, and what a number of seeds can show: `pb.power`. Needs no torch."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from paribus.comparison.decision_rule.look_levels import look_level
from paribus.comparison.power import with_failures
from paribus.comparison.power.of_tests import MOST_SEEDS, POWER, failures_told_apart
from paribus.comparison.power.pilot import Failed, Spread, comparison_of, failed_of, spread_of
from paribus.comparison.power.with_failures import Rates
from paribus.core.errors import Fault, FaultsError, ParibusError
from paribus.core.messages import Message
from paribus.records.program import Metric

USUAL_SEEDS = (3, 4, 5, 6, 8, 10, 12, 16, 20, 30, 60)


@dataclass(frozen=True)
class Needed:
    """How many seeds, with the spread as it is taken, and at the ends of its interval; None above 1,000."""

    seeds: int | None
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True)
class Shown:
    """What so many seeds show four times in five, in the metric's unit; in spreads where no spread is known.

    difference: the least true one that is found; margin: the least within which arms that do not differ are
    established to be equal, None where so many runs fail that no size would do; each also at the ends of the spread's
    interval. failures: how many runs of one arm must
    fail, where none of the other's does, to tell the arms apart; None where no number would. power: of finding the
    difference that was asked about.
    """

    seeds: int
    difference: float | None
    margin: float | None
    failures: int | None
    power: float | None = None
    difference_low: float | None = None
    difference_high: float | None = None
    margin_low: float | None = None
    margin_high: float | None = None


@dataclass(frozen=True)
class Power:
    """What seeds can show. `str` is it in words.

    level: of each pair's test, Holm's worst case: that of the look over the number of pairs. seeds: those that were
    asked about. difference, margin: likewise, with how many seeds they need. fails: how often runs of the one arm and
    of the other do not train, which is counted in. failed: where that is the pilot's, what it knows it from. rows:
    what other numbers show.
    """

    arms: int
    paired: bool
    look: int
    level: float
    spread: Spread | None
    metric: Metric | None
    seeds: int | None
    difference: float | None
    margin: float | None
    seeds_for_difference: Needed | None
    seeds_for_equality: Needed | None
    rows: tuple[Shown, ...]
    power: float = POWER
    fails: Rates = (0.0, 0.0)
    failed: Failed | None = None
    notes: tuple[Message, ...] = field(default=(), compare=False)
    lang: str = "en"

    @property
    def row(self) -> Shown:
        """Of the seeds that were asked about; else of six, or of those that the question needs."""
        needed = self.seeds_for_difference or self.seeds_for_equality
        wanted = self.seeds or (needed.seeds if needed else None) or 6
        return next(row for row in self.rows if row.seeds == wanted)

    def words(self, lang: str | None = None) -> str:
        """The answer in plain words, in `en` or `ko`."""
        from paribus.comparison.words.power import power_words

        return power_words(self, lang or self.lang)

    def in_language(self, lang: str) -> Power:
        """The same, said in `ko` or `en`."""
        return replace(self, lang=lang)

    def to_dict(self) -> dict[str, Any]:
        """The object of docs/json.md."""
        from paribus.comparison.words.power import power_json

        return power_json(self)

    def __str__(self) -> str:
        return self.words()


def power(
    pilot: Any = None,
    *,
    spread: float | None = None,
    difference: float | None = None,
    margin: float | None = None,
    seeds: int | None = None,
    arms: int | None = None,
    paired: bool | None = None,
    look: int = 1,
    fails: float | Sequence[float] | None = None,
    **table: Any,
) -> Power:
    """How many seeds a question needs, and what a number of seeds can show: four times in five, by the decision rule.

    `pb.power(spread=0.2, difference=0.3)`, `pb.power(seeds=6)`, `pb.power("pilot.csv", difference=0.01)`.

    Args:
        pilot: what the spread is taken from: what `pb.judge`, `pb.compare` or `pb.load_comparison` gave, or whatever
            `pb.judge` takes. Of more arms than two the widest pair counts.
        spread: instead of a pilot, the standard deviation of the paired differences; of the runs of an arm, where they
            are not paired. Without either, everything is in spreads.
        difference: the least that would matter, in the unit of the spread.
        margin: practical equality is within this, in the same unit.
        seeds: the number to tell about.
        arms: how many; two, or as many as the pilot has. More are more pairs, which share the level.
        paired: whether the same seed makes a pair; True, or as in the pilot.
        look: at which look at the same arms the decision is to fall, from 1 to 3.
        fails: the share of runs that do not train, of each arm, or of the one and of the other; none, or as in the
            pilot. The difference is then that of the seeds in which both train.
        table: how a table is read, as `pb.judge` has it.

    Raises:
        ParibusError: with all faults at once, and where the pilot has no spread.
    """
    seen = comparison_of(pilot, table)
    if seen is not None and spread is not None:
        raise ParibusError("the spread is the pilot's; leave one of pilot and spread out")
    arms = arms or (2 if seen is None else len(seen.arms))
    paired = (seen is None or seen.paired) if paired is None else paired
    rates = (0.0, 0.0) if fails is None else tuple(fails) if isinstance(fails, Sequence) else (fails, fails)
    _check(spread, difference, margin, seeds, arms, look, rates)
    if seen is not None and paired != seen.paired:
        raise ParibusError("a pilot's spread is that of its own runs, paired or not; ask by spread for the other")
    size = spread_of(seen) if seen is not None else None if spread is None else Spread(float(spread))
    failed = failed_of(seen, size.of) if fails is None and seen and size and size.of else None
    of_one, of_other = rates if failed is None else failed.shares
    level, likely = look_level(look) / math.comb(arms, 2), (float(of_one), float(of_other))
    if size is None and (difference is not None or margin is not None):
        size = Spread(1.0)  # they are given in spreads
    for_difference = None if difference is None else _needed(size, level, paired, likely, difference=difference)
    for_equality = None if margin is None else _needed(size, level, paired, likely, margin=margin)
    found = {needed.seeds for needed in (for_difference, for_equality) if needed and needed.seeds}
    rows = sorted({*USUAL_SEEDS, *found, *([seeds] if seeds else [])})
    return Power(
        arms=arms,
        paired=paired,
        look=look,
        level=level,
        spread=None if seen is None and spread is None else size,
        metric=None if seen is None else seen.metric,
        seeds=seeds,
        difference=difference,
        margin=margin,
        seeds_for_difference=for_difference,
        seeds_for_equality=for_equality,
        rows=shown(rows, level, paired, size, difference, likely),
        fails=likely,
        failed=failed,
    )


def shown(
    seeds: list[int],
    level: float,
    paired: bool = True,
    spread: Spread | None = None,
    difference: float | None = None,
    fails: Rates = (0.0, 0.0),
) -> tuple[Shown, ...]:
    """What these numbers of seeds, each at least 2, show at a level; in spreads without one."""
    size = spread or Spread(1.0)
    unit = _deviation(size.size, paired)
    low, high = (None if end is None else _deviation(end, paired) for end in (size.low, size.high))

    def of(n: int) -> Shown:
        found = with_failures.difference_found(n, level, fails, paired)
        margin = with_failures.margin_shown(n, level, fails, paired)
        sizes = [None if of is None or end is None else of * end for of in (found, margin) for end in (unit, low, high)]
        power = None if difference is None else with_failures.found(difference / unit, n, level, fails, paired)
        return Shown(
            n, sizes[0], sizes[3], failures_told_apart(n, level), power, sizes[1], sizes[2], sizes[4], sizes[5]
        )

    return tuple(map(of, seeds))


def foreseen(seeds: int, arms: int, paired: bool = True, looks: Sequence[int] = ()) -> tuple[Shown, ...] | None:
    """What so many seeds of so many arms will show, in spreads, and what a third more and twice as many would.

    looks: with how many seeds these arms were looked at before. Nothing of a single seed; None after the last look.
    """
    look = looks.index(seeds) + 1 if seeds in looks else len(looks) + 1
    level = look_level(look) / math.comb(arms, 2)
    more = [seeds, math.ceil(seeds * 4 / 3), 2 * seeds]
    return None if not level else shown(more, level, paired) if seeds > 1 else ()


def _deviation(spread: float, paired: bool) -> float:
    """Of the difference of two runs."""
    return spread if paired else spread * math.sqrt(2)


def _needed(
    spread: Spread | None,
    level: float,
    paired: bool,
    fails: Rates,
    difference: float = 0.0,
    margin: float | None = None,
) -> Needed:
    def at(size: float | None) -> int | None:
        if size is None:
            return None
        unit = _deviation(size, paired)
        if margin is None:
            return with_failures.seeds_for_difference(difference / unit, level, fails, paired)
        return with_failures.seeds_for_equality(margin / unit, level, fails, paired)

    size = spread or Spread(1.0)
    return Needed(at(size.size), at(size.low), at(size.high))


def _check(
    spread: float | None,
    difference: float | None,
    margin: float | None,
    seeds: int | None,
    arms: int,
    look: int,
    fails: Sequence[float],
) -> None:
    sizes = {"spread": spread, "difference": difference, "margin": margin}
    faults = [
        Fault("{field} must be a number greater than {limit}", value, field=name, limit=0)
        for name, value in sizes.items()
        if value is not None and not (isinstance(value, (int, float)) and 0 < value < math.inf)
    ]
    for name, count, least, most in (("seeds", seeds, 2, MOST_SEEDS), ("arms", arms, 2, 20), ("look", look, 1, 3)):
        if count is not None and not (isinstance(count, int) and least <= count <= most):
            rule_said = "{field} must be a whole number from {least} to {most:,}"
            faults.append(Fault(rule_said, count, field=name, least=least, most=most))
    if len(fails) != 2 or not all(isinstance(share, (int, float)) and 0 <= share < 1 for share in fails):
        rule_said = "{field} must be a share of runs, at least 0 % and less than 100 %, or one for each of two arms"
        faults.append(Fault(rule_said, list(fails), field="fails"))
    if faults:
        raise FaultsError("the question", faults)
