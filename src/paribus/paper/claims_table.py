"""What is said of one activation against another, as it was tested: a row for each quantity of each claim."""

from __future__ import annotations

from paribus.diagnosis.words.activation_claims import QUANTITIES, claim_name, claim_verdict, in_unit
from paribus.paper.comparison_tables import ENDS
from paribus.paper.table import Cell, Column, Table, words_cell
from paribus.records.activation_claims import Measured
from paribus.records.comparison import Comparison
from paribus.records.explanation import Explanation
from paribus.words.numbers import fixed, signed
from paribus.words.translation import translator


def claims_table(explanation: Explanation, comparison: Comparison, lang: str) -> Table:
    """Numbers are in the unit that the quantity names, shares and accuracies in per cent."""
    words = translator(lang)
    names = {arm.name: words.arm_label(arm.name, comparison.factor, arm.value) for arm in comparison.arms}
    columns = (
        Column(words.text("Claim"), number=False),
        Column(words.text("Arm"), number=False),
        Column(words.text("Against"), number=False),
        Column(words.text("Quantity"), number=False),
        Column(words.text("Of the arm")),
        Column(words.text("Of the other")),
        Column(words.text("Difference")),
        Column(words.text("{level} interval", level=words.level(0.95)), parts=ENDS),
        Column(words.text("Verdict"), number=False),
    )
    rows = tuple(
        (
            words_cell(claim_name(claim, words)),
            words_cell(names[claim.of]),
            words_cell(names[claim.against]),
            words_cell(words.text(QUANTITIES[measured.quantity], accuracy=words.percent(measured.accuracy, 0))),
            *_figures(measured),
            words_cell(claim_verdict(claim, words)),
        )
        for claim in explanation.claims
        for measured in claim.measured
    )
    return Table("claims", words.text("Claims for one arm against another, tested."), columns, rows)


def _figures(measured: Measured) -> tuple[Cell, ...]:
    of, against, size, low, high = (
        in_unit(measured, value)
        for value in (measured.of, measured.against, measured.difference, measured.low, measured.high)
    )
    ends = "–" if low[0] is None or high[0] is None else f"[{signed(*low)}, {signed(*high)}]"
    return (
        Cell(fixed(*of), of[:1]),
        Cell(fixed(*against), against[:1]),
        Cell(signed(*size), size[:1]),
        Cell(ends, (low[0], high[0])),
    )
