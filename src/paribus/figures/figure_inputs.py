"""What figures of a comparison or a run are drawn from, gathered from the store; what is missing, and what makes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paribus.core.errors import ParibusError
from paribus.figures.kinds import Material, check_kind, check_run_kind, figure, run_figure
from paribus.programs.view import program_view
from paribus.records.comparison import Comparison
from paribus.records.explanation import Explanation
from paribus.records.map import VerdictMap
from paribus.records.tuned import Tuned
from paribus.runs.store.damage import Damage

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from paribus.results import Run
    from paribus.runs.store import Store


def comparison_figure(
    comparison: Comparison, store: Store, kind: str, lang: str, seed: int | None = None, item: int = 0
) -> Figure:
    """A figure of the kinds of docs/commands.md. `seed` chooses the runs of `forces` and `features`.

    Without it that is the first seed in which most arms trained.
    `item`: place in the test set of the one that `features` shows. Raises ParibusError for whatever is missing, with
    the command that makes it.
    """
    check_kind(kind, comparison.program)
    chosen = _seed(comparison, seed)
    material = Material(
        seed=chosen,
        explanation=_explanation(comparison, store) if kind == "interventions" else None,
        map=_map(comparison, store) if kind == "map" else None,
        tuned=_tuned(comparison, store) if kind == "tuning" else None,
        **program_view(comparison.program).figure_material(comparison, store, kind, chosen, item),
    )
    return figure(comparison, kind, lang, material)


def figure_of_run(run: Run, kind: str = "curves", lang: str = "en", item: int = 0) -> Figure:
    """A figure of the kinds of docs/report.md. Raises ParibusError for whatever is missing."""
    check_run_kind(kind, run.record.program)
    return run_figure(program_view(run.record.program).run_material(run, kind, item), kind, lang)


def maps_reaching(comparison: Comparison, store: Store, damage: Damage) -> tuple[VerdictMap, ...]:
    """The maps of the store in whose plane the comparison lies, the latest last; `damage`: those that are damaged."""
    maps, faults = store.map_survey()
    damage.add(*faults)
    return tuple(made for made in maps if made.reaches(comparison))


def _seed(comparison: Comparison, seed: int | None) -> int:
    if seed is not None and seed not in comparison.seeds:
        raise ParibusError("{field} must be one of {choices}", field="seed", choices=comparison.seeds, got=seed)
    if seed is not None:
        return seed
    return max(
        comparison.seeds,
        key=lambda one: sum(run.counted for arm in comparison.arms for run in arm.runs if run.seed == one),
    )


def _explanation(comparison: Comparison, store: Store) -> Explanation:
    found = store.explanation(comparison.id)
    if found is None:
        raise ParibusError(
            "interventions are drawn from an explanation, and nobody asked for one yet: {command}",
            command=f"paribus why {comparison.id}",
        )
    if not any(tested.screened or tested.confirmed for tested in found.tested):
        raise ParibusError(
            "interventions are drawn from their runs, and this explanation has none: {command}",
            command=f"paribus why {comparison.id}",
        )
    return found


def _tuned(comparison: Comparison, store: Store) -> Tuned:
    found = store.tuned(comparison.id)
    if found is None:
        raise ParibusError("tuning is drawn from the tries of a comparison with --tune, and these arms were not tuned")
    return found


def _map(comparison: Comparison, store: Store) -> VerdictMap:
    damage = Damage()
    if not (found := maps_reaching(comparison, store, damage)):
        for fault in damage.faults:
            raise fault
        raise ParibusError(
            "no map of this comparison is there yet. This would make one: {command}",
            command=program_view(comparison.program).map_command(comparison),
        )
    return found[-1]
