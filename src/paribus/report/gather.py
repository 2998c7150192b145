"""What the store has for a comparison's report: why, the networks, the answers to test images, the map."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from paribus.core.errors import StoreError
from paribus.diagnosis.learning_curves import learning_curves_of
from paribus.figures.figure_inputs import maps_reaching
from paribus.programs.view import program_view
from paribus.records.comparison import Comparison
from paribus.records.explanation import Explanation
from paribus.records.map import VerdictMap
from paribus.records.tuned import Tuned
from paribus.report.contents import ReportContents
from paribus.report.parts import why_part
from paribus.runs.store import Damage, Store
from paribus.words.errors import message_words


def report_contents(comparison: Comparison, store: Store, lang: str) -> ReportContents:
    """Everything beside the comparison that its report shows. What is gone or damaged is left out, never a failure."""
    explanation, damage = None, Damage()
    with damage.left_out():
        explanation = sound_explanation(comparison, store)
    found = ReportContents(
        explanation=explanation,
        curves=() if explanation is None else learning_curves_of(explanation, store, damage),
        verdict_map=map_around(comparison, store, damage),
        tuned=tuned_beside(comparison, store, damage),
        **program_view(comparison.program).report_contents(comparison, store, lang, damage),
    )
    return replace(found, damaged=damage.told(store.root))


def tuned_beside(comparison: Comparison, store: Store, damage: Damage) -> Tuned | None:
    """The arms at their best; None where nobody tuned them, or the file is damaged or of other arms."""
    with damage.left_out():
        found = store.tuned(comparison.id)
        if found is not None and [arm.arm for arm in found.arms] == [arm.name for arm in comparison.arms]:
            return found
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
    """The report's part on why, for a page (`why_part`), and what it had to leave out; None where nobody asked.

    Raises StoreError as `sound_explanation` does.
    """
    explanation = sound_explanation(comparison, store)
    if explanation is None:
        return None
    damage = Damage()
    part = why_part(explanation, comparison, learning_curves_of(explanation, store, damage), lang)
    return {**part, "left_out": [message_words(said, lang) for said in damage.told(store.root)]}


def map_around(comparison: Comparison, store: Store, damage: Damage) -> VerdictMap | None:
    """The newest map whose plane the comparison is a point of."""
    found = maps_reaching(comparison, store, damage)
    return found[-1] if found else None
