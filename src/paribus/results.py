"""What workflows hand out: a comparison or a run, with everything that one does with it."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from paribus.comparison.build_assertions import InBuild
from paribus.core.errors import ParibusError
from paribus.core.messages import Message
from paribus.paper.export import InPaper
from paribus.programs.recipe.recipe import Recipe, recipe_of
from paribus.records.comparison import Comparison
from paribus.records.explanation import Explanation
from paribus.records.finding import Finding
from paribus.records.map import VerdictMap
from paribus.records.program import Epoch
from paribus.records.run import RunRecord
from paribus.runs.registry import built_in_of
from paribus.runs.store import Damage, RunFolder, Store

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from torch import nn

    from paribus.records.tuned import Tuned
    from paribus.runs.program_protocol import Program


def _warn(left_out: Iterable[Message]) -> None:
    """Say to who called the method what it goes without."""
    for said in left_out:
        warnings.warn(str(said), stacklevel=3)


@dataclass(frozen=True)
class ComparisonResult(InPaper, InBuild):
    """A finished comparison. In Jupyter it shows itself as a table, curves and the verdict; elsewhere as text."""

    comparison: Comparison
    store: Store
    lang: str = "en"
    program: Program | None = field(default=None, compare=False)  # what was run, where it was run just now

    def in_language(self, lang: str) -> ComparisonResult:
        """The same comparison, shown in `ko` or `en`."""
        return replace(self, lang=lang)

    @property
    def verdict(self) -> str:
        """The verdict in plain words."""
        from paribus.comparison.words.verdict_text import verdict_words

        return verdict_words(self.comparison, self.lang)

    def to_dict(self) -> dict[str, Any]:
        """The object of docs/json.md, as `paribus compare --json` prints it."""
        from paribus.diagnosis.words.explanation_json import explained_json

        return explained_json(self.comparison, self.explanation, self.tuned)

    @property
    def explanation(self) -> Explanation | None:
        """Why, as it was last found (`pb.explain`); None where nobody asked yet."""
        return self.store.explanation(self.comparison.id)

    @property
    def tuned(self) -> Tuned | None:
        """What came of tuning the arms (`tune=`), and the arms compared at their best; None where nobody asked."""
        return self.store.tuned(self.comparison.id)

    @property
    def at_best(self) -> ComparisonResult:
        """The comparison of the arms at their best. Raises ParibusError where they were not tuned."""
        if (found := self.tuned) is None:
            raise ParibusError(
                "these arms were not tuned: compare them with tune={example}", example='{"field": (low, high)}'
            )
        return replace(self, comparison=found.comparison)

    def to_pandas(self) -> Any:
        """A DataFrame with a row for every arm, seed and epoch. Needs pandas."""
        try:
            import pandas as pd
        except ImportError:
            raise ParibusError("to_pandas needs pandas: pip install 'paribus[pandas]'") from None
        rows = [
            {
                "arm": arm.name,
                self.comparison.factor: arm.value,
                "seed": run.seed,
                "status": run.status,
                "trained": run.trained,
                "epoch": epoch + 1,
                **{name: values[epoch] for name, values in run.curves.items() if epoch < len(values)},
                self.comparison.metric.name: run.figures.get(self.comparison.metric.name),
            }
            for arm in self.comparison.arms
            for run in arm.runs
            for epoch in range(max(1, run.length))  # one where nothing is known by epoch
        ]
        return pd.DataFrame(rows)

    def figure(self, kind: str = "curves", *, seed: int | None = None, image: int = 0) -> Figure:
        """A matplotlib figure for a paper; `kind` is one of those of `paribus figure` (docs/commands.md).

        `seed` chooses the runs of `forces` and `features`, `image` the test image of `features`.
        """
        from paribus.figures.figure_inputs import comparison_figure

        return comparison_figure(self.comparison, self.store, kind, self.lang, seed, image)

    @property
    def maps(self) -> tuple[VerdictMap, ...]:
        """The maps that say how far this comparison's verdict reaches (`pb.map_verdict`), the latest last."""
        from paribus.figures.figure_inputs import maps_reaching

        damage = Damage()
        found = maps_reaching(self.comparison, self.store, damage)
        _warn(damage.told(self.store.root))
        return found

    def report(self, path: str | Path | None = None) -> Path:
        """Write the HTML report, one self-contained file, and say where it is; warns of what is damaged."""
        written, left_out = self.report_told(path)
        _warn(left_out)
        return written

    def report_told(self, path: str | Path | None = None) -> tuple[Path, tuple[Message, ...]]:
        """Write the report. Where it is, and what had to be left out because it cannot be read."""
        from paribus.report import write_report
        from paribus.report.gather import report_contents

        target = Path(path) if path is not None else self.folder / "report.html"
        contents = report_contents(self.comparison, self.store, self.lang)
        return write_report(self.comparison, target, self.lang, contents), contents.damaged

    def export(self, kind: str, path: str | Path | None = None) -> Path:
        """Write `predictions` or `confusion` of all its runs, a CSV table, and say where it is."""
        from paribus.programs.exporting import export

        return export(self.runs_by_arm(), self.place, kind, path)[0]

    def runs_by_arm(self) -> list[tuple[str, Run]]:
        """Its runs that the store has, each with its arm's name."""
        ids = [(arm.name, run.id) for arm in self.comparison.arms for run in arm.runs]
        folders = [(arm, self.store.open_run(name)) for arm, name in ids]
        return [(arm, Run(folder.record(), folder.epochs(), folder)) for arm, folder in folders]

    @property
    def place(self) -> Path:
        """Where what is exported of it goes, unless that is said."""
        return self.folder

    @property
    def folder(self) -> Path:
        """Where the store keeps this comparison."""
        return self.store.comparison_folder(self.comparison.id)

    def _repr_html_(self) -> str:
        from paribus.report.notebook import comparison_html

        return comparison_html(self.comparison, self.lang, self._at_best_words())

    def __str__(self) -> str:
        from paribus.report.notebook import comparison_text

        return "\n\n".join([comparison_text(self.comparison, self.lang), *self._at_best_words()])

    def _at_best_words(self) -> tuple[str, ...]:
        """What came of tuning, in paragraphs; nothing where nobody tuned."""
        if (found := self.tuned) is None:
            return ()
        from paribus.comparison.words.tuned import tuned_words

        return tuned_words(self.comparison, found, self.lang)

    __repr__ = __str__


