"""What a map says, in words, on a terminal and as a grid."""

from __future__ import annotations

import io

import pytest

from paribus.figures.map import grid_view
from paribus.maps.words.map_words import cell_words, map_headline, map_text, map_words
from paribus.records.map import MapPlan, MapRound, VerdictMap
from paribus.terminal.map import MapShow
from paribus.terminal.screen import Screen
from tests.map_cases import BETTER, NEITHER, a_cell, a_map


def shown(made: VerdictMap, lang: str = "en", columns: int = 100, env: dict[str, str] | None = None) -> str:
    out = io.StringIO()
    MapShow(Screen(out, {"COLUMNS": str(columns), **(env or {})}, lang)).map(made)
    return out.getvalue()


def test_the_headline_counts_cells() -> None:
    assert map_headline(a_map(), "en") == (
        "ReLU is better in 2 of 6 cells; practically equal (within one percentage point of validation accuracy) in 1; "
        "no arm trains in 1; open in 2."
    )
    assert "within 0.5 percentage points" in map_headline(a_map().model_copy(update={"margin": 0.005}), "en")
    assert map_headline(a_map(), "ko").startswith("6칸 가운데 2칸에서 ReLU가 더 낫습니다. ")


def test_it_says_how_long_runs_were_and_what_chance_does() -> None:
    words = map_words(a_map(), "en")
    assert "Runs have 5 epochs; what longer ones would show, the map does not say." in words
    assert "4.1 % of cases" in words
    assert "up to 0.2 of 6 cells" in words
    assert "want of time" not in words
    assert "want of time" in map_words(a_map(complete=False), "en")
    cells = [
        cell.model_copy(update={"epochs": 15}) if cell.state == "neither_trains" else cell for cell in a_map().cells
    ]
    longer = a_map().model_copy(update={"cells": tuple(cells)})
    assert "Runs have 5 epochs, and 15 where none trained in that time; " in map_words(longer, "en")


def test_every_cell_has_its_sentence() -> None:
    made = a_map()
    better, counted, equal, open_, neither, not_run = (cell_words(made, cell, "en") for cell in made.cells)
    assert better == (
        "ReLU is better. ReLU minus sigmoid: +5.0 points of validation accuracy (95 % interval 5.0 to 5.0). "
        "Trained in 5 epochs: sigmoid 4 of 4, ReLU 4 of 4."
    )
    assert counted == "ReLU is better. It trains more often. Trained in 5 epochs: sigmoid 0 of 4, ReLU 4 of 4."
    assert equal.startswith("Practically equal. ReLU minus sigmoid: +0.10 points")
    assert open_ == "Open. Trained in 5 epochs: sigmoid 3 of 4, ReLU 4 of 4."
    assert neither == "No arm trains. Trained in 5 epochs: sigmoid 0 of 2, ReLU 0 of 2."
    assert not_run == "Not run."
    assert map_text(made, "en").splitlines()[2].startswith("weight decay 0, learning rate 0.001: ReLU is better.")


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_the_grid_has_the_axes_order(lang: str) -> None:
    view = grid_view(a_map(), lang)
    assert (view.rows, view.columns) == (("0", "0.001", "0.1"), ("0.001", "0.01"))
    assert [[cell.mark for cell in row] for row in view.cells] == [["●", "●"], ["=", "?"], ["×", "?"]]
    assert [cell.detail for cell in view.cells[0]] == ["+5.0", "0/4 · 4/4"]
    assert view.cells[2][1].detail == ""
    one = grid_view(a_map(axes=1), lang)
    assert (len(one.rows), one.columns, one.column_field) == (5, ("",), "")


def test_of_three_arms_the_number_is_the_winners_lead() -> None:
    made = a_map(axes=1)
    arms = (*made.arms, made.arms[0].model_copy(update={"name": "tanh", "value": "tanh"}))
    first = a_cell({"relu": [0.95, 0.96, 0.95, 0.96], "sigmoid": [0.90] * 4, "tanh": [0.85] * 4}, (0.0,))
    view = grid_view(made.model_copy(update={"arms": arms, "cells": (first, *made.cells[1:])}), "en")
    assert (view.cells[0][0].title, view.cells[0][0].detail) == ("ReLU", "+5.5")


def test_a_terminal_has_words_where_they_fit_and_marks_where_they_do_not() -> None:
    wide, narrow, least = (shown(a_map(), columns=columns) for columns in (100, 40, 20))
    assert "● ReLU" in wide
    assert "none trains" in wide
    assert "● +5.0" in narrow
    assert "none trains" not in narrow.split("better")[-1]
    assert "● ReLU better" in least
    for text in (wide, narrow, least):
        assert "\x1b" not in text
        assert a_map().id in text.replace("\n", "")


def test_colours_are_only_added() -> None:
    coloured = shown(a_map(), env={"FORCE_COLOR": "1", "TERM": "xterm-256color"})
    assert "\x1b[" in coloured
    assert "● ReLU" in coloured


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_rounds_and_plan_are_told(lang: str) -> None:
    out = io.StringIO()
    show = MapShow(Screen(out, {"COLUMNS": "100"}, lang))
    with show:
        show.event(MapRound(1, 2, 8, ()))
        show.event(MapRound(2, 1, 4, (a_cell(BETTER), a_cell(NEITHER, look=0))))
    show.plan(MapPlan("map-a", 2, 8, 32, 0, 30.0, 240.0, 5_000_000))
    told = out.getvalue()
    assert ("2 cells, 8 runs" in told) == (lang == "en")
    assert ("1 of 2 decided" in told) == (lang == "en")
    assert "map-a" in told
    assert "5.0 MB" in told


def test_a_users_name_is_only_shown() -> None:
    made = a_map()
    arms = (made.arms[0], made.arms[1].model_copy(update={"value": "[red]\x1b[31mname"}))
    told = shown(made.model_copy(update={"factor": "model", "arms": arms}), env={"FORCE_COLOR": "1"})
    assert "[red]" in told
    assert "\x1b[31mname" not in told
