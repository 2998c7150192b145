"""The matplotlib back end: the comparison's numbers, no pyplot, no glyph missing."""

from __future__ import annotations

import io
import subprocess
import sys

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from paribus.presentation.figures import matplotlib_drawing
from paribus.presentation.figures.matplotlib_figure import KINDS, figure
from paribus.values.errors import ParibusError
from tests.factories import CASES, make_comparison


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("case", ["lesson", "mixture", "all_diverged", "three_arms", "one_seed"])
def test_every_kind_is_drawn_without_a_warning(case: str, kind: str) -> None:
    assert case in CASES
    FigureCanvasAgg(figure(make_comparison(case), kind, "en")).draw()


def test_the_mean_line_is_the_mean_over_seeds() -> None:
    comparison = make_comparison("lesson")
    axes = figure(comparison).axes[0]
    (mean,) = [artist for artist in axes.lines if artist.get_gid() == "mean-1"]
    expected = np.mean([run.val_accuracy for run in comparison.arms[1].runs], axis=0)
    np.testing.assert_allclose(mean.get_ydata(), expected)
    np.testing.assert_array_equal(mean.get_xdata(), range(1, 16))
    assert axes.get_title(loc="left") == "Validation accuracy"


def test_korean_is_drawn_with_every_glyph_or_not_at_all() -> None:
    drawn = figure(make_comparison("lesson"), "curves", "ko")
    FigureCanvasAgg(drawn).draw()  # a missing glyph is a warning, which fails
    titles = [axes.get_title(loc="left") for axes in drawn.axes]
    assert titles[0] == ("검증 정확도" if matplotlib_drawing.hangul_font() else "Validation accuracy")


def test_without_a_hangul_font_labels_are_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matplotlib_drawing, "hangul_font", lambda: None)
    drawn = figure(make_comparison("lesson"), "curves", "ko")
    assert drawn.axes[0].get_title(loc="left") == "Validation accuracy"


def test_a_notebook_shows_it_as_an_image() -> None:
    shown = figure(make_comparison("lesson"))._repr_png_()
    assert shown.startswith(b"\x89PNG\r\n\x1a\n")


def test_it_is_written_as_pdf_and_svg() -> None:
    drawn = figure(make_comparison("one_seed"), "differences")
    for form, start in (("pdf", b"%PDF"), ("svg", b"<?xml")):
        out = io.BytesIO()
        drawn.savefig(out, format=form)
        assert out.getvalue().startswith(start)


def test_an_unknown_kind_is_refused_with_the_choices() -> None:
    with pytest.raises(ParibusError, match=r'kind must be one of curves, differences, confusion; got "curve".*curves'):
        figure(make_comparison("lesson"), "curve")
    with pytest.raises(ParibusError, match="lang must be one of"):
        figure(make_comparison("lesson"), "curves", "fr")


def test_importing_presentation_loads_neither_matplotlib_nor_torch() -> None:
    code = (
        "import sys, paribus.presentation.report, paribus.presentation.notebook,"
        " paribus.presentation.figures.matplotlib_figure;"
        "print([name for name in ('matplotlib', 'torch', 'scipy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
