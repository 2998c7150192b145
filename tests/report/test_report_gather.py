"""What a report takes from the store: an explanation that is not the comparison's own is left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from paribus.report import write_report
from paribus.report.gather import report_contents
from paribus.runs.store import Store
from tests.diagnosis.explanations import EVERY_KIND, an_explanation
from tests.factories import make_comparison


@pytest.mark.parametrize(("of", "there"), [("lesson", True), ("open", False)])
def test_an_explanation_of_other_arms_keeps_no_report_from_being_made(tmp_path: Path, of: str, there: bool) -> None:
    comparison, store = make_comparison("lesson"), Store(tmp_path)
    store.comparison_folder(comparison.id).mkdir(parents=True)
    store.save_explanation(comparison.id, an_explanation(*EVERY_KIND[1:], comparison=make_comparison(of)))
    contents = report_contents(comparison, store, "en")
    assert (contents.explanation is not None) == there
    assert write_report(comparison, tmp_path / "report.html", "en", contents).is_file()
