"""Tables that cannot be read for certain are refused in one sentence, with the line where there is one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import paribus as pb
from tests.tables.writing import LONG, written

HEADER = "seed,model,acc\n"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", ["the file is empty"]),
        ("\n \n", ["the file is empty"]),
        (HEADER, ["there is a header, and no row below it"]),
        (HEADER + "0,A,0.9\n1,A\n", ["line 3", "the row has 2 cells, and the header has 3"]),
        (HEADER + "0,A,0,91\n", ["line 2", "4 cells", "decimal commas need semicolons"]),
        (HEADER + "0,A,0.9\n0,B,0.8\n0,A,0.7\n", ["line 4", "A, seed 0, has a second figure, 0.7; line 2 has 0.9"]),
        (HEADER + "0,A,0.9\n0,B,0.8\n0,A,0.9\n", ["line 4", "second figure"]),
        (HEADER + "0,A,=B2+1\n", ["line 2", 'acc has a formula, "=B2+1"']),
        (HEADER + "0,=A,0.9\n", ["line 2", "formula"]),
        (HEADER + "=1,A,0.9\n", ["line 2", "seed has a formula"]),
        (HEADER + "0,A,good\n", ["line 2", 'acc must be a number; got "good"']),
        (HEADER + "0,A,1_0\n", ["line 2", 'acc must be a number; got "1_0"']),
        (HEADER + "0,A,0.91±0.02\n", ["line 2", "acc must be a number"]),
        (HEADER + ",A,0.9\n", ["line 2", "seed is empty"]),
        (HEADER + "0,,0.9\n", ["line 2", "names the arm is empty"]),
        (HEADER + "0,A,0.9\n1,A,0.8\n", ['two arms or more; got A']),
        ("seed,model,acc,acc\n0,A,1,2\n", ["line 1", 'two columns are called "acc"']),
        (HEADER + '0,"A,0.9\n1,B,0.8\n', ["line 2", "the row cannot be read: unexpected end of data"]),
        (HEADER + '0,"A\nx",0.9\n1,B\n', ["line 4", "2 cells"]),
        ((HEADER + "0,A,0.9\n0,B,\0").encode(), ["line 3", "NUL byte"]),
        (LONG.encode("utf-16-le"), ["line 1", "NUL byte: the file is binary, or in UTF-16 without its mark"]),
        ((HEADER + "0,A,0.9\n0,모델,0.8\n").encode("cp949"), ["line 3", "not in UTF-8"]),
        (b"\x89PNG\r\n\x1a\n", ["an image"]),
        (b"PK\x03\x04rest", ["an Excel workbook"]),
        ("seed;model;acc\n0;A;1,234\n0;B;2,345\n", ["line 2", "the comma may be a decimal one, or part thousands"]),
        ("seed;model;acc\n0;A;0,91\n0;B;0.92\n", ["line 2", "a comma here and a point in line 3"]),
        ("seed;model;acc\n0;A;91 %\n0;B;0.92\n", ["line 2", "in per cent here and not in line 3"]),
        ('{"seed": 0, "model": "A", "acc": 0.9}\n{"seed": 0,\n', ["line 2", "no JSON object"]),
        ('{"seed": 0, "model": "A", "acc": 0.9}\n[1]\n', ["line 2", "must be a JSON object"]),
        ("[1, 2", ["JSON cannot be read"]),
        (HEADER + "".join(f"0,A{n},0.9\n" for n in range(21)), ["line 22", "this is arm 21", "--arms"]),
        (HEADER + "0,A,0.91\n1,A,0.92\n0,B,91\n1,B,0.93\n", ["a share from 0 to 1 in most runs, and 91 in one"]),
        (HEADER + "0,A,0.9\n1,B,0.9\n", ["A and B have no seed in common"]),
        ("model,acc,loss\nA,1,2\nB,2,3\n", ["which figure is judged?", "acc, loss"]),
        ("a,b,acc\nx,y,1\nz,w,2\n", ["which column says the arm", "a, b, acc"]),
        ("model,epoch,acc\nA,1,0.1\nA,1,0.2\nB,1,0.1\n", ["line 3", "A has epoch 1 of one run again", "--pair-by"]),
        ("model,loss\nA,1\nB,2\n", ["loss:min or loss:max"]),
    ],
)  # fmt: skip
def test_it_is_refused_in_one_sentence(tmp_path: Path, text: str | bytes, parts: Sequence[str]) -> None:
    with pytest.raises(pb.ParibusError) as caught:
        pb.judge(written(tmp_path, text))
    assert [part for part in parts if part not in str(caught.value)] == []
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("asked", "parts"),
    [
        ({"metric": "test_acuracy"}, ['no column "test_acuracy"', 'did you mean test_accuracy?']),
        ({"arm_column": "modle"}, ["did you mean model?"]),
        ({"pair_by": "fold"}, ["the columns are seed, model, test_accuracy"]),
        ({"epoch_column": "epoch"}, ['no column "epoch"']),
        ({"arms": ["A", "C"]}, ['no arm "C"']),
        ({"arms": ["A", "B"], "arm_column": "model", "trained": "loss<1"}, ['no column "loss"']),
        ({"metric": "seed"}, ["seed is one thing alone"]),
        ({"pair_by": "seed", "paired": False}, ["either paired by seed or unpaired"]),
        ({"metric": ["test_accuracy", "test_accuracy:min"]}, ["every metric is named once"]),
    ],
)  # fmt: skip
def test_what_the_table_has_not_is_answered_with_what_it_has(
    tmp_path: Path, asked: dict[str, object], parts: Sequence[str]
) -> None:
    with pytest.raises(pb.ParibusError) as caught:
        pb.judge(written(tmp_path, LONG), **asked)  # type: ignore[arg-type]
    assert [part for part in parts if part not in str(caught.value)] == []


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    for table, said in (
        (tmp_path, "neither event files of TensorBoard nor runs"),
        (tmp_path / "none.csv", "cannot be read"),
    ):
        with pytest.raises(pb.ParibusError, match=said):
            pb.judge(table)
    for other in ([tmp_path, tmp_path], 3.5):
        with pytest.raises(pb.ParibusError):
            pb.judge(other)  # type: ignore[arg-type]


QUIET = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
PIECES = st.sampled_from(
    ["seed", "model", "acc", "A", "B", "0", "1", "0.9", "0,9", "91 %", "nan", "", "=1", '"', ",", ";", "\t", "\n", "\r",
     "{", "[", "}", "]", ":", "\ufeff", "\0", "모델", "1e999", "-", "9" * 30, "\N{ARABIC-INDIC DIGIT THREE}", "²"]
)  # fmt: skip


@QUIET
@given(
    content=st.one_of(st.binary(max_size=200), st.lists(PIECES, max_size=40).map(lambda all_: "".join(all_).encode()))
)
def test_any_bytes_are_a_table_or_a_refusal(tmp_path: Path, content: bytes) -> None:
    try:
        pb.judge(written(tmp_path, content))
    except pb.ParibusError as error:
        assert str(error)


@QUIET
@given(rows=st.lists(st.lists(PIECES.filter(lambda cell: cell not in "\r\n\0"), min_size=3, max_size=3), max_size=12))
def test_any_cells_are_figures_or_a_refusal(tmp_path: Path, rows: list[list[str]]) -> None:
    lines = [";".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    try:
        found = pb.judge(written(tmp_path, "\n".join(["seed;model;acc", *lines])), paired=False)
    except pb.ParibusError as error:
        assert str(error)
    else:
        assert found.words("ko")
        assert found.to_dict()
