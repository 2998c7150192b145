"""`paribus judge` as people give it, through the installed command where torch must not be needed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from paribus.cli.main import main
from tests.tables.writing import LONG, written

# Six seeds of two arms, one arm's rows in another order. Worked by hand, and by SciPy.
CASE = """\
seed,model,test_accuracy
0,A,0.9120
1,A,0.9340
2,A,0.9010
3,A,0.9270
4,A,0.9180
5,A,0.9230
5,B,0.9258
3,B,0.9301
0,B,0.9149
4,B,0.9206
2,B,0.9042
1,B,0.9369
"""


def command(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as left:
        main(["judge", *map(str, words)])
    out, err = capsys.readouterr()
    return int(left.value.code or 0), out, err


def test_the_right_answer_of_a_table_out_of_order(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ("--arm-column", "model", "--pair-by", "seed", "--metric", "test_accuracy", "--lang", "en")
    code, out, _ = command(capsys, written(tmp_path, CASE), *asked)
    assert code == 0
    assert "B is better: 92.21 % against 91.92 % test accuracy, a difference of 0.29 percentage points" in " ".join(
        out.split()
    )
    code, out, err = command(capsys, written(tmp_path, CASE), *asked, "--json")
    found = json.loads(out)
    (pair,) = found["pairs"]
    assert (pair["verdict"], found["paired"], found["program"]["kind"]) == ("b_better", True, "table")
    assert pair["difference"] == pytest.approx(0.00292, abs=5e-6)
    assert (pair["low"], pair["high"]) == pytest.approx((0.00269, 0.00314), abs=5e-6)
    assert pair["p_t"] == pytest.approx(4.5e-7, rel=0.02)
    assert pair["p"] == pytest.approx(0.03125)
    assert "Arms by model, paired by seed" in err


def test_korean_quiet_and_the_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "out" / "report.html"
    code, out, _ = command(capsys, written(tmp_path, CASE), "--quiet", "--lang", "ko", "--to", target)
    assert code == 0
    assert "B가 더 낫습니다" in out
    assert "쌍" not in out
    assert "B가 더 낫습니다" in target.read_text(encoding="utf-8")


def test_a_margin_of_an_accuracy_is_in_points_and_else_in_the_metrics_unit(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, out, _ = command(capsys, written(tmp_path, CASE), "--margin", "1", "--json", "--lang", "en")
    found = json.loads(out)
    assert (found["margin"], found["pairs"][0]["verdict"]) == (0.01, "equal")
    assert "the margin of 1 percentage point " in found["verdict"]["en"]
    loss = CASE.replace("test_accuracy", "loss")
    _, out, _ = command(capsys, written(tmp_path, loss), "--metric", "loss:min", "--margin", "1", "--json")
    assert json.loads(out)["margin"] == 1.0


def test_unpaired_where_that_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = command(capsys, written(tmp_path, CASE), "--unpaired", "--lang", "en")
    said = " ".join(out.split())
    assert code == 0
    assert "Open: between B and A neither a difference nor practical equality" in said
    assert "Welch's t test" in said
    assert "(Welch's 95 % interval" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--paired", "--unpaired"], "opposite things"),
        (["--margin", "-1", "--look", "0"], "the judgement has 2 faults"),
        (["--metric", "acc"], "there is no column"),
        (["--arms", "A,C"], 'there is no arm "C"'),
        (["--predictions"], "two files or more"),
    ],
)
def test_mistakes_end_with_2_and_no_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    code, out, err = command(capsys, written(tmp_path, LONG), *words, "--lang", "en")
    assert code == 2
    assert said in err
    assert out == ""
    assert "Traceback" not in err


def test_it_loads_neither_torch_nor_matplotlib(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "class Absent:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name in ('torch', 'matplotlib', 'pandas'):\n"
        "            raise ModuleNotFoundError(name)\n"
        "sys.meta_path.insert(0, Absent())\n"
        "from paribus.cli.main import main\n"
        f"main(['judge', {str(written(tmp_path, CASE))!r}, '--to', {str(tmp_path / 'r.html')!r}])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert "test" in done.stdout


def test_the_report_of_a_table_says_what_there_is_and_nothing_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [f"{seed},{arm},{1 + seed / 10 + size},{0.5 - size / 100 + seed * size / 50}\n"
            for seed in range(4) for arm, size in (("x", 0.0), ("y", 0.01))]  # fmt: skip
    table, target = written(tmp_path, "seed,arm,score,loss\n" + "".join(rows)), tmp_path / "report.html"
    claimed = ("--metric", "score:max", "--metric", "loss:min", "--claim-all", "--quiet", "--lang", "en")
    code, _, _ = command(capsys, table, *claimed, "--to", target)
    html = target.read_text(encoding="utf-8")
    assert code == 0
    assert [
        word for word in (">Epochs<", ">Steps<", ">Time<", "the recipe", "grey band", "accuracy") if word in html
    ] == []
    assert "Score: y is better" in html
    assert "Loss: " in html  # what is claimed is told here too
    assert [figure for figure in ("<td>1.01</td>", "<td>1.31</td>", "<td>0.5000") if figure not in html] == []


def test_columns_of_arms_are_named_as_they_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wide = written(tmp_path, "seed,adam,sgd\n0,0.41,0.43\n1,0.40,0.42\n")
    code, _, err = command(capsys, wide, "--arms", "adam,sdg", "--metric", "loss:min", "--lang", "en")
    assert (code, 'there is no column "sdg"; did you mean sgd?' in err) == (2, True)


def test_predictions_have_no_columns_to_choose(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    a, b = (written(tmp_path, "item,correct\n0,1\n1,0\n", name) for name in ("a.csv", "b.csv"))
    code, _, err = command(capsys, a, b, "--predictions", "--metric", "loss:min", "--pair-by", "seed", "--lang", "en")
    assert code == 2
    assert "files of predictions are judged by how many items are right; leave out metric, pair_by" in err


def test_the_exit_code_says_whether_an_arm_is_worse(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = written(tmp_path, CASE)
    gate = ("--fail-if", "worse", "--quiet", "--lang", "en")
    code, _, err = command(capsys, table, "--baseline", "B", *gate)
    assert (code, err) == (1, "paribus: --fail-if worse holds: B is better than A: 92.21 % against 91.92 %.\n")
    assert command(capsys, table, "--baseline", "A", *gate)[0] == 0
    assert command(capsys, table, "--baseline", "A", "--fail-if", "not-better")[0] == 0
    assert command(capsys, table, "--baseline", "A", "--fail-if", "maybe-worse")[0] == 0
    code, _, err = command(capsys, table, "--unpaired", "--baseline", "A", *gate)
    assert (code, "B may be worse by up to" in err) == (0, True)  # passes, and says what it does not know
    code, _, err = command(capsys, table, "--unpaired", "--baseline", "A", "--fail-if", "maybe-worse", "--lang", "en")
    assert (code, "the margin is 0.1 percentage points" in err) == (1, True)
    assert command(capsys, table, "--fail-if", "worse")[0] == 2
    assert command(capsys, table, "--baseline", "C", "--fail-if", "worse")[0] == 2


def test_tables_and_methods_have_stdout_for_themselves(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = written(tmp_path, CASE)
    _, out, err = command(capsys, table, "--format", "csv", "--table", "pairs", "--lang", "en")
    assert out.splitlines()[1].startswith("B,A,0.29")
    assert "B is better" in err
    _, out, _ = command(capsys, table, "--methods", "--quiet", "--lang", "en")
    assert "(Student 1908)" in out
    assert "@article{student1908," in out
    assert command(capsys, table, "--table", "pairs")[0] == 2
