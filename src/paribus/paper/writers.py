"""Tables as text: Markdown, LaTeX (booktabs) and CSV. Names are escaped as each of them asks for."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Sequence

from paribus.paper.table import Table, Value
from paribus.words.safe_text import one_line

_LATEX = {
    "\\": r"\textbackslash{}",
    **{sign: f"\\{sign}" for sign in "&%$#_{}"},
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": "$<$",
    ">": "$>$",
    "|": "$|$",
    '"': r"\textquotedbl{}",
    "\N{MINUS SIGN}": "$-$",
    "\N{EN DASH}": "--",
    "\N{MULTIPLICATION SIGN}": r"$\times$",
    "\N{PLUS-MINUS SIGN}": r"$\pm$",
    "\N{RIGHTWARDS ARROW}": r"$\rightarrow$",
    "\N{NO-BREAK SPACE}": "~",
}
_MARKDOWN = re.compile(r"([\\`*_\[\]<>|~#])")
_FORMULA = "=+-@\t\r"  # with what a spreadsheet begins a formula
_LONGEST = 10_000  # letters of a cell or a note
_HANGUL = re.compile("[\N{HANGUL SYLLABLE GA}-\N{HANGUL SYLLABLE HIH}]")


def markdown(tables: Sequence[Table]) -> str:
    """Each table under its caption, with its notes below."""
    return "\n".join(map(_markdown, tables))


def _markdown(table: Table) -> str:
    rule = ["---:" if column.number else ":---" for column in table.columns]
    rows = [[cell.text for cell in row] for row in table.rows]
    lines = [f"**{_in_markdown(table.caption)}**", "", *markdown_rows([c.heading for c in table.columns], rows, rule)]
    lines += [line for note in table.notes for line in ("", _in_markdown(note))]
    return "\n".join(lines) + "\n"


def markdown_rows(heads: Sequence[str], rows: Sequence[Sequence[str]], rule: Sequence[str] = ()) -> list[str]:
    """The lines of a table; `rule`: to which side each column is set."""
    said = [[_in_markdown(text) for text in row] for row in (heads, *rows)]
    return [f"| {' | '.join(row)} |" for row in (said[0], rule or ["---"] * len(heads), *said[1:])]


def _line(text: str) -> str:
    return one_line(text, _LONGEST)


def _in_markdown(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", _line(text))


def latex(tables: Sequence[Table]) -> str:
    """Each as a float; the preamble needs booktabs and, for Korean, kotex."""
    text = "\n".join(map(_latex, tables))
    needed = r"\usepackage{booktabs}" + (r" \usepackage{kotex}" if _HANGUL.search(text) else "")
    return f"% {needed}\n{text}"


def _latex(table: Table) -> str:
    columns = "".join("r" if column.number else "l" for column in table.columns)
    lines = [
        r"\begin{table}",
        r"  \centering",
        rf"  \caption{{{in_latex(table.caption)}}}",
        rf"  \label{{tab:{re.sub('[^a-z0-9]+', '-', table.name.lower())}}}",
        rf"  \begin{{tabular}}{{{columns}}}",
        r"    \toprule",
        _latex_row([column.heading for column in table.columns]),
        r"    \midrule",
        *(_latex_row([cell.text for cell in row]) for row in table.rows),
        r"    \bottomrule",
        r"  \end{tabular}",
        *(rf"  \par\smallskip\footnotesize {in_latex(note)}" for note in table.notes),
        r"\end{table}",
    ]
    return "\n".join(lines) + "\n"


def _latex_row(cells: Sequence[str]) -> str:
    said = [in_latex(cell) for cell in cells]
    # After a row's end a bracket would be read as the end's option.
    return "    " + " & ".join(f"{{}}{cell}" if cell.startswith("[") else cell for cell in said) + r" \\"


def in_latex(text: str) -> str:
    """Any text on one line as LaTeX sets it."""
    return "".join(_LATEX.get(sign, sign) for sign in _line(text))


def csv_text(tables: Sequence[Table]) -> str:
    """Figures in full; a cell of several values has as many columns. Several tables are parted by an empty line."""
    return "\n".join(map(_csv, tables))


def _csv(table: Table) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    heads = [(column.title, part, column.unit) for column in table.columns for part in column.parts or ("",)]
    writer.writerow([_in_csv(f"{' '.join(filter(None, (t, p)))}{f' ({u})' if u else ''}") for t, p, u in heads])
    for row in table.rows:
        writer.writerow([_in_csv(value) for cell in row for value in cell.values])
    return out.getvalue()


def _in_csv(value: Value) -> Value:
    """A spreadsheet would run a name that begins as a formula does: with an apostrophe before it, it is a text."""
    if not isinstance(value, str):
        return value
    text = _line(value)
    return f"'{text}" if text[:1] in _FORMULA and text else text


WRITERS: dict[str, Callable[[Sequence[Table]], str]] = {"markdown": markdown, "latex": latex, "csv": csv_text}
