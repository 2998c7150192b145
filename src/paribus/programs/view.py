"""What a program adds to words, JSON and figures of a comparison: found by its kind, and without running any of it."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from paribus.core.errors import shown
from paribus.core.field_text import cut
from paribus.core.messages import Message
from paribus.records.comparison import ArmView, Comparison
from paribus.records.program import ProgramInfo
from paribus.records.run import RunRecord
from paribus.words.safe_text import one_line
from paribus.words.translation import Words, mark

if TYPE_CHECKING:
    from paribus.figures.kinds import Builder
    from paribus.figures.specification import FigureSpec
    from paribus.results import Run
    from paribus.runs.store import Damage, Store

# Kind -> the module whose VIEW knows it. Others have nothing of their own to add.
_VIEWS = {"recipe": "paribus.programs.recipe.view", "table": "paribus.tables.view"}


@dataclass(frozen=True)
class ReportParts:
    """What a program's own parts of a report show. titles: by the section's id, which its template has."""

    confusions: tuple[Any, ...] = ()
    disagreements: tuple[Any, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class NextQuestion:
    """What may be asked after a comparison. about: a sentence on it. command: what asks it."""

    about: str
    command: str


class ProgramView:
    """What only this kind of program says of its comparisons; by default nothing.

    makes_runs: whether more runs can be had of it by a command.
    """

    makes_runs = True

    def prepare(self) -> None:
        """Load what the program's own parts of a report take, while there is time for it."""

    def comparison_json(self, comparison: Comparison, view: dict[str, Any]) -> dict[str, Any]:
        """The object of docs/json.md with the program's own keys beside those that every program has."""
        return view

    def eyebrow(self, comparison: Comparison) -> tuple[str, ...]:
        """The fields whose values stand over a report's title; none: the program's name does."""
        return ()

    def title(self, comparison: Comparison, words: Words) -> str:
        """What stands there where there are no such fields."""
        return one_line(comparison.program.name)

    def trained_note(self, words: Words) -> str:
        """What *trained* means, for a footnote; empty where it means nothing."""
        return ""

    def trained_means(self, comparison: Comparison, words: Words) -> str:
        """The same of this comparison, in a report."""
        return ""

    def curves_note(self, comparison: Comparison, words: Words) -> str:
        """What the curves have to be read with; may be empty."""
        return ""

    def runs_note(self, comparison: Comparison, words: Words) -> str:
        """What the table of runs has to be read with; may be empty."""
        return ""

    def reference(self, comparison: Comparison, metric: str) -> float | None:
        """What a run reaches in a metric that has learned nothing; None where arms differ in it, or nobody knows."""
        return None

    def without_learning(self, comparison: Comparison, arms: Sequence[ArmView], words: Words) -> list[str]:
        """That these arms are worse than what needs no learning at all, where they are and a run cannot fail by it."""
        return []

    def run_facts(self, record: RunRecord, words: Words) -> list[tuple[str, str]]:
        """What was run, for the head of what is shown of a run."""
        fields = ", ".join(f"{name}={shown(value)}" for name, value in record.fields.items())
        return [(words.text("Program"), record.program.name), *([(words.text("Fields"), fields)] if fields else [])]

    def start_title(self, words: Words) -> str:
        """What is started from, as a title inside a table."""
        return words.text("program")

    def pairing(self, words: Words) -> str:
        """What runs with one seed have in common, as far as that is known."""
        return words.text("Runs with one seed are compared with each other.")

    def arms_are(self, comparison: Comparison, words: Words) -> str:
        """What each arm is, and how often it was run."""
        n = len(comparison.seeds)
        return words.plural("Each arm was run {n} time.", "Each arm was run {n} times, each time from another seed.", n)

    def only_difference(self, factor: str, words: Words) -> str:
        """That the arms differ in the factor alone, as far as that is known."""
        return words.text("The arms differ in one thing only: the {factor}. All else is the same.", factor=factor)

    def epoch_columns(self, program: ProgramInfo) -> tuple[tuple[tuple[str, str], ...], ...]:
        """Columns of the table that grows by epoch, figures with their titles, in sets from wide to narrow; or none."""
        return ()

    def items(self, comparison: Comparison, words: Words) -> str:
        """What the metric counts, in the plural."""
        return words.text("items")

    def has_networks(self, comparison: Comparison) -> bool:
        """Whether a page has trained networks to try."""
        return False

    def map_json(self, view: dict[str, Any]) -> dict[str, Any]:
        """A map's object of docs/json.md with the program's own keys beside those that every program has."""
        return view

    def explanation_json(self, view: dict[str, Any]) -> dict[str, Any]:
        """An explanation's, in the same way."""
        return view

    def deficit(self, program: ProgramInfo, words: Words) -> str:
        """What the search counts deficits in, in a word or two."""
        return words.called(program.steering.label)

    def report_parts(self, comparison: Comparison, names: dict[str, str], lang: str) -> ReportParts:
        """Its own parts of a report. names: of the arms, as people call them."""
        return ReportParts()

    def next_questions(self, comparison: Comparison, words: Words) -> tuple[NextQuestion, ...]:
        """What may be asked after it."""
        return ()

    def report_contents(self, comparison: Comparison, store: Store, lang: str, damage: Damage) -> dict[str, Any]:
        """What its own parts are drawn from besides the comparison: fields of `report.material.ReportContents`.

        damage: what cannot be read is left out, and noted there.
        """
        return {}

    def report_data(self, comparison: Comparison, parts: ReportParts, tests: Any) -> dict[str, Any]:
        """What scripts of its own parts take, by the part. tests: as `report_contents` gave it."""
        return {}

    def figures(self) -> Mapping[str, Builder]:
        """Its own kinds of figures of a comparison."""
        return {}

    def figure_material(self, comparison: Comparison, store: Store, kind: str, seed: int, image: int) -> dict[str, Any]:
        """What its own kinds are drawn from: fields of `figures.kinds.Material`."""
        return {}

    def map_command(self, comparison: Comparison) -> str:
        """A command that makes a map of the comparison."""
        words, program = cut(shlex.split(comparison.command))
        kept = [word for word in words[2:] if not word.startswith(("--seeds", "--first-seed", "--margin"))]
        return shlex.join(["paribus", "map", *kept, "--over=FIELD=V1,V2", *(["--", *program] if program else [])])

    def exports(self) -> Mapping[str, str]:
        """The kinds of files that its runs can be handed on as, with what such a file is usually called."""
        return {}

    def export(self, runs: Sequence[tuple[str, Run]], kind: str, path: Path, trust: bool) -> Message | None:
        """Write one of them, of runs with their arms' names; what was checked of it. trust: run code of their own."""
        raise NotImplementedError

    def run_kinds(self) -> tuple[str, ...]:
        """Which figures there are of a single run."""
        return ("curves",)

    def check_run_figure(self, kind: str, probes: str) -> None:
        """Raise ParibusError where a run with these probes cannot be drawn so."""

    def run_material(self, run: Run, kind: str, image: int) -> Any:
        """What a figure of a single run is drawn from: it has its `record` and its `epochs`."""
        return run

    def run_figure(self, material: Any, kind: str, lang: str) -> FigureSpec | None:
        """One of them; None for the curves that every program has."""
        return None


