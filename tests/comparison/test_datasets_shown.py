"""Several data sets in words, tables, figures, the report, JSON and on a terminal, in both languages."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

import paribus as pb
from paribus.cli.main import main
from paribus.comparison.judgement import Judgement
from paribus.figures.forest import forest_figure
from paribus.figures.kinds import figure
from paribus.figures.specification import Line, Points
from paribus.figures.svg import svg
from paribus.report import write_report
from paribus.words.safe_text import one_line
from tests.comparison.test_datasets import demsar, made
from tests.figures.specifications import marks_of, texts_of

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def judgement() -> Judgement:
    import numpy as np

    figures = made(np.random.default_rng(21), [0.03] * 9 + [-0.03], seeds=5, noise=0.004)
    for runs in figures.values():
        runs[HOSTILE] = runs.pop("d0")
    return pb.judge(figures, datasets=True, metric="score:max", margin=0.001)


def test_the_figure_has_a_row_for_each_data_set_their_mean_and_one_more(judgement: Judgement) -> None:
    comparison = judgement.comparison
    for lang in ("en", "ko"):
        drawn = forest_figure(comparison, lang)
        names = texts_of(drawn)
        assert {f"d{i}" for i in range(1, 10)} <= set(names)
        assert len(marks_of(drawn, "dataset-mark")) == len(marks_of(drawn, "interval")) == 10
        assert len(marks_of(drawn, "mean-interval")) == len(marks_of(drawn, "new-interval")) == 1
        assert len(marks_of(drawn, "apart-mark")) == 1
    (over,) = comparison.datasets.over
    (mean,), (line,) = marks_of(drawn, "mean-mark"), marks_of(drawn, "mean-interval")
    assert isinstance(mean, Points)
    assert mean.points[0][0] == pytest.approx(over.difference)
    assert isinstance(line, Line)
    assert [x for x, _ in line.points] == pytest.approx([over.like.low, over.like.high])


def test_both_back_ends_draw_it_and_a_hostile_name_stays_text(judgement: Judgement) -> None:
    drawn = str(svg(forest_figure(judgement.comparison, "en"), "forest"))
    assert HOSTILE not in drawn
    assert "&lt;script&gt;" in drawn
    made_of = figure(judgement.comparison, "datasets", "ko")
    made_of.savefig(io.BytesIO(), format="png")
    assert figure(demsar(baseline="C4.5").comparison, "datasets").axes  # a panel for each pair


def test_the_report_has_every_data_set(judgement: Judgement, tmp_path: Path) -> None:
    for lang, said in (("en", "Mean over data sets like these"), ("ko", "이런 데이터셋들의 평균")):
        page = write_report(judgement.comparison, tmp_path / f"{lang}.html", lang).read_text(encoding="utf-8")
        assert said in page
        assert HOSTILE not in page
        assert all(f">{name}<" in page for name in ("d1", "d9"))


def test_tables_in_three_forms(judgement: Judgement) -> None:
    rows = list(csv.reader(io.StringIO(judgement.to_csv("datasets"))))
    header, first = rows[0], rows[1]
    assert len(header) == len(first)
    assert [row[0] for row in rows[1:]] == [*judgement.comparison.datasets.names, "Mean over data sets like these"]
    (over,) = judgement.comparison.datasets.over
    differences = [float(row[header.index("Difference")]) for row in rows[1:]]
    assert differences[:-1] == pytest.approx([one.difference for one in over.on])
    assert differences[-1] == pytest.approx(over.difference)
    assert r"\toprule" in judgement.to_latex("datasets")
    runs = list(csv.DictReader(io.StringIO(judgement.to_csv("runs"))))
    assert {row["Data set"] for row in runs} == set(judgement.comparison.datasets.names)
    assert "| d9 |" in judgement.to_markdown("datasets")
    many = demsar(baseline="C4.5").to_csv("datasets")
    assert many.count("Mean over data sets like these") == 3


def test_the_methods_section_says_how(judgement: Judgement) -> None:
    text = judgement.methods("en")
    assert "We compared a and b in score on 10 data sets, each of which counts the same." in text
    assert "by exact sign flips (Fisher 1935b), both of which had to hold" in text
    assert "Data sets" in text or "data sets themselves too" in text
    assert {"student1908", "fisher1935design", "welch1947"} <= {
        line.partition("{")[2].rstrip(",") for line in judgement.bibtex().splitlines() if line.startswith("@")
    }
    assert "부호 뒤집기" in judgement.methods("ko")


def test_json_is_strict_and_has_it_all(judgement: Judgement) -> None:
    told = json.loads(json.dumps(judgement.to_dict(), allow_nan=False))
    (over,) = told["datasets"]["over"]
    assert over["contrary"] == ["d9"]
    assert told["pairs"][0]["decided_by"] == "datasets"
    assert len(over["on"]) == 10
    assert {run["dataset"] for run in told["arms"][0]["runs"]} == set(told["datasets"]["names"])


def ended(argv: list[str]) -> object:
    """The exit code."""
    with pytest.raises(SystemExit) as raised:
        main(argv)
    return raised.value.code


def test_on_a_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [f"{name},{arm},{seed},{0.5 + 0.1 * (arm == 'b') + seed / 100 + (name == 'y') / 30}"
            for name in "xyzuvwp" for arm in "ab" for seed in range(3)]  # fmt: skip
    table = tmp_path / "results.csv"
    table.write_text("\n".join(["set,model,seed,score", *rows]) + "\n")
    asked = ["judge", str(table), "--dataset-column", "set", "--metric", "score:max"]
    assert ended(asked) == 0
    told = capsys.readouterr()
    said = told.out + told.err
    assert "b is better than a over data sets like these 7" in said
    assert "Mean over data sets like these" in said
    gate = ["--baseline", "b", "--fail-if", "worse", "--lang", "ko"]
    assert ended([*asked, *gate]) == 1
    assert ended(["judge", str(table), "--dataset-column", "nothing"]) == 2


def test_many_names_are_cut_short() -> None:
    from paribus.comparison.words.datasets import listed
    from paribus.words.translation import translator

    assert listed([f"d{i}" for i in range(20)], translator("en")) == "d0, d1, d2, d3, d4, d5 and 14 more"
    assert listed(["x\ny", "z"], translator("en")) == f"{one_line('x' + chr(10) + 'y')} and z"
