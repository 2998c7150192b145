"""The lesson's report as the browser's tests open it, and the files that its buttons save."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from paribus.programs.recipe.lab.mistake_images import Answered, TestAnswers
from tests.factories import make_test_set
from tests.page.opened import Opened
from tests.synthetic_runs import make_run

if TYPE_CHECKING:
    from playwright.sync_api import Locator

    from paribus.records.comparison import Comparison


def answers(comparison: Comparison) -> TestAnswers:
    """The lesson's first seed: sigmoid says one class, ReLU is right in 92.3 %."""
    tests, outcomes = make_test_set(), ("collapsed", 0.923)
    arms = enumerate(zip(comparison.arms, outcomes, strict=True))
    found = [Answered(arm.name, 0, made_run(arm, outcome, place)) for place, (arm, outcome) in arms]
    return TestAnswers(tests.labels, tests.images, tuple(found))


def made_run(arm: Any, outcome: Any, place: int) -> np.ndarray:
    classes = make_run(arm, 0, outcome, place).items["classes"]
    assert classes is not None
    return classes


def saved(opened: Opened, button: Locator) -> tuple[str, bytes]:
    with opened.page.expect_download() as waiting:
        button.click()
    return waiting.value.suggested_filename, Path(waiting.value.path()).read_bytes()


def rows_of(text: bytes) -> list[list[str]]:
    assert text.startswith(b"\xef\xbb\xbf"), "spreadsheets take it for UTF-8"
    return list(csv.reader(io.StringIO(text.decode("utf-8-sig"), newline="")))