def program_views() -> tuple[ProgramView, ...]:
    """What all known programs add."""
    return tuple(map(_loaded, _VIEWS.values()))


def length_words(program: ProgramInfo, length: int, words: Words) -> str:
    """How long a run is: `12 epochs`, `steps 12`; empty of a program whose runs have no length."""
    if program.length == "epochs":
        return words.plural("{n} epoch", "{n} epochs", length)
    return "" if program.length is None else words.value_name(program.length, length)


def step_unit(program: ProgramInfo) -> str:
    """What a row of a run's curve is called: an epoch where that is what its length counts. A message id."""
    return mark("epoch") if program.length == "epochs" else mark("step")


def step_word(program: ProgramInfo, words: Words) -> str:
    """The same in a language."""
    return words.text(step_unit(program))


def reached_words(program: ProgramInfo, done: int, total: int, words: Words) -> str:
    """How far a run is: `epoch 3/15`, or `step 3` where nobody knows how many there will be."""
    if program.length == "epochs":
        return words.text("epoch {n}/{total}", n=done, total=total)
    if program.length is None:
        return words.text("step {n}", n=done)
    return words.text("step {n}/{total}", n=done, total=total)


def program_view(program: ProgramInfo) -> ProgramView:
    """What this program adds."""
    name = _VIEWS.get(program.kind)
    return ProgramView() if name is None else _loaded(name)


def _loaded(name: str) -> ProgramView:
    return cast(ProgramView, import_module(name).VIEW)
