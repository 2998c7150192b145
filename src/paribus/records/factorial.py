"""Two factors crossed: the cells, and what each factor does, alone, on average, and together with the other."""

from __future__ import annotations

from typing import Literal

from paribus.core.frozen import Frozen
from paribus.records.program import FieldValue
from paribus.records.verdict_parts import Answers

EffectKind = Literal["main", "interaction", "simple"]


class Factor(Frozen):
    """A factor and its levels, in order."""

    name: str
    values: tuple[FieldValue, ...]


class Cell(Frozen):
    """The arm that has a level of each factor."""

    arm: str
    levels: tuple[FieldValue, FieldValue]


class Effect(Frozen):
    """What one factor's step from level `a` to level `b` does: a contrast of cells within each seed.

    factor: whose step it is. at: of a simple effect the level of the other factor. across: of an interaction the two
    levels of the other factor; it is the step's effect at the second less its effect at the first. A main effect is the
    mean over all levels of the other factor. plus, minus: names of the arms that count for and against. trained_plus of
    runs_plus, trained_minus of runs_minus: how many of their runs trained. over: the figure is over `all` seeds, where
    in each cell every run trained or none did; else over those in which every cell `trained`; `none` where there are
    none: no mean is taken over a mixture. seeds, contrasts: these, with the contrast in each, in the metric's unit;
    size, low, high: their mean and its t interval at `level`; reshaped: it is longer to the side of a tail, or leaves
    seeds out that stand out, as of a pair. answers: `trains` by the counts, where a run did not train; `figure` by the
    t test on the contrasts, where every cell trained; `b_better` is a gain.
    """

    kind: EffectKind
    factor: str
    a: FieldValue
    b: FieldValue
    at: FieldValue = None
    across: tuple[FieldValue, ...] = ()
    plus: tuple[str, ...]
    minus: tuple[str, ...]
    trained_plus: int
    runs_plus: int
    trained_minus: int
    runs_minus: int
    over: Literal["all", "trained", "none"]
    seeds: tuple[int, ...]
    contrasts: tuple[float, ...]
    size: float | None
    low: float | None
    high: float | None
    level: float
    reshaped: bool = False
    answers: Answers

    @property
    def told(self) -> str:
        """`better` or `worse` where an answer is decided and none contradicts it, else `open`."""
        found = {answer.verdict for answer in (self.answers.trains, self.answers.figure) if answer is not None}
        found -= {"open", "equal"}
        return {"b_better": "better", "a_better": "worse"}[found.pop()] if len(found) == 1 else "open"


class Factorial(Frozen):
    """Two factors, every level of one with every level of the other.

    seeds: with which every cell has a run; left_out: cell by cell the seeds that it has and another lacks. tests: how
    many tests there are, of all effects together: Holm's correction is over them. effects: main effects, interactions
    (one for every two levels of each factor), simple effects.
    """

    factors: tuple[Factor, Factor]
    cells: tuple[Cell, ...]
    seeds: tuple[int, ...]
    left_out: dict[str, tuple[int, ...]]
    tests: int
    effects: tuple[Effect, ...]

    def arm(self, first: FieldValue, second: FieldValue) -> str:
        """The name of the arm with these levels."""
        return next(cell.arm for cell in self.cells if cell.levels == (first, second))

    def of(self, kind: EffectKind) -> tuple[Effect, ...]:
        """The effects of a kind."""
        return tuple(effect for effect in self.effects if effect.kind == kind)
