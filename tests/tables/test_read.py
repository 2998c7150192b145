"""Tables of results as people have them: each is read as what it says, and how it was read is told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from scipy import stats

import paribus as pb
from paribus.report.page import render
from tests.tables.writing import LONG, written

A = {0: 0.910, 1: 0.930, 2: 0.900, 3: 0.920}
B = {0: 0.915, 1: 0.934, 2: 0.903, 3: 0.926}
PAIRED = stats.ttest_rel([B[seed] for seed in A], list(A.values())).pvalue


def test_rows_in_any_order_are_paired_by_seed(tmp_path: Path) -> None:
    found = pb.judge(written(tmp_path, LONG), arm_column="model", pair_by="seed", metric="test_accuracy", margin=0.0)
    assert found.better == "B"
    assert found.difference == pytest.approx((0.005 + 0.004 + 0.003 + 0.006) / 4)  # by hand
    assert found.p_t == pytest.approx(PAIRED)
    assert found.pair.seeds == (0, 1, 2, 3)
    assert found.comparison.factor == "model"
    assert [str(note) for note in found.notes] == ["Arms by model, paired by seed, judged by test_accuracy:max."]


def test_columns_that_leave_no_doubt_need_not_be_named(tmp_path: Path) -> None:
    assert pb.judge(written(tmp_path, LONG)).pair == pb.judge({"A": A, "B": B}, metric="test_accuracy").pair
    by_text = LONG.replace("model", "which")  # the one column of words
    assert pb.judge(written(tmp_path, by_text)).p_t == pytest.approx(PAIRED)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("\ufeff" + LONG, "bom.csv"),
        (LONG.replace(",", ";"), "semicolons.csv"),
        (LONG.replace(",", ";").replace("0.9", "0,9"), "decimal_commas.csv"),
        (LONG.replace(",", "\t"), "tabs.tsv"),
        (LONG.replace(",", "|"), "bars.txt"),
        (LONG.replace("\n", "\r\n"), "windows.csv"),
        (LONG.replace("\n", "\r"), "old.csv"),
        ("\n\n" + LONG + "\n,,\n", "blank_rows.csv"),
        (LONG.encode("utf-16"), "utf16.csv"),
        (LONG.replace("0.9", '"0.9').replace("0\n", '0"\n').replace("6\n", '6"\n').replace("3\n", '3"\n')
         .replace("4\n", '4"\n').replace("5\n", '5"\n'), "quoted.csv"),
        ("".join(f'{{"seed": {s}, "model": "{m}", "test_accuracy": {x}}}\n' for m, of in (("A", A), ("B", B))
                 for s, x in of.items()), "lines.jsonl"),
        ("[" + ",".join(f'{{"model": "{m}", "seed": {s}, "test_accuracy": {x}}}' for m, of in (("A", A), ("B", B))
                        for s, x in of.items()) + "]", "list.json"),
    ],
)  # fmt: skip
def test_every_way_of_writing_it_is_the_same_table(tmp_path: Path, text: str | bytes, name: str) -> None:
    found = pb.judge(written(tmp_path, text, name), metric="test_accuracy")
    assert found.p_t == pytest.approx(PAIRED)
    assert found.comparison.metric.unit == "share"
    assert [arm.name for arm in found.comparison.arms] == ["A", "B"]


def test_per_cent_is_a_share_and_a_number_beyond_1_is_none(tmp_path: Path) -> None:
    signs = pb.judge(written(tmp_path, "seed,model,wer\n0,A,9.1 %\n1,A,9.4%\n0,B,8.0 %\n1,B,8.2%\n"), metric="wer:min")
    assert signs.comparison.arms[0].figures["wer"].mean == pytest.approx(0.0925)
    assert signs.comparison.metric.resolution == pytest.approx(0.001)
    assert signs.comparison.margin == 0.0
    assert "percentage points" in str(signs)
    plain = pb.judge(written(tmp_path, "seed,model,acc\n0,A,91\n1,A,94\n0,B,91\n1,B,95\n"))
    assert (plain.comparison.metric.unit, plain.comparison.margin) == ("", 0.0)


def test_a_column_for_each_arm(tmp_path: Path) -> None:
    wide = "seed,adam,sgd\n3,0.41,0.52\n1,0.44,0.55\n2,,0.51\n"
    found = pb.judge(written(tmp_path, wide), arms=["adam", "sgd"], metric="loss:min")
    assert [run.status for run in found.comparison.arms[0].runs] == ["finished", "finished", "failed"]
    assert (found.pair.trained_a, found.pair.runs_a, found.pair.reason) == (2, 3, "better_where_trained")
    assert pb.judge(written(tmp_path, wide), metric="loss:min").pair == found.pair  # nothing else can be meant
    unpaired = pb.judge(written(tmp_path, "adam,sgd\n0.41,0.52\n0.44,0.55\n0.42,0.51\n"), arms=["adam", "sgd"],
                        metric="loss:min")  # fmt: skip
    assert not unpaired.comparison.paired
    assert unpaired.p_t == pytest.approx(
        stats.ttest_ind([0.52, 0.55, 0.51], [0.41, 0.44, 0.42], equal_var=False).pvalue
    )
    by_row = pb.judge(written(tmp_path, "adam,sgd\n0.41,0.52\n0.44,0.55\n0.42,0.51\n"), arms=["sgd", "adam"],
                      metric="loss:min", paired=True)  # fmt: skip
    assert [arm.name for arm in by_row.comparison.arms] == ["sgd", "adam"]
    assert by_row.p_t == pytest.approx(stats.ttest_rel([0.52, 0.55, 0.51], [0.41, 0.44, 0.42]).pvalue)


def test_an_empty_cell_is_a_failed_run_and_an_absent_row_a_seed_without_one(tmp_path: Path) -> None:
    empty = pb.judge(written(tmp_path, LONG.replace("2,B,0.903", "2,B,")))
    assert (empty.pair.trained_b, empty.pair.runs_b, empty.pair.decided_by) == (3, 4, "t")
    assert "1 run of B failed." in str(empty)
    absent = pb.judge(written(tmp_path, LONG.replace("2,B,0.903\n", "")))
    assert (absent.pair.seeds, absent.pair.seeds_only_a) == ((0, 1, 3), (2,))
    assert "Seed 2 has a run of A alone, and is left out." in str(absent)
    assert "시드 2는 A에만 있어" in absent.words("ko")
    assert absent.difference == pytest.approx((0.005 + 0.004 + 0.006) / 3)
    assert "B is better: 92.50 % against 92.00 % test accuracy, a difference of 0.50" in str(absent)


def test_nan_diverged_and_so_did_what_is_beyond_all_sizes(tmp_path: Path) -> None:
    text = "seed,model,loss\n" + "".join(
        f"{s},{m},{0.5 + s / 100 + (m == 'B') / 50:.3f}\n" for m in "AB" for s in range(6)
    )
    lost = text.replace("3,B,0.550", "3,B,nan").replace("4,B,0.560", "4,B,5e248")
    found = pb.judge(written(tmp_path, lost), metric="loss:min")
    assert (found.pair.trained_b, found.pair.runs_b) == (4, 6)
    assert "1 run of B diverged" in str(found)
    assert "1 run of B went astray: its loss is 5e+248 (seed 4)." in str(found)
    assert found.difference == pytest.approx(0.02)  # where both trained
    assert found.to_dict()["arms"][1]["runs"][4]["astray"] == 5e248


def test_seeds_may_be_names(tmp_path: Path) -> None:
    named = LONG.replace("0,", "s-0,", 1).replace("\n0,B", "\ns-0,B").replace("2,B,0.903\n", "")
    found = pb.judge(written(tmp_path, named.replace("1,A", "one,A").replace("1,B", "one,B")))
    assert len(found.pair.seeds) == 3
    assert "Seed 2 has a run of A alone" in str(found)
    floats = LONG.replace("\n0,", "\n0.0,").replace("\n1,", "\n01,")
    assert pb.judge(written(tmp_path, floats)).pair.seeds == (0, 1, 2, 3)


def test_of_epochs_the_last_row_is_taken_and_never_the_best(tmp_path: Path) -> None:
    rows = ["model,seed,epoch,val_acc"]
    for model, last in (("A", 0.80), ("B", 0.85)):
        for seed in range(3):
            figures = [
                0.5,
                0.99,
                round(last + seed / 100, 2),
                "",
            ]  # the best is the second; the fourth was not measured
            rows += [f"{model},{seed},{epoch},{figure}" for epoch, figure in enumerate(figures, 1)]
    found = pb.judge(written(tmp_path, "\n".join(rows[:1] + rows[:0:-1])))
    assert [arm.figures["val_acc"].mean for arm in found.comparison.arms] == pytest.approx([0.86, 0.81])
    assert "Rows are by epoch: of each run the last row with a figure is taken, not the best." in map(str, found.notes)
    assert found.comparison.program.source["row"] == "last"


def test_several_metrics_and_arms_chosen(tmp_path: Path) -> None:
    text = "seed,arm,acc,loss\n" + "".join(
        f"{s},{m},{0.9 + s / 100 + i / 50:.2f},{0.5 - s / 100 - i / 20:.2f}\n"
        for i, m in enumerate("abc")
        for s in range(5)
    )
    path = written(tmp_path, text.replace("0,a,0.90", "0,a,0.91").replace("1,b,0.93", "1,b,0.94"))
    found = pb.judge(path, metric=["acc", "loss:min"], arms=["c", "a"])
    assert [(pair.a, pair.b, pair.metric) for pair in found.pairs] == [("c", "a", "acc")]
    assert [pair.metric for pair in found.comparison.other_pairs] == ["loss"]
    claimed = pb.judge(path, metric=["acc", "loss:min"], arms=["c", "a"], claim_all=True)
    assert claimed.pair.p_holm >= found.pair.p_holm  # type: ignore[operator]
    assert "Acc: " in str(claimed)
    assert "Loss: " in str(claimed)
    assert "after Holm's correction for 2 tests" in str(claimed)


def test_what_counts_as_trained_can_be_said(tmp_path: Path) -> None:
    text = "seed,arm,val_acc,test_acc\n" + "".join(
        f"{s},{m},{0.1 if m == 'a' else 0.9},{0.1 + s / 100 if m == 'a' else 0.9 + s / 100:.2f}\n"
        for m in "ab"
        for s in range(6)
    )
    found = pb.judge(written(tmp_path, text), metric="test_acc", trained="val_acc>0.2")
    assert (found.verdict, found.pair.reason) == ("b_better", "trained_counts")
    assert "a trained in 0 of 6 runs, b in 6 of 6." in str(found)


def test_the_report_of_a_table_says_no_more_than_the_table(tmp_path: Path) -> None:
    loss = LONG.replace("test_accuracy", "loss")
    for paired, method in ((None, "paired t test, two-sided"), (False, "Welch&#39;s t test, two-sided")):
        found = pb.judge(written(tmp_path, loss), metric="loss:min", paired=paired)
        page = render(found.comparison, "en")
        text = re.sub(r"<(script|style).*?</\1>|<[^>]+>", "", page, flags=re.DOTALL)
        assert method in text
        assert "whether in nothing else, the table does not say" in text
        assert not re.search(r"accura|percentage|image|epoch 1|starts alike", text, re.IGNORECASE)
        assert ("seed by seed" in text) == (paired is None)
