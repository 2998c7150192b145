"""The table that grows by epoch: for each arm the means over the runs that have come so far."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from paribus.programs.view import program_view, step_word
from paribus.records.program import Epoch, Metric, ProgramInfo
from paribus.terminal.progress import Progress
from paribus.words.metric_format import measure_of
from paribus.words.numbers import loss
from paribus.words.translation import Words

# Runs of one arm further apart than this share are of two kinds, and a mean would describe neither.
_MIXED = 0.2
MOST_LINES = 20  # that are shown of a run's epochs

Group = tuple[str, list[list[str]]]  # a heading, and columns that begin with their titles


def epoch_table(
    progress: Progress, names: Mapping[str, str], words: Words, width: int, last: int | None = None
) -> list[Text]:
    """Lines of the table, none before the first epoch.

    `last` limits it to the last epochs; without it, a long table leaves out epochs evenly. Where runs of one arm lie
    far apart, their range is shown in place of a mean.
    """
    if not progress.longest:
        return []
    epochs = list(range(1, progress.longest + 1))
    shown = epochs[-last:] if last is not None else _thinned(epochs)
    for stretched in (True, False):  # rather fewer columns than an arm's name cut off
        for fields in epoch_columns(progress.program, words):
            groups = [("", [[step_word(progress.program, words), *map(str, shown)]])]
            groups += [_arm_group(progress, arm, names.get(arm, arm), shown, fields, words) for arm in progress.arms]
            lines = _laid_out(groups, stretched)
            if lines[0].cell_len <= width:
                return lines
    return _latest(progress, names, words, width)


def _thinned(epochs: list[int]) -> list[int]:
    step = math.ceil(len(epochs) / MOST_LINES)
    return [epoch for epoch in epochs if epoch in (1, epochs[-1]) or epoch % step == 0]


def _arm_group(
    progress: Progress, arm: str, name: str, epochs: Sequence[int], fields: Sequence[tuple[str, str]], words: Words
) -> Group:
    titles = [*(title for _, title in fields), words.text("runs")]
    rows = [_cells(progress, arm, epoch, [field for field, _ in fields], words) for epoch in epochs]
    return name, [[title, *(row[i] for row in rows)] for i, title in enumerate(titles)]


def _cells(progress: Progress, arm: str, epoch: int, fields: Sequence[str], words: Words) -> list[str]:
    found = progress.at_epoch(arm, epoch)
    if not found:
        return [""] * (len(fields) + 1)
    steering = progress.program.steering
    steered = [epoch.figures.get(steering.name, math.nan) for epoch in found]
    mixed = steering.unit == "share" and max(steered) - min(steered) > _MIXED
    metrics = [progress.program.metric(field) for field in fields]
    return [*(_cell(found, metric, mixed, words) for metric in metrics), f"{len(found)}/{progress.seeds}"]


def _cell(found: Sequence[Epoch], metric: Metric, mixed: bool, words: Words) -> str:
    values = [epoch.figures.get(metric.name, math.nan) for epoch in found]
    if not mixed:
        return figure_text(metric, sum(values) / len(values), words)
    finite = [value for value in values if math.isfinite(value)]
    low, high = min(finite, default=math.nan), max(finite) if len(finite) == len(values) else math.nan
    if metric.unit != "share":
        return words.text("{low}–{high}", low=loss(low, 2), high=loss(high, 2))
    return words.text("{low}–{high}", low=f"{100 * low:.0f}", high=words.percent(high, places=0))


def epoch_columns(program: ProgramInfo, words: Words) -> list[list[tuple[str, str]]]:
    """Sets of columns, each a figure's name with its title; the first set whose table fits the width is taken."""
    sets = program_view(program).epoch_columns(program)
    if sets:
        return [[(name, words.text(title)) for name, title in columns] for columns in sets]
    return [[(program.steers, measure_of(program.steering, words.lang).label)]]


def figure_text(metric: Metric, value: float, words: Words) -> str:
    """A figure of an epoch, shortly."""
    return words.percent(value) if metric.unit == "share" else loss(value)


def _laid_out(groups: Sequence[Group], stretched: bool = False) -> list[Text]:
    """Headings over their columns, a rule, then rows; figures to the right, by the width that cells really take.

    `stretched` makes a group as wide as its heading.
    """
    widths = [[max(cell_len(cell) for cell in column) for column in columns] for _, columns in groups]
    for (name, _), sizes in zip(groups, widths, strict=True):
        if stretched:
            sizes[0] += max(0, cell_len(name) - sum(sizes) - 2 * (len(sizes) - 1))
    spans = [sum(group) + 2 * (len(group) - 1) for group in widths]
    headings = [_centred(name, span) for (name, _), span in zip(groups, spans, strict=True)]
    lines = [Text("   ".join(headings), style="bold")]
    for row in range(len(groups[0][1][0])):
        pieces = [
            "  ".join(_right(column[row], width) for column, width in zip(columns, sizes, strict=True))
            for (_, columns), sizes in zip(groups, widths, strict=True)
        ]
        lines.append(Text("   ".join(pieces), style="dim" if row == 0 else ""))
        if row == 0:
            lines.append(Text("   ".join("─" * span for span in spans), style="dim"))
    return lines


def _right(text: str, width: int) -> str:
    return " " * (width - cell_len(text)) + text


def _centred(text: str, width: int) -> str:
    if cell_len(text) > width:
        return set_cell_size(text, width - 1) + "…"
    return set_cell_size(" " * ((width - cell_len(text)) // 2) + text, width)


def _latest(progress: Progress, names: Mapping[str, str], words: Words, width: int) -> list[Text]:
    """Many arms on a narrow screen: a line each, with the furthest epoch of its runs."""
    titles = [
        words.text("arm"),
        step_word(progress.program, words),
        epoch_columns(progress.program, words)[-1][-1][1],
        words.text("runs"),
    ]
    rows = []
    for arm in progress.arms:
        reached = max((len(run.epochs_seen) for run in progress.runs.values() if run.arm == arm), default=0)
        name = names.get(arm, arm)
        cells = _cells(progress, arm, reached, (progress.program.steers,), words) if reached else ["", ""]
        rows.append([name, str(reached), *cells])
    columns = [[title, *(row[i] for row in rows)] for i, title in enumerate(titles)]
    room = max(8, width - sum(max(map(cell_len, column)) + 2 for column in columns[1:]))
    wide = min(room, max(map(cell_len, columns[0])))
    columns[0] = [_left(cell, wide) for cell in columns[0]]
    return _laid_out([("", columns)])[1:]


def _left(text: str, width: int) -> str:
    return set_cell_size(text, width - 1) + "…" if cell_len(text) > width else set_cell_size(text, width)