@dataclass(frozen=True)
class Run:
    """A run of the store: its record, its metrics and, when asked for, its network."""

    record: RunRecord
    epochs: tuple[Epoch, ...]
    folder: RunFolder

    @property
    def metrics(self) -> tuple[Epoch, ...]:
        """The run's epochs; a figure of one is an attribute too: `run.metrics[-1].val_loss`."""
        return self.epochs

    @property
    def recipe(self) -> Recipe:
        """What was trained."""
        return recipe_of(self.record.fields)

    def model(self, trust: bool = False) -> nn.Module:
        """The trained network on the CPU, in evaluation mode, on the kernel it was trained with if that is here.

        A model that is not built in is code, looked up in the current folder too, which runs with the user's rights:
        refused unless `trust`. Weights are read from safetensors, which hold no code, and must have the digest that
        the record of a finished run gives. Raises StoreError where they have not, or do not fit the network.
        """
        from paribus.programs.recipe.trained_networks import trained_network

        return trained_network(self.record, self.folder, trust)

    def findings(self) -> tuple[Finding, ...]:
        """What the rules see in this run alone, the strongest first; none where no probe looked."""
        program = built_in_of(self.record.program)
        return () if program is None else program.findings(self.folder.trace(), self.epochs)

    def figure(self, kind: str = "curves", *, image: int = 0, lang: str = "en") -> Figure:
        """A matplotlib figure; `kind` is one of those that `paribus figure` draws of a run (docs/report.md).

        `image` is the test image of `features`.
        """
        from paribus.figures.figure_inputs import figure_of_run

        return figure_of_run(self, kind, lang, image)

    def export(self, kind: str, path: str | Path | None = None, trust: bool = False) -> Path:
        """Write `weights`, `onnx`, `predictions` or `confusion` into a file, as `paribus export` does; where it is.

        trust: of ONNX, as of `model`.
        """
        from paribus.programs.exporting import export

        return export(self.runs_by_arm(), self.place, kind, path, trust)[0]

    def runs_by_arm(self) -> list[tuple[str, Run]]:
        """The run by itself."""
        return [("", self)]

    @property
    def place(self) -> Path:
        """Where what is exported of it goes, unless that is said."""
        return self.folder.path

    def __str__(self) -> str:
        record = self.record
        metric, value = record.program.judging, record.judged
        told = "" if value is None else f", {metric.label.en} {value:{'.2%' if metric.unit == 'share' else '.6g'}}"
        done = f" after {record.epochs_done} epochs" if record.program.length == "epochs" else ""
        return f"run {record.id}: {record.status}{done}{told}"
