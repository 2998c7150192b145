"""Tables of comparisons, written three ways: read back by other readers than those that wrote them."""

from __future__ import annotations

import csv
import io
import re

import pytest

from paribus.core.errors import ParibusError
from paribus.paper.comparison_tables import comparison_tables
from paribus.paper.export import tables_of
from paribus.paper.table import Cell, Column, Table, words_cell
from paribus.paper.writers import csv_text, latex, markdown
from tests.diagnosis.explanations import an_explanation
from tests.factories import CASES, make_comparison

HOSTILE = ("a|b", "50 % of $x_1$ & {y}", "=cmd()", "two\nlines", "~^\\", "<script>")


def hostile() -> Table:
    columns = (Column("Name", number=False), Column("Size", "%"), Column("interval", "%", parts=("low", "high")))
    rows = tuple((words_cell(name), Cell("−1.5", (-1.5,)), Cell("[−2.0, 1.0]", (-2.0, 1.0))) for name in HOSTILE)
    return Table("odd", "Odd | names & such", columns, rows, ("50 % are odd.",))


def cells_of_markdown(text: str) -> list[list[str]]:
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    parted = [[cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in rows]
    return [[re.sub(r"\\(.)", r"\1", cell) for cell in row] for row in parted]


def test_markdown_keeps_its_columns_and_aligns_numbers_right() -> None:
    heads, rule, *rows = cells_of_markdown(markdown([hostile()]))
    assert heads == ["Name", "Size (%)", "interval (%)"]
    assert rule == [":---", "---:", "---:"]
    assert [row[0] for row in rows] == [name.replace("\n", " ") for name in HOSTILE]
    assert {tuple(row[1:]) for row in rows} == {("−1.5", "[−2.0, 1.0]")}


def latex_rows(text: str) -> list[list[str]]:
    body = text[text.index(r"\toprule") : text.index(r"\bottomrule")]
    rows = [line.strip().removesuffix(r" \\") for line in body.splitlines() if line.endswith(r"\\")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)&", row)] for row in rows]


def unescaped(cell: str) -> str:
    """What LaTeX would set, of the commands that are written here."""
    for command, sign in ((r"\textbackslash{}", "\0"), (r"\textasciitilde{}", "~"), (r"\textasciicircum{}", "^")):
        cell = cell.replace(command, sign)
    cell = re.sub(r"\\([&%$#_{}])", lambda found: {"$": "\1", "{": "\2", "}": "\3"}.get(found[1], found[1]), cell)
    cell = cell.replace("$<$", "<").replace("$>$", ">").replace("$|$", "|").replace("$-$", "−").replace("{}", "")
    assert not set(cell) & set("${}\\"), cell
    return cell.translate({0: "\\", 1: "$", 2: "{", 3: "}"})


def test_latex_sets_every_name_as_it_is() -> None:
    text = latex([hostile()])
    heads, *rows = latex_rows(text)
    assert text.startswith("% \\usepackage{booktabs}\n\\begin{table}")
    assert heads == ["Name", r"Size (\%)", r"interval (\%)"]
    assert [unescaped(row[0]) for row in rows] == [name.replace("\n", " ") for name in HOSTILE]
    assert {tuple(map(unescaped, row[1:])) for row in rows} == {("−1.5", "[−2.0, 1.0]")}
    assert all(len(row) == 3 for row in rows)


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("case", CASES)
def test_every_case_is_sound_latex_with_no_letter_that_needs_a_package_of_its_own(case: str, lang: str) -> None:
    for table in comparison_tables(make_comparison(case), lang):
        text = latex([table])
        body = re.sub(r"\\[&%$#_{}\\]", "", text.partition("\n")[2])
        assert body.count("{") == body.count("}")
        assert body.count("$") % 2 == 0
        assert {len(row) for row in latex_rows(text)} == {len(table.columns)}
        odd = {sign for sign in text if ord(sign) > 127 and not "가" <= sign <= "힣"}
        assert not odd, odd
        assert (r"\usepackage{kotex}" in text) == bool(re.search("[가-힣]", body))


def test_csv_holds_figures_in_full_and_no_formula() -> None:
    rows = list(csv.reader(io.StringIO(csv_text([hostile()]))))
    assert rows[0] == ["Name", "Size (%)", "interval low (%)", "interval high (%)"]
    assert [row[0] for row in rows[1:]] == [
        "'=cmd()" if name == "=cmd()" else name.replace("\n", " ") for name in HOSTILE
    ]
    assert {tuple(row[1:]) for row in rows[1:]} == {("-1.5", "-2.0", "1.0")}


def test_the_figures_are_the_comparisons_in_the_columns_unit() -> None:
    comparison = make_comparison("fair")
    rows = list(csv.DictReader(io.StringIO(csv_text(tables_of(comparison, None, "en", "pairs")))))
    (pair,) = comparison.pairs
    assert float(rows[0]["Difference (percentage points)"]) == pytest.approx(100 * (pair.difference or 0))
    assert float(rows[0]["p"]) == pair.p_holm
    by_metric = list(csv.DictReader(io.StringIO(csv_text(tables_of(comparison, None, "en", "metrics")))))
    loss = next(row for row in by_metric if row["Metric"] == "Validation loss")
    assert float(loss["Difference"]) == next(p.difference for p in comparison.other_pairs if p.metric == "val_loss")
    accuracy = next(row for row in by_metric if row["Metric"] == "Validation accuracy")
    assert accuracy["Unit"] == "percentage points"


def test_no_lone_mean_over_a_mixture() -> None:
    (arms,) = tables_of(make_comparison("mixture"), None, "en", "arms")
    assert arms.notes == ("Where only some of an arm's runs trained, its mean is over those alone.",)
    assert [row[1].text for row in arms.rows] == ["3/6", "6/6"]
    assert [row[-1].text for row in arms.rows] == ["3", "6"]


def test_claims_are_a_table_where_an_explanation_has_any() -> None:
    comparison = make_comparison("lesson")
    explained = an_explanation(complete=True, comparison=comparison)
    names = [table.name for table in tables_of(comparison, explained, "en")]
    assert names == ["arms", "pairs", "metrics", "runs"] + ["claims"] * bool(explained.claims)


def test_a_table_that_there_is_not() -> None:
    with pytest.raises(ParibusError, match='has no table "pair"; did you mean pairs'):
        tables_of(make_comparison("fair"), None, "en", "pair")
