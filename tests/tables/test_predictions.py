"""Two files of predictions over one test set: a word on two networks, and none on what trained them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy import stats

import paribus as pb
from tests.tables.writing import written

LABELS = [n % 10 for n in range(200)]
RIGHT_A = [n % 7 != 0 for n in range(200)]
RIGHT_B = [n % 7 != 0 or n < 100 for n in range(200)]


def predictions(right: list[bool]) -> str:
    rows = [
        f"{n},{label},{label if ok else (label + 1) % 10}"
        for n, (label, ok) in enumerate(zip(LABELS, right, strict=True))
    ]
    return "\n".join(["item,label,prediction", *rows]) + "\n"


def test_mcnemar_and_the_interval_over_items(tmp_path: Path) -> None:
    a = written(tmp_path, predictions(RIGHT_A), "a.csv")
    lines = predictions(RIGHT_B).splitlines()
    b = written(tmp_path, "\n".join([lines[0], *lines[:0:-1]]), "b.csv")  # in another order
    found = pb.judge([a, b], predictions=True)
    only_b = sum(y and not x for x, y in zip(RIGHT_A, RIGHT_B, strict=True))
    (mcnemar,) = found.pair.mcnemar
    assert (mcnemar.only_a, mcnemar.only_b) == (0, only_b)
    assert mcnemar.p == pytest.approx(stats.binomtest(0, only_b, 0.5).pvalue)
    differences = np.array(RIGHT_B, int) - np.array(RIGHT_A, int)
    expected = stats.ttest_1samp(differences, 0).confidence_interval()
    assert (found.pair.items_low, found.pair.items_high) == pytest.approx(tuple(expected))
    assert (found.verdict, found.pair.reason, found.pair.low) == ("open", "too_few_seeds", None)
    said = str(found)
    assert f"b alone is right on {only_b}, a alone on 0 (p" in said
    assert "one run each says little" in said
    assert "맥니마" in found.words("ko")


def test_correct_or_not_is_enough(tmp_path: Path) -> None:
    tables = {}
    for name, right in (("a", RIGHT_A), ("b", RIGHT_B)):
        text = "item,correct\n" + "".join(f"x{n},{str(ok).lower()}\n" for n, ok in enumerate(right))
        tables[name] = written(tmp_path, text, f"{name}.csv")
    found = pb.judge(tables, predictions=True)
    assert found.comparison.arms[0].figures["accuracy"].mean == pytest.approx(np.mean(RIGHT_A))
    assert found.comparison.metric.items == 200


@pytest.mark.parametrize(
    ("one", "other", "parts"),
    [
        ("item,correct\n1,1\n2,0\n", "item,correct\n1,1\n3,0\n", ['item "2" is in a and not in b']),
        ("item,correct\n1,1\n", "item,correct\n1,1\n3,0\n", ['item "3" is in b and not in a']),
        ("item,correct\n1,1\n1,0\n", "item,correct\n1,1\n", ["line 3", 'item "1" is there already, in line 2']),
        ("item,correct\n1,maybe\n", "item,correct\n1,1\n", ["line 2", "correct must be 0 or 1"]),
        ("item,guess\n1,2\n", "item,correct\n1,1\n", ["item, label and prediction"]),
        ("item,correct\n", "item,correct\n1,1\n", ["no row below it"]),
        ("item,label,prediction\n1,2,2\n", "item,label,prediction\n1,3,2\n", ['the label "2" in a and "3" in b']),
    ],
)
def test_files_of_other_test_sets_are_refused(tmp_path: Path, one: str, other: str, parts: list[str]) -> None:
    tables = [written(tmp_path, one, "a.csv"), written(tmp_path, other, "b.csv")]
    with pytest.raises(pb.ParibusError) as caught:
        pb.judge(tables, predictions=True)
    assert [part for part in parts if part not in str(caught.value)] == []


def test_two_files_are_needed(tmp_path: Path) -> None:
    alone = written(tmp_path, "item,correct\n1,1\n", "a.csv")
    for given in ([alone], [alone, alone], alone):
        with pytest.raises(pb.ParibusError):
            pb.judge(given, predictions=True)
