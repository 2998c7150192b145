"""Figures and findings of a single run: what they are drawn from, gathered from the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from paribus.core.errors import ParibusError, StoreError
from paribus.core.messages import Message
from paribus.diagnosis.findings import findings_of
from paribus.figures.kinds import RUN_KINDS, check_run_kind, run_figure
from paribus.programs.recipe.figures.classes import ClassShares
from paribus.programs.recipe.figures.features import FeaturesView
from paribus.programs.recipe.figures.material import features_of, shown_image
from paribus.programs.recipe.figures.run import RunMaterial
from paribus.records.finding import Finding
from paribus.records.trace import StepTrace

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from paribus.results import Run

UNSEEN = ("curves", "classes", "features")  # kinds that need no trace


def figure_of_run(run: Run, kind: str = "curves", lang: str = "en", image: int = 0) -> Figure:
    """A figure of the kinds of docs/report.md. `image`: place in the test set of the one that `features` shows.

    Raises ParibusError for whatever is missing.
    """
    check_run_kind(kind)
    record = run.record
    material = RunMaterial(
        record=record,
        epochs=run.epochs,
        trace=trace_of(run) if kind not in UNSEEN else (),
        class_names=_class_names(run) if kind in ("classes", "features") else (),
        shares=_shares(run) if kind == "classes" else None,
        features=_features(run, image) if kind == "features" else None,
    )
    return run_figure(material, kind, lang)


def check_run_figure(kind: str, probes: str) -> None:
    """Raise ParibusError unless a run with these probes can be drawn so."""
    check_run_kind(kind)
    if probes == "off" and kind not in UNSEEN:
        raise ParibusError(
            "{what} are drawn from what the probes see; got --probes=off. Without them: {choices}",
            what=kind,
            choices=UNSEEN,
        )


def trace_of(run: Run) -> tuple[StepTrace, ...]:
    """What the probes saw; empty where none looked."""
    return run.folder.trace()


def findings_of_run(run: Run) -> tuple[Finding, ...]:
    """What the rules see in this run alone, the strongest first; none where no probe looked."""
    return findings_of(trace_of(run), run.epochs)


def _class_names(run: Run) -> tuple[str, ...]:
    from paribus.programs.recipe.data import open_dataset

    return open_dataset(run.recipe.dataset).class_names


def _shares(run: Run) -> ClassShares:
    from paribus.programs.recipe.data import open_dataset
    from paribus.programs.recipe.data.sampling import sample

    record = run.record
    result = run.folder.result()
    if result is None or "classes" not in result.items:
        raise ParibusError(
            "classes are drawn from the answers to the test images; run {name}, {status}, has none",
            name=record.id,
            status=Message(record.status),
        )
    dataset = open_dataset(run.recipe.dataset)
    trained = sample(dataset.train_labels, dataset.classes, run.recipe, record.seed).train_labels
    return ClassShares(
        *(_share(labels, dataset.classes) for labels in (trained, dataset.test_labels, result.items["classes"]))
    )


def _share(labels: NDArray[np.int64], classes: int) -> tuple[float, ...]:
    return tuple(float(share) for share in np.bincount(labels, minlength=classes) / max(1, len(labels)))


def _features(run: Run, image: int) -> FeaturesView:
    shown = shown_image(run.recipe, image)
    try:
        made = features_of("", run.folder, shown)
    except StoreError as error:
        raise ParibusError(
            "features are drawn from the run's weights, and they are missing ({problem})", problem=error.message
        ) from None
    return shown.view(run.record.seed, (made,))


__all__ = ["RUN_KINDS", "check_run_figure", "figure_of_run", "findings_of_run", "trace_of"]
