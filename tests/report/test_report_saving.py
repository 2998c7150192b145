"""What a report's buttons save: figures as CSV, pictures as SVG and PNG, as they are shown."""

from __future__ import annotations

import re
import struct
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import numpy as np
import pytest

from paribus.figures.curves_view import curves_view
from paribus.report import write_report
from paribus.report.contents import ReportContents
from tests.diagnosis.explanations import EVERY_KIND, an_explanation
from tests.factories import evidence, make_comparison
from tests.map_cases import a_map
from tests.page.opened import Opened
from tests.report.lesson import answers, rows_of, saved

if TYPE_CHECKING:
    from playwright.sync_api import Browser


pytestmark = pytest.mark.browser


def test_a_charts_figures_and_picture_are_saved_as_they_are_shown(browser: Browser, lesson: Path) -> None:
    panel = curves_view(make_comparison("lesson")).panel("val_accuracy")
    with Opened(browser, lesson) as opened:
        opened.mount_all()
        chart = opened.page.locator("[data-mount=curves]")
        name, text = saved(opened, chart.get_by_role("button", name="CSV"))
        assert name == "activation-sigmoid-relu-curves.csv"
        head, *rows = rows_of(text)
        assert head == ["Arm", "Epoch", "Mean", "Lowest", "Highest", *(f"Seed {n}" for n in range(6))]
        assert len(rows) == 2 * 15
        relu = [row for row in rows if row[0] == "ReLU"]
        assert [float(row[2]) for row in relu] == pytest.approx([p.mean for p in panel.arms[1].band], rel=1e-5)
        last = [line.points[-1][1] for line in panel.arms[1].lines]
        assert [float(value) for value in relu[-1][5:]] == pytest.approx(last, rel=1e-5)
        name, drawn = saved(opened, chart.get_by_role("button", name="SVG"))
        assert name.endswith(".svg")
        check_drawing(ElementTree.fromstring(drawn), [p.mean for p in panel.arms[1].band])
        name, image = saved(opened, chart.get_by_role("button", name="PNG"))
        assert image.startswith(b"\x89PNG")
        assert struct.unpack(">II", image[16:24])[0] == 1440
        for kind in ("differences",):
            figure = opened.page.locator(f"[data-chart={kind}]")
            head, row = rows_of(saved(opened, figure.get_by_role("button", name="CSV"))[1])
            (pair,) = make_comparison("lesson").pairs
            assert float(row[1]) == pytest.approx(100 * (pair.difference or 0), abs=1e-3)
            ElementTree.fromstring(saved(opened, figure.get_by_role("button", name="SVG"))[1])
        assert opened.noise == []


def check_drawing(root: ElementTree.Element, means: list[float]) -> None:
    """The dashed line is ReLU's mean: its points lie where the drawing's own ticks say."""
    space = "{http://www.w3.org/2000/svg}"
    ticks = {e.text: float(e.get("y") or 0) - 4 for e in root.iter(f"{space}text") if e.get("text-anchor") == "end"}
    zero, whole = ticks["0 %"], ticks["100 %"]
    (path,) = [e for e in root.iter(f"{space}path") if e.get("stroke-width") == "2.5" and e.get("stroke-dasharray")]
    heights = [float(y) for _, y in re.findall(r"([\d.]+) ([\d.]+)", path.get("d") or "")]
    assert [(y - zero) / (whole - zero) for y in heights] == pytest.approx(means, abs=0.001)


def test_a_cell_of_a_confusion_matrix_opens_the_images_that_the_run_called_so(browser: Browser, lesson: Path) -> None:
    comparison = make_comparison("lesson")
    tests = answers(comparison)
    with Opened(browser, lesson) as opened:
        opened.mount_all()
        matrix, counts = opened.page.locator(".matrix").nth(1), evidence(comparison).confusion["relu"]
        cells = [(t, s) for t in range(10) for s in range(10) if t != s and counts[t][s]]
        true, said = max(cells, key=lambda cell: counts[cell[0]][cell[1]])
        start = matrix.locator("button[tabindex='0']")
        label = f"shows {true}, called {said}: {evidence(comparison).confusion['relu'][true][said]:,}"
        assert start.get_attribute("aria-label") == label
        start.focus()
        opened.page.keyboard.press("Enter")
        numbers = np.flatnonzero((tests.labels == true) & (tests.answers[1].classes == said))
        shown = matrix.locator(".thumbs canvas")
        shown.first.wait_for()
        assert shown.count() == min(12, len(numbers))
        assert f"{len(numbers)} in the run of seed 0" in (matrix.locator(".cell-images").text_content() or "")
        assert shown.first.get_attribute("aria-label") == f"Test image {numbers[0]}"
        pixels = shown.first.evaluate(
            "(c) => [...c.getContext('2d').getImageData(0, 0, c.width, c.height).data].filter((_, i) => i % 4 === 0)"
        )
        assert pixels == tests.images[numbers[0], 0].flatten().tolist()
        opened.page.keyboard.press("ArrowLeft")
        assert opened.page.evaluate("document.activeElement.getAttribute('aria-label')") != label
        opened.page.keyboard.press("Escape")
        assert shown.count() == 0
        head, *rows = rows_of(saved(opened, matrix.get_by_role("button", name="CSV"))[1])
        assert head == ["Shows", *"0123456789"]
        assert [[int(value) for value in row[1:]] for row in rows] == [list(r) for r in counts]
        ElementTree.fromstring(saved(opened, matrix.get_by_role("button", name="SVG"))[1])
        assert opened.noise == []


def test_interventions_map_and_matrices_are_saved_as_their_figures_on_white(browser: Browser, tmp_path: Path) -> None:
    comparison = make_comparison("lesson")
    explanation = an_explanation(*EVERY_KIND, comparison=comparison)
    contents = ReportContents(explanation=explanation, verdict_map=a_map())
    file = write_report(comparison, tmp_path / "report.html", "en", contents)
    with Opened(browser, file, theme="dark") as opened:
        opened.mount_all()
        hosts = {
            "[data-chart=interventions]": "Weight decay 0.1 → 0",
            "[data-chart=map]": "● ReLU",
            ".matrix": "Sigmoid",
        }
        for host, words in hosts.items():
            button = opened.page.locator(host).first.get_by_role("button", name="Save the picture as SVG")
            text = saved(opened, button)[1].decode()
            root = ElementTree.fromstring(text)
            assert words in [e.text for e in root.iter() if e.tag.endswith("text")], host
            assert root[0].get("fill") == "#ffffff"
            assert "var(" not in text, "no page is there whose colours it could have"
        assert opened.noise == []
