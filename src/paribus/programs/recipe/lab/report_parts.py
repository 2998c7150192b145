"""The recipe's own parts of a report: confusion matrices, the images on which arms disagree, the networks to try."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from paribus.figures.svg import svg
from paribus.programs.recipe.confusion import evidence_of
from paribus.programs.recipe.figures.confusion import ConfusionView, confusion_figure, confusion_views
from paribus.programs.recipe.figures.disagreements import disagreement_views
from paribus.programs.recipe.lab.lab_data import lab_data
from paribus.programs.recipe.lab.mistake_images import Answered, TestAnswers, mistake_images
from paribus.programs.recipe.lab.report_contents import Opened, lab_material, shown_seed
from paribus.programs.view import ReportParts
from paribus.records.comparison import ArmView, Comparison
from paribus.runs.store import Damage, Store
from paribus.words.translation import translator


def report_parts(comparison: Comparison, names: dict[str, str], lang: str) -> ReportParts:
    """What its page shows; nothing where the comparison has no evidence. Raises ParibusError on damaged images."""
    text, evidence = translator(lang).text, evidence_of(comparison)
    if evidence is None:
        return ReportParts()
    disagree = {"disagree": text("Where the arms disagree most")} if evidence.disagreements else {}
    return ReportParts(
        confusions=tuple(_confusion(view, names, lang) for view in confusion_views(comparison)),
        disagreements=disagreement_views(comparison),
        titles={"mistakes": text("Confusion matrix"), **disagree},
    )


def own_contents(comparison: Comparison, store: Store, lang: str, damage: Damage) -> dict[str, Any]:
    """The networks and the answers to test images, from the store; nothing where the comparison has no evidence."""
    if evidence_of(comparison) is None:
        return {}
    opened = Opened(comparison, store, damage)
    return {"lab": lab_data(comparison, lab_material(opened), lang), "tests": answers_on_tests(opened)}


def mistakes_data(comparison: Comparison, parts: ReportParts, tests: TestAnswers | None) -> dict[str, Any]:
    """`arms`: each with its name and `counts[true][predicted]`; `classes`; `images` of `mistake_images`, or None."""
    images = None if tests is None else mistake_images(tests)
    arms = [{"arm": b.matrix.name, "name": b.name, "counts": b.matrix.counts} for b in parts.confusions]
    classes = parts.confusions[0].matrix.classes if parts.confusions else ()
    return {
        "arms": arms,
        "classes": classes,
        "images": images if images and images["source"] else None,
        "name": comparison.id,
    }


@dataclass(frozen=True)
class ConfusionBlock:
    """One arm's confusion matrix, and what is shown of it.

    `cells[true][predicted]`: (text, level 0 to 10, count); `notes` are sentences. `picture`: the same as a figure, to
    be saved.
    """

    name: str
    matrix: ConfusionView
    cells: tuple[tuple[tuple[str, int, int], ...], ...]
    notes: tuple[str, ...]
    picture: Markup


def _confusion(view: ConfusionView, names: dict[str, str], lang: str) -> ConfusionBlock:
    words = translator(lang)
    rows = zip(view.shares, view.counts, strict=True)
    cells = tuple(tuple(_cell(share, n) for share, n in zip(*row, strict=True)) for row in rows)
    if view.single is not None:
        notes: tuple[str, ...] = (words.text("Calls nearly every image {name}.", name=view.classes[view.single]),)
    elif view.blind:
        given = ", ".join(view.classes[number] for number in view.blind)
        notes = (
            words.text(
                "Gives the same answer whatever the image; which one differs from run to run: {given}.", given=given
            ),
        )
    else:
        notes = tuple(
            words.text(
                "{share} of {true} are called {predicted}",
                share=words.percent(mistake.share),
                true=view.classes[mistake.true],
                predicted=view.classes[mistake.predicted],
            )
            for mistake in view.mistakes
        )
    picture = svg(confusion_figure((view,), list(names.values()), lang))
    return ConfusionBlock(names[view.name], view, cells, notes, picture)


def _cell(share: float, count: int) -> tuple[str, int, int]:
    """Per cent of the row. Square roots set the shade, so that a class confused in 1 of 100 images is still seen."""
    value = 100 * share
    text = "" if not count else "·" if value < 0.05 else f"{value:.1f}" if value < 0.95 else f"{value:.0f}"
    return text, min(10, max(1, round(10 * share**0.5))) if count else 0, count


def answers_on_tests(opened: Opened) -> TestAnswers | None:
    """The test set and what one run of each arm said: of the seed that the networks are shown of, where there is one.

    Arms without a finished run have no answers. None where the data set is not here as the runs had it.
    """
    comparison = opened.comparison
    chosen = shown_seed(comparison)
    answers = []
    dataset = None
    with opened.damage.left_out():
        folders = []
        for arm in comparison.arms:
            named = _run_of(arm, None if chosen is None else chosen[0])
            if named is None:
                continue
            if not opened.store.has_run(named[0]):
                return None
            folder = opened.store.open_run(named[0])
            result = opened.result(folder)
            if result is None or "classes" not in result.items:
                return None
            folders.append(folder)
            answers.append(Answered(arm.name, named[1], result.items["classes"]))
        dataset = opened.dataset(folders)
    if dataset is None or any(len(one.classes) != len(dataset.test_labels) for one in answers):
        return None
    return TestAnswers(dataset.test_labels, dataset.test_images, tuple(answers)) if answers else None


def _run_of(arm: ArmView, seed: int | None) -> tuple[str, int] | None:
    """The arm's finished run of that seed, else its first that trained, else its first: (id, seed)."""
    finished = [run for run in arm.runs if run.status == "finished"]
    finished.sort(key=lambda run: (run.seed != seed, not run.counted))
    return (finished[0].id, finished[0].seed) if finished else None
