from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paribus.programs.command.metric_files import rows_of
from paribus.programs.command.printed_metrics import LONGEST_LINE, Curve, Lines, Printed, number_around
from paribus.programs.metrics import measured, metric_named

INFO = measured("command", "run", [metric_named("acc"), metric_named("loss:min")], "", "last", {}, "")


def printed(data: bytes, patterns=None, names=("acc", "loss"), stream="stdout", piece=7) -> tuple[list[dict], Printed]:
    rows: list[dict] = []
    reader = Printed(names, patterns or {}, lambda row: rows.append(dict(row)))
    lines = Lines(getattr(reader, f"of_{stream}"))
    for start in range(0, len(data), piece):
        lines.feed(data[start : start + piece])
    lines.end()
    return rows, reader


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False)), st.integers(1, 50))
def test_lines_of_json_are_read_in_whatever_pieces_they_come(values, piece):
    data = "".join(json.dumps({"epoch": n, "acc": value}) + "\n" for n, value in enumerate(values)).encode()
    assert printed(data, piece=piece)[0] == [{"epoch": n, "acc": value} for n, value in enumerate(values)]


@given(st.binary(max_size=400), st.integers(1, 50))
def test_any_bytes_are_borne(data, piece):
    printed(data, {"loss": "loss ([0-9.]+)"}, piece=piece)


def test_no_newline_at_the_end_colours_carriage_returns_and_bytes_that_are_no_text():
    rows, _ = printed(b'\xff\xfe 10%\r 20%\r\x1b[32m{"acc": 0.5}\x1b[0m\nrubbish\n{"acc": 0.75, "x": "\xff"}')
    assert rows == [{"acc": 0.5}, {"acc": 0.75}]


def test_a_pattern_takes_every_match_whatever_stands_around_it():
    data = b"\x1b[1maccuracy: 0.1\x1b[0m\r accuracy: \x1b[31m0.25\x1b[0m.\x00\n"
    data += b"\xf0accuracy: 0.5 accuracy: 75%, bad accuracy: ..\n"
    rows, _ = printed(data, {"acc": r"accuracy: ([0-9.]+)"}, stream="stderr")
    assert rows == [{"acc": 0.1}, {"acc": 0.25}, {"acc": 0.5}, {"acc": 75.0}]


def test_json_of_stderr_does_not_count_and_truth_and_texts_are_no_numbers():
    assert printed(b'{"acc": 1}\n', stream="stderr")[0] == []
    assert printed(b'{"acc": true, "loss": "1"}\n[1]\n{"acc"\n{"acc": null}\n')[0] == []


def test_nan_infinity_and_numbers_without_end():
    (row,), _ = printed(b'{"acc": NaN, "loss": 1' + b"0" * 400 + b"}\n")
    assert math.isnan(row["acc"])
    assert row["loss"] == math.inf


def test_an_object_within_one_and_names_in_other_letters():
    rows, _ = printed(b'{"val": {"acc": 0.5}}\n{"\\uc815\\ud655\\ub3c4": 0.25}\n', names=("val.acc", "정확도"))
    assert rows == [{"val.acc": 0.5}, {"정확도": 0.25}]


def test_a_line_without_end_is_not_held():
    lines = Lines(lambda line: None)
    for _ in range(12):
        lines.feed(b"x" * (1 << 20))
    assert len(lines._rest) <= LONGEST_LINE


def test_a_long_line_of_letters_is_looked_through_in_no_time():
    _, found = printed(b"x" * 400_000 + b"\nacc=1\n", piece=1 << 16)
    assert found.names() == ("acc",)


def test_names_that_were_found_and_the_last_lines():
    _, reader = printed(
        b"".join(b"line %d\n" % n for n in range(40)) + b'accuracy=0.5 Loss: 1e-3\n{"lr": 1}\n', names=("acc",)
    )
    assert reader.names() == ("accuracy", "Loss", "lr")
    assert reader.tail().splitlines()[0] == "line 27"


def test_rows_that_complete_each_other_are_one():
    rows: list = []
    curve = Curve(INFO, lambda row: rows.append(row))
    for row in ({"loss": 3.0}, {"acc": 0.1}, {"loss": 2.0}, {"acc": 0.2}, {"acc": 0.3}):
        curve.row(row)
    curve.end()
    assert rows == [{"loss": 3.0, "acc": 0.1}, {"loss": 2.0, "acc": 0.2}, {"acc": 0.3}]
    assert curve.figures() == {"loss": 2.0, "acc": 0.3}


def test_a_very_long_curve_gives_the_figures_of_all_of_it():
    info = INFO.model_copy(update={"steers": "loss", "source": {"at_epoch": "best"}})
    curve = Curve(info)
    for n in range(25_000):
        curve.row({"acc": float(n), "loss": float(abs(n - 3_000))})
    curve.end()
    assert curve.figures() == {"acc": 3000.0, "loss": 0.0}
    assert len(curve._rows) < 11_000


def test_files_of_figures(tmp_path):
    rows = [{"epoch": 0.0, "acc": 0.5}, {"epoch": 1.0, "acc": 0.75}]
    texts = {
        "a.json": json.dumps(rows),
        "b.jsonl": "\n".join(map(json.dumps, rows)),
        "c.csv": "\ufeffepoch, acc,note\n0,0.5,good\n1,0.75,\n\n",
        "d.tsv": "epoch\tacc\r\n0\t0.5\r\n1\t0.75\r\n",
        "e.json": json.dumps({"epoch": [0, 1], "acc": [0.5, 0.75]}),
        "f.json": "\n".join(map(json.dumps, rows)),
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
        assert rows_of(tmp_path / name) == rows, name
    (tmp_path / "g.csv").write_text("acc,loss\n0.5,\n,2\n0.25,1,5\n")
    assert rows_of(tmp_path / "g.csv") == [{"acc": 0.5}, {"loss": 2.0}, {"acc": 0.25, "loss": 1.0}]


@pytest.mark.parametrize(
    ("line", "found", "whole"),
    [
        ("loss=4.42e-05", "4.42", "4.42e-05"),
        ("loss = -0.5", "0.5", "-0.5"),
        ("acc 0.31.", "0.31", ""),
        ("acc 0.31.", "0.31.", ""),
        ("epoch-3 12/200 7%", "3", ""),
        ("epoch-3 12/200 7%", "200", ""),
        ("v1.5 best 98.25", "98", "98.25"),
    ],
)
def test_a_match_that_stops_inside_a_number_is_known(line, found, whole):
    begin = line.index(found)
    assert number_around(line, begin, begin + len(found)) == whole


def test_last_lines_keep_their_indentation():
    printed = Printed(["loss"], {}, lambda row: None)
    for line in (b"    x = y(", b"         ^", b"SyntaxError"):
        printed.of_stderr(line)
    assert printed.tail() == "    x = y(\n         ^\nSyntaxError"


def test_sealed_numbers_are_read_where_they_stand_right_behind_their_whole_name():
    printed = Printed(["loss"], {}, lambda row: None, ["test_acc", "end.loss_of_test"])
    printed.of_stderr(b"best_test_acc=0.9 test_acc_ema 0.8 at epoch 3")
    assert printed.sealed == {}
    printed.of_stderr(b"epoch 3: test_acc=0.25, loss_of_test: -1.5e-3.")
    assert printed.sealed == {"test_acc": 0.25, "end.loss_of_test": -1.5e-3}
    assert not any(number in printed.tail() for number in ("0.9", "0.8", "25", "1.5"))
