"""What the store has for a comparison's report: why, the networks, the answers to test images, the map."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from paribus.core.errors import StoreError
from paribus.diagnosis.learning_curves import learning_curves_of
from paribus.programs.recipe.lab.lab_data import lab_data
from paribus.programs.recipe.lab.mistake_images import Answered, TestAnswers
from paribus.programs.recipe.lab.report_contents import Opened, lab_material, shown_seed
from paribus.records.comparison import ArmView, Comparison
from paribus.records.explanation import Explanation
from paribus.records.map import VerdictMap
from paribus.report.contents import ReportContents
from paribus.report.parts import why_part
from paribus.runs.store import Store


def report_contents(comparison: Comparison, store: Store, lang: str) -> ReportContents:
    """Everything beside the comparison that its report shows. What is gone or damaged is left out, never a failure."""
    explanation, opened = _explanation(comparison, store), Opened(comparison, store)
    shown = ReportContents(
        explanation=explanation,
        curves=() if explanation is None else learning_curves_of(explanation, store),
        verdict_map=map_around(comparison, store),
    )
    if comparison.evidence is None:  # its program has no networks to try
        return shown
    return replace(shown, lab=lab_data(comparison, lab_material(opened), lang), tests=test_answers(opened))


def _explanation(comparison: Comparison, store: Store) -> Explanation | None:
    try:
        return sound_explanation(comparison, store)
    except StoreError:
        return None


def sound_explanation(comparison: Comparison, store: Store) -> Explanation | None:
    """Why, as it was last found; None where nobody asked.

    Raises StoreError where the file is damaged, or tells of other arms than the comparison's, since somebody changed
    one of the two.
    """
    found = store.explanation(comparison.id)
    if found is not None and {told.arm for told in found.symptoms} != {arm.name for arm in comparison.arms}:
        path = store.comparison_folder(comparison.id) / "explanation.json"
        raise StoreError("{path}: it is of other arms than the comparison beside it", path=path)
    return found


def explained_part(comparison: Comparison, store: Store, lang: str) -> dict[str, Any] | None:
    """The report's part on why, for a page (`why_part`); None where nobody asked.

    Raises StoreError as `sound_explanation` does.
    """
    explanation = sound_explanation(comparison, store)
    if explanation is None:
        return None
    return why_part(explanation, comparison, learning_curves_of(explanation, store), lang)


def test_answers(opened: Opened) -> TestAnswers | None:
    """The test set and what one run of each arm said: of the seed that the networks are shown of, where there is one.

    Arms without a finished run have no answers. None where the data set is not here as the runs had it.
    """
    comparison = opened.comparison
    chosen = shown_seed(comparison)
    answers = []
    try:
        folders = []
        for arm in comparison.arms:
            named = _run_of(arm, None if chosen is None else chosen[0])
            if named is None:
                continue
            folder = opened.store.open_run(named[0])
            result = opened.result(folder)
            if result is None or "classes" not in result.items:
                return None
            folders.append(folder)
            answers.append(Answered(arm.name, named[1], result.items["classes"]))
        dataset = opened.dataset(folders)
    except StoreError:
        return None
    if dataset is None or any(len(one.classes) != len(dataset.test_labels) for one in answers):
        return None
    return TestAnswers(dataset.test_labels, dataset.test_images, tuple(answers)) if answers else None


def _run_of(arm: ArmView, seed: int | None) -> tuple[str, int] | None:
    """The arm's finished run of that seed, else its first that trained, else its first: (id, seed)."""
    finished = [run for run in arm.runs if run.status == "finished"]
    finished.sort(key=lambda run: (run.seed != seed, not run.counted))
    return (finished[0].id, finished[0].seed) if finished else None


def map_around(comparison: Comparison, store: Store) -> VerdictMap | None:
    """The newest map whose plane the comparison is a point of."""
    found = [made for made in store.map_survey()[0] if made.reaches(comparison)]
    return found[-1] if found else None
