"""The map of a verdict: one comparison under many recipes, a small one in each cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from paribus.core.frozen import Document, Frozen
from paribus.records.comparison import Comparison, ReasonName
from paribus.records.program import Fields, FieldValue, Metric, ProgramInfo
from paribus.records.run import Environment
from paribus.records.verdict_parts import Verdict

MAP_SCHEMA = 2

# What a cell came to. `neither_trains`: no run of any arm trained; `open`: nothing is established, or it was not run.
CellState = Literal["better", "equal", "neither_trains", "open"]


class Axis(Frozen):
    """A recipe field that the map goes over, with its values in the order in which they are drawn."""

    field: str
    values: tuple[FieldValue, ...]


class MapArm(Frozen):
    """An arm of every cell: the factor's value, and the name that it has."""

    name: str
    value: FieldValue


class CellArm(Frozen):
    """One arm in a cell: how many of its `runs` trained, and the mean of its steering metric at the end, `value`.

    `trained` is None where that means nothing to the program; `counted` are then those that came to a figure. The mean
    is over all runs where all or none of them count, else over those that do; None where there is none.
    """

    name: str
    runs: int
    counted: int
    trained: int | None
    value: float | None


class CellPair(Frozen):
    """Two arms in a cell, paired seed by seed. `difference`: b minus a, in the unit of the steering metric.

    `difference`, `low`, `high` (t interval at 95 %) are None where a run did not train: there counts decide. `p`: of
    the test that decides, after Holm's correction over the cell's pairs.
    """

    a: str
    b: str
    difference: float | None
    low: float | None
    high: float | None
    p: float | None
    verdict: Verdict
    reason: ReasonName


class MapCell(Frozen):
    """One point of the map. `at`: a value for each axis, in their order. `winner`: the arm that is better, if one is.

    `look`: which look at the cell decided or left it open, from 1; 0 before the first.
    """

    at: tuple[FieldValue, ...]
    state: CellState
    winner: str | None = None
    epochs: int
    seeds: tuple[int, ...] = ()
    look: int = 0
    arms: tuple[CellArm, ...] = ()
    pairs: tuple[CellPair, ...] = ()


class VerdictMap(Document):
    """Where which arm wins. `fields` are what the axes start from; `epochs` how long its cells' runs are at first.

    `margin` (in the unit of `metric`) is what counts as practically equal. `alpha`: the level that all looks at one
    cell share, at most. `complete`: nothing was left out for want of time. `runs`: the ids of all runs that the map
    rests on.
    """

    kind: ClassVar[str] = "map"
    schema_number: int = MAP_SCHEMA
    id: str
    factor: str
    program: ProgramInfo
    fields: Fields
    recipe_name: str
    arms: tuple[MapArm, ...]
    axes: tuple[Axis, ...]
    cells: tuple[MapCell, ...]
    epochs: int
    margin: float
    alpha: float
    seconds: float
    complete: bool
    runs: tuple[str, ...]
    environment: Environment
    command: str
    created: str
    paribus: str

    @property
    def metric(self) -> Metric:
        """What cells are judged by: the metric that steers."""
        return self.program.steering

    def cell(self, *at: FieldValue) -> MapCell:
        """The cell at a value of each axis. Raises KeyError where the map has none there."""
        for cell in self.cells:
            if cell.at == at:
                return cell
        raise KeyError(at)

    def counted(self, state: CellState, winner: str | None = None) -> int:
        """How many cells came to a state, of `better` those that one arm won."""
        return sum(cell.state == state and cell.winner == winner for cell in self.cells)

    def reaches(self, comparison: Comparison) -> bool:
        """Whether the comparison is one point of the map's plane, whatever the length of its runs.

        Its arms must be among the map's, and it may differ from the map in factor, axes and length alone.
        """
        free = {self.factor, self.program.length, *(axis.field for axis in self.axes)}
        known = [arm.value for arm in self.arms]
        return (
            comparison.factor == self.factor
            and all(arm.value in known for arm in comparison.arms)
            and all(set(self.fields.differences(arm.fields)) <= free for arm in comparison.arms)
        )


@dataclass(frozen=True)
class MapPlan:
    """The runs of a map: `least` if every cell were decided at once, `most` with all seeds of every cell.

    A cell in which nothing trains is run for longer, which nobody knows beforehand. `seconds` are None where nothing
    tells how long a run takes; `bytes` bounds the disk space of `runs_most` runs.
    """

    id: str
    cells: int
    runs_least: int
    runs_most: int
    finished: int
    seconds_least: float | None
    seconds_most: float | None
    bytes: int


@dataclass(frozen=True)
class MapRound:
    """A round of runs begins: for which cells, how many runs it needs, and what all cells came to so far."""

    number: int
    cells: int
    runs: int
    so_far: tuple[MapCell, ...]
