"""Loops of simulated edits for `referee_simulation.py`: laws of figures, rules of keeping, and how a path is scored."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np
from referee_levels import Levels
from scipy import special

from paribus.core.seeds import generator
from paribus.referee.keep_rule import LoopError, Past, Try

Generator = np.random.Generator
Law = Callable[[Generator], float]


def _collapse(share: float) -> Law:
    return lambda draw: draw.standard_normal() if draw.random() >= share else -50.0


ITEM = 1 / math.sqrt(200 * 0.9 * 0.1)  # deviations to an item of 200, nine tenths of them right

# A run's figure, more is better, with a deviation of one (of a collapsed run: as low as it gets).
LAWS: dict[str, Law] = {
    "normal": lambda draw: draw.standard_normal(),
    "collapse 1 %": _collapse(0.01),
    "collapse 5 %": _collapse(0.05),
    "heavy tails (t3)": lambda draw: draw.standard_t(3) / math.sqrt(3),
    "tails without a variance (t1.5)": lambda draw: 0.5 * draw.standard_t(1.5),
    "tail of good runs": lambda draw: draw.standard_exponential(),
    "tail of bad runs": lambda draw: -draw.standard_exponential(),
    "whole images": lambda draw: draw.standard_normal(),  # rounded with the edit's effect in it
    "half images": lambda draw: draw.standard_normal(),
    "accuracy on 200 items": lambda draw: (draw.binomial(200, 0.9) - 180) * ITEM,
    "drifting machine": lambda draw: draw.standard_normal(),
    "machine with spells": lambda draw: 0.6 * draw.standard_normal(),  # and 0.8 of a spell
}
# Met by the rule only after it was made.
LATER: dict[str, Law] = {
    "two spreads": lambda draw: (0.5 if draw.random() < 0.9 else 2.8) * draw.standard_normal(),
    "lognormal losses": lambda draw: -(math.exp(draw.standard_normal()) - math.exp(0.5)) / 2.16,
    "Cauchy": lambda draw: 0.3 * draw.standard_cauchy(),
    "two modes, the better one rare": lambda draw: 0.3 * draw.standard_normal() + 3.2 * (draw.random() < 0.1),
    "two modes, the worse one rare": lambda draw: 0.3 * draw.standard_normal() - 3.2 * (draw.random() < 0.1),
    "three values": lambda draw: 1.2 * float(draw.integers(-1, 2)),
    "alike in nine runs of ten": lambda draw: 3.2 * draw.standard_normal() if draw.random() < 0.1 else 0.0,
    "spread that wanders": lambda draw: draw.standard_normal(),  # doubled and halved by spells
}
LAWS |= LATER
IMAGES = {"whole images": 1.0, "half images": 2.0, "accuracy on 200 items": ITEM}  # deviations to an image
DRIFT = 0.02  # deviations a run, always downwards
SPELL = 0.9  # of a spell that stays from one run to the next


@dataclass
class Machine:
    """What runs, one run after the other: the clock of a drifting machine goes on with each.

    edited: another law of candidates' runs, if theirs has another shape. apart: deviations by which runs of a pair
    differ where a seed moves both arms alike; None where it moves them independently.
    """

    law: str
    draw: Generator
    edited: Law | None = None
    apart: float | None = None
    runs: int = 0
    repeats: bool = False
    spell: float = 0.0

    def run(self, quality: float, edited: bool = False) -> float:
        self.runs += 1
        law = self.edited if edited and self.edited else LAWS[self.law]
        figure = float(law(self.draw)) + quality
        if self.law == "drifting machine":
            figure -= DRIFT * self.runs
        if self.law in ("machine with spells", "spread that wanders"):
            self.spell = SPELL * self.spell + math.sqrt(1 - SPELL**2) * self.draw.standard_normal()
        if self.law == "machine with spells":
            figure += 0.8 * self.spell
        if self.law == "spread that wanders":
            figure = quality + (figure - quality) * 2**self.spell
        step = IMAGES.get(self.law)
        return figure if step is None else step * round(figure / step)

    def gain(self, baseline: float, candidate: float) -> float:
        """Of a pair run side by side, in random order."""
        if self.apart is not None:
            self.runs += 2
            return candidate - baseline + self.apart * self.draw.standard_normal()
        if self.draw.random() < 0.5:
            figure = self.run(baseline)
            return self.run(candidate, edited=True) - figure
        return self.run(candidate, edited=True) - self.run(baseline)


class Runs(Protocol):
    """What a rule can have run: an arm is its quality here, and its source text in `referee_loop.py`.

    repeats: whether both runs of the last pair gave the same figures to the bit.
    """

    repeats: bool

    def run(self, arm: Any, /) -> float: ...

    def gain(self, baseline: Any, candidate: Any, /) -> float: ...


class Rule:
    """How a loop decides: `keeps` says of one edit whether it is kept; it is made anew for every loop."""

    def start(self, machine: Runs, baseline: Any) -> None:
        """Before the first edit."""

    def keeps(self, machine: Runs, baseline: Any, candidate: Any) -> bool:
        raise NotImplementedError


class Greedy(Rule):
    """One run of each edit; kept if it beats the best figure so far."""

    floor = 0.0

    def start(self, machine: Runs, baseline: Any) -> None:
        self.best = machine.run(baseline)

    def keeps(self, machine: Runs, baseline: Any, candidate: Any) -> bool:
        figure = machine.run(candidate)
        if figure <= self.best + self.floor:
            return False
        self.best = figure
        return True


class NoiseFloor(Greedy):
    """Two runs of the baseline; kept if it beats the best so far by more than they differ."""

    def start(self, machine: Runs, baseline: Any) -> None:
        one, other = machine.run(baseline), machine.run(baseline)
        self.best, self.floor = max(one, other), abs(one - other)


@dataclass
class Pairs(Rule):
    """So many pairs of each edit, kept by the one-sided paired t test at the levels of a rule."""

    pairs: int
    levels: Levels

    def keeps(self, machine: Runs, baseline: Any, candidate: Any) -> bool:
        gains = np.array([machine.gain(baseline, candidate) for _ in range(self.pairs)])
        error = max(float(gains.std(ddof=1)), 1e-9) / math.sqrt(self.pairs)
        return self.levels.rejects(float(special.stdtr(self.pairs - 1, -gains.mean() / error)))


@dataclass
class Referee(Rule):
    """The referee's own decisions, `paribus.referee.keep_rule`; like it, it runs the baseline three times at the start.

    make: a try of another kind for the comparison of rules.
    """

    settings: LoopError = field(default_factory=LoopError)
    make: Callable[[LoopError, list[Past]], Try] = Try
    past: list[Past] = field(default_factory=list)

    def start(self, machine: Runs, baseline: Any) -> None:
        figures = tuple(machine.run(baseline) for _ in range(3))
        self.settings = replace(self.settings, baseline=figures)

    def keeps(self, machine: Runs, baseline: Any, candidate: Any) -> bool:
        going, gains = self.make(self.settings, self.past), []
        while going.answer is None:
            gains.append(machine.gain(baseline, candidate))
            if machine.repeats:
                return False  # nothing changed; nothing is spent, and nothing learnt of the spread
            going.add(gains[-1])
        self.past.append(Past(going.answer, going.test is not None, tuple(gains)))
        return going.answer == "keep"


@dataclass
class Score:
    """Along the paths that loops took: what each edit was worth on the baseline that it met."""

    loops: int = 0
    runs: int = 0
    tries: int = 0
    any_wrong: int = 0  # loops that kept an edit that does nothing, or harms
    kept: int = 0
    real: int = 0
    kept_real: int = 0
    shares: list[float] = field(default_factory=list)  # of a loop's kept edits that do nothing
    idle_pairs: list[int] = field(default_factory=list)  # runs of an idle edit, halved
    kept_pairs: list[int] = field(default_factory=list)  # of a real one that was kept

    @property
    def power(self) -> float:
        return 100 * self.kept_real / max(1, self.real)


def loops(
    make: Callable[[], Rule],
    law: str,
    effects: Iterator[list[float]],
    count: int,
    edited: Law | None = None,
    growth: float = 0.0,
    apart: float | None = None,
) -> Score:
    """Run `count` loops, each over the next list of effects, in deviations of a run.

    growth: by how much of itself a real edit is worth more for each that was kept before it.
    """
    score = Score()
    for number in range(count):
        machine, rule, stands = Machine(law, generator(number, f"loop/{law}"), edited, apart), make(), 0.0
        rule.start(machine, stands)
        right = wrong = 0
        for alone in next(effects):
            before, effect = machine.runs, alone * (1 + growth * right)
            kept = rule.keeps(machine, stands, stands + effect)
            stands += effect if kept else 0.0
            right, wrong = right + (kept and effect > 0), wrong + (kept and effect <= 0)
            score.real += effect > 0
            score.tries += 1
            score.kept += kept
            if effect <= 0 or kept:
                (score.kept_pairs if effect > 0 else score.idle_pairs).append((machine.runs - before + 1) // 2)
        score.loops += 1
        score.kept_real += right
        score.any_wrong += wrong > 0
        score.shares.append(wrong / (right + wrong) if right + wrong else 0.0)
        score.runs += machine.runs
    return score
