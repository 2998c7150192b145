"""The matplotlib back end: the comparison's numbers, no pyplot, no glyph missing."""

from __future__ import annotations

import io
import re
import subprocess
import sys

import numpy as np
import pytest
from fontTools.ttLib import TTFont
from matplotlib.backends.backend_agg import FigureCanvasAgg

from paribus.core.errors import ParibusError
from paribus.figures.fonts import FAMILY, figure_fonts
from paribus.figures.kinds import figure
from paribus.records.comparison import Comparison
from tests.factories import CASES, make_comparison


@pytest.mark.parametrize("kind", ["curves", "differences", "confusion"])
@pytest.mark.parametrize("case", ["lesson", "mixture", "all_diverged", "three_arms", "one_seed"])
def test_what_needs_the_comparison_alone_is_drawn_without_a_warning(case: str, kind: str) -> None:
    assert case in CASES
    FigureCanvasAgg(figure(make_comparison(case), kind, "en")).draw()


@pytest.mark.parametrize("kind", ["forces", "features", "interventions", "map"])
def test_what_needs_more_is_refused_without_it(kind: str) -> None:
    with pytest.raises(ParibusError, match=f"a figure of {kind} is drawn from more than the comparison"):
        figure(make_comparison("lesson"), kind)


def test_the_mean_line_is_the_mean_over_seeds() -> None:
    comparison = make_comparison("lesson")
    axes = figure(comparison).axes[0]
    _, mean = [artist for artist in axes.lines if artist.get_gid() == "mean"]
    expected = np.mean([run.curves["val_accuracy"] for run in comparison.arms[1].runs], axis=0)
    np.testing.assert_allclose(mean.get_ydata(), expected)
    np.testing.assert_array_equal(mean.get_xdata(), range(1, 16))
    assert axes.get_title(loc="left") == "Validation accuracy"


def test_korean_is_drawn_in_the_embedded_typeface() -> None:
    drawn = figure(make_comparison("lesson"), "curves", "ko")
    FigureCanvasAgg(drawn).draw()  # a missing glyph is a warning, which fails
    assert drawn.axes[0].get_title(loc="left") == "검증 정확도"
    ticks = [label for axes in drawn.axes for label in axes.get_xticklabels() + axes.get_yticklabels()]
    assert {tuple(text.get_fontfamily()) for text in [*ticks, drawn.axes[0].title]} == {(FAMILY,)}


@pytest.mark.parametrize("kind", ["curves", "confusion"])
def test_a_pdf_embeds_that_typeface_and_no_other(kind: str) -> None:
    fonts = set(re.findall(rb"/FontName /[A-Z]{6}\+([\w-]+)", saved(make_comparison("lesson"), kind, "pdf", "ko")))
    assert fonts
    assert fonts <= {b"ParibusSans-Regular", b"ParibusSans-SemiBold"}


def test_an_svg_has_the_outlines_of_every_syllable() -> None:
    svg = saved(make_comparison("lesson"), "curves", "svg", "ko").decode()
    assert "<text" not in svg
    for letter in "검증":  # matplotlib names an outline by its font and its glyph or character: that differs by version
        named = set()
        for path in figure_fonts():
            font = TTFont(path)
            glyph = font.getGlyphID(font.getBestCmap()[ord(letter)])
            named |= {f"{path.stem}-{number:x}" for number in (ord(letter), glyph)}
        assert any(f'id="{name}"' in svg for name in named)


def test_the_same_figure_is_the_same_file() -> None:
    comparison = make_comparison("one_seed")
    for form in ("svg", "pdf", "png"):
        assert saved(comparison, "differences", form, "en") == saved(comparison, "differences", form, "en")


def saved(comparison: Comparison, kind: str, form: str, lang: str) -> bytes:
    out = io.BytesIO()
    figure(comparison, kind, lang).savefig(out, format=form)
    return out.getvalue()


def test_a_name_in_another_script_or_with_dollar_signs_is_drawn_as_it_stands() -> None:
    comparison = make_comparison("lesson").model_copy(update={"factor": "model"})
    names = [
        arm.model_copy(update={"value": name}) for arm, name in zip(comparison.arms, ("$x^$", "ネオ"), strict=True)
    ]
    drawn = figure(comparison.model_copy(update={"arms": tuple(names)}), "confusion")
    titles = [axes.title if not axes.get_title(loc="left") else axes._left_title for axes in drawn.axes]
    assert [title.get_text() for title in titles] == ["$x^$", "ネオ"]
    assert not titles[0].get_parse_math()
    assert titles[1].get_fontfamily() == [FAMILY, "DejaVu Sans"]


def test_a_notebook_shows_it_as_an_image() -> None:
    shown = figure(make_comparison("lesson"))._repr_png_()
    assert shown.startswith(b"\x89PNG\r\n\x1a\n")


def test_an_unknown_kind_is_refused_with_the_choices() -> None:
    with pytest.raises(
        ParibusError, match=r'kind must be one of curves, differences, forces, .*map; got "curve".*curves'
    ):
        figure(make_comparison("lesson"), "curve")
    with pytest.raises(ParibusError, match="lang must be one of"):
        figure(make_comparison("lesson"), "curves", "fr")


def test_importing_presentation_loads_neither_matplotlib_nor_torch() -> None:
    code = (
        "import sys, paribus.report, paribus.report.notebook,"
        " paribus.figures.kinds;"
        "print([name for name in ('matplotlib', 'torch', 'scipy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
