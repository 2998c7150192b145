"""Which figures there are: those of every program, and those that a program adds. matplotlib is loaded to draw one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from paribus.core.errors import ParibusError, nearest
from paribus.figures.curves import curves_figure, run_curves_figure
from paribus.figures.differences import differences_figure
from paribus.figures.forest import forest_figure
from paribus.figures.interaction import interaction_figure
from paribus.figures.interventions import interventions_figure
from paribus.figures.map import map_figure as map_spec
from paribus.figures.measured import curve_metrics
from paribus.figures.specification import FigureSpec, titled
from paribus.figures.tuning import tuning_figure
from paribus.programs.view import program_view, program_views
from paribus.records.comparison import Comparison
from paribus.records.explanation import Explanation
from paribus.records.map import VerdictMap
from paribus.records.program import ProgramInfo
from paribus.records.trace import StepTrace
from paribus.records.tuned import Tuned
from paribus.words.translation import mark, translator

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Material:
    """What some kinds are drawn from besides the comparison; the program gathers it.

    `traces`: of each arm's run of `seed`, by the arm's name. `features`: what a program's own kind is drawn from.
    """

    seed: int = 0
    traces: Mapping[str, Sequence[StepTrace]] = field(default_factory=dict)
    features: Any = None
    explanation: Explanation | None = None
    map: VerdictMap | None = None
    tuned: Tuned | None = None


# Makes one kind of figure; None where what it is drawn from is missing.
Builder = Callable[[Comparison, Material, str], FigureSpec | None]


def _interventions(comparison: Comparison, material: Material, lang: str) -> FigureSpec | None:
    if material.explanation is None:
        return None
    return interventions_figure(comparison, material.explanation, lang)


def _interaction(comparison: Comparison, _: Material, lang: str) -> FigureSpec | None:
    return None if comparison.factorial is None else interaction_figure(comparison, lang)


def _forest(comparison: Comparison, _: Material, lang: str) -> FigureSpec | None:
    return None if comparison.datasets is None else forest_figure(comparison, lang)


def _among(own: Mapping[str, Builder]) -> dict[str, Builder]:
    """The kinds of every program, with a program's own among them."""
    return {
        "curves": lambda comparison, _, lang: curves_figure(comparison, lang) if curve_metrics(comparison) else None,
        "differences": lambda comparison, _, lang: differences_figure(comparison, lang),
        **own,
        "datasets": _forest,
        "interaction": _interaction,
        "interventions": _interventions,
        "tuning": lambda _, material, lang: None if material.tuned is None else tuning_figure(material.tuned, lang),
        "map": lambda _, material, lang: None if material.map is None else map_spec(material.map, lang),
    }


KINDS = tuple(_among({kind: made for view in program_views() for kind, made in view.figures().items()}))
RUN_KINDS = tuple(dict.fromkeys(kind for view in program_views() for kind in view.run_kinds()))


def figure(comparison: Comparison, kind: str = "curves", lang: str = "en", material: Material | None = None) -> Figure:
    """A matplotlib Figure of a comparison, outside pyplot's state: nothing needs to be closed.

    `kind`: one of `KINDS`; docs/commands.md says what each shows. Raises ParibusError on another kind or language, and
    where the material that a kind is drawn from is missing.
    """
    return _on_paper(figure_spec(comparison, kind, lang, material or Material()))


def figure_spec(comparison: Comparison, kind: str, lang: str, material: Material) -> FigureSpec:
    """The specification of a comparison's figure, as `figure` draws it."""
    translator(lang)
    check_kind(kind, comparison.program)
    made = _among(program_view(comparison.program).figures())[kind](comparison, material, lang)
    if made is None:
        raise ParibusError(
            "a figure of {what} is drawn from more than the comparison, and that was not given", what=kind
        )
    return made


def run_figure(material: Any, kind: str = "curves", lang: str = "en") -> Figure:
    """The figure of a single run, from what its program draws it from (`RunMaterial`).

    `kind`: one of `RUN_KINDS`; docs/report.md says what each shows. Raises ParibusError on another kind or language,
    and where the material that a kind is drawn from is missing.
    """
    translator(lang)
    check_run_kind(kind, material.record.program)
    own = program_view(material.record.program).run_figure(material, kind, lang)
    return _on_paper(own or run_curves_figure(material.record, material.epochs, lang))


def map_figure(made: VerdictMap, lang: str = "en") -> Figure:
    """The figure of a map. Raises ParibusError on another language."""
    return _on_paper(map_spec(made, lang))


def check_kind(kind: str, program: ProgramInfo | None = None) -> None:
    """Raise ParibusError unless there are figures of this kind, of a comparison of this program."""
    kinds = KINDS if program is None else tuple(_among(program_view(program).figures()))
    of_runs = mark("{what} is drawn of a single run; of a comparison there are {choices}")
    _check_among(kind, kinds, RUN_KINDS, of_runs)


def check_run_kind(kind: str, program: ProgramInfo | None = None) -> None:
    """Raise ParibusError unless there are figures of this kind, of a single run of this program."""
    kinds = RUN_KINDS if program is None else program_view(program).run_kinds()
    of_comparisons = mark("{what} is drawn of a comparison; of a single run there are {choices}")
    _check_among(kind, kinds, KINDS, of_comparisons)


def _check_among(kind: str, kinds: tuple[str, ...], others: tuple[str, ...], elsewhere: str) -> None:
    if kind in kinds:
        return
    if kind in others:
        raise ParibusError(elsewhere, what=kind, choices=kinds)
    raise ParibusError(
        "{field} must be one of {choices}", field="kind", choices=kinds, got=kind, hint=nearest(kind, kinds)
    )


def _on_paper(spec: FigureSpec) -> Figure:
    from paribus.figures.matplotlib_backend import on_paper

    return on_paper(titled(spec))
