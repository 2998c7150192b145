"""The path of a loop as a figure: one try far off does not squeeze the others into a point."""

from __future__ import annotations

import pytest

from paribus.figures.specification import Text
from paribus.figures.tries import TryMark, tries_figure
from paribus.programs.metrics import metric_named
from paribus.words.metric_format import measure_of

USUAL = (
    TryMark("1 idle", False, 0.01, None, None),
    TryMark("2 real", True, 0.08, 0.05, 0.11),
    TryMark("3 harmful", False, -0.2, -0.5, 0.1),
)
MEASURE = measure_of(metric_named("val_loss:min"), "en")


def beyond(tries):
    (panel,) = tries_figure(tries, MEASURE).rows[0]
    ends = panel.x.low, panel.x.high
    return ends, [mark.text for mark in panel.marks if isinstance(mark, Text) and mark.kind == "beyond"]


def test_all_tries_are_on_the_axis_where_none_is_far_off():
    (low, high), arrows = beyond(USUAL)
    assert low <= -0.5
    assert high >= 0.11
    assert arrows == []


@pytest.mark.parametrize(("gain", "arrow"), [(-40.0, "←"), (40.0, "→")])
def test_a_collapsed_try_is_an_arrow_at_the_edge_with_its_gain(gain, arrow):
    (low, high), arrows = beyond((*USUAL, TryMark("4 collapsed", False, gain, -60.0, 60.0)))
    assert high - low < 2
    (told,) = arrows
    assert arrow in told
    assert "40" in told


def test_what_was_kept_is_always_whole():
    (low, high), arrows = beyond((*USUAL, TryMark("4 real", True, 30.0, 20.0, 40.0)))
    assert low <= 0 <= 40 <= high
    assert arrows == []


def test_no_gain_at_all_is_no_reason_to_fail():
    assert beyond((TryMark("1 fails", False, None, None, None),))[1] == []
