"""Lists of things by name: a table where there is room, and where names would break a paragraph for each thing."""

from __future__ import annotations

import io

import pytest

from paribus.terminal.screen import Column, Screen

NAME = "activation-relu-sigmoid-0123abcd"
VERDICT = "시그모이드보다 ReLU가 낫습니다. " * 4
COLUMNS = ["Comparison", Column("Seeds", "right"), "Verdict"]


def records(width: int) -> str:
    stream = io.StringIO()
    Screen(stream, {"COLUMNS": str(width)}).records(COLUMNS, [[NAME, "6", VERDICT]], "Comparisons")
    return stream.getvalue()


@pytest.mark.parametrize("width", [30, 40, 60, 80, 110])
def test_a_name_is_never_broken(width):
    assert records(width).count(NAME) == 1


def test_where_there_is_room_it_is_a_table():
    assert "Comparison  " in records(80)
    assert "Seeds:" not in records(80)


def test_where_there_is_none_every_cell_has_its_title():
    said = records(40)
    assert NAME in said.splitlines()
    assert "  Seeds: 6; Verdict: 시그모이드보다" in said
