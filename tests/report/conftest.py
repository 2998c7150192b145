"""What the browser's tests of a report share."""

from __future__ import annotations

from pathlib import Path

import pytest

from paribus.report import write_report
from paribus.report.contents import ReportContents
from tests.factories import make_comparison
from tests.report.lesson import answers


@pytest.fixture(scope="session")
def lesson(tmp_path_factory: pytest.TempPathFactory) -> Path:
    comparison = make_comparison("lesson")
    target = tmp_path_factory.mktemp("live") / "lesson.html"
    return write_report(comparison, target, "en", ReportContents(tests=answers(comparison)))
