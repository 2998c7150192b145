"""`paribus list`: what a store holds."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from paribus.cli.command_context import language, print_json, print_long_json, screen
from paribus.comparison.words.json_view import comparison_json
from paribus.comparison.words.run_json import record_json
from paribus.comparison.words.verdict_text import headlines
from paribus.core.errors import StoreError
from paribus.maps.words.map_words import map_headline, map_json
from paribus.programs.view import program_view, step_unit
from paribus.records.comparison import Comparison
from paribus.records.program import Metric, ProgramInfo
from paribus.records.run import RunRecord
from paribus.runs.planning import store_at
from paribus.runs.registry import own_json
from paribus.runs.store import Damage, Store
from paribus.terminal.failures import show_unread
from paribus.terminal.screen import MANY, Column, Screen
from paribus.words.errors import message_words
from paribus.words.labels import initial_capital
from paribus.words.metric_format import Measure, measure_of
from paribus.words.safe_text import one_line
from paribus.words.translation import Words


def list_store(options: argparse.Namespace) -> None:
    """Comparisons, maps, then runs, oldest first; what cannot be read is said at the end."""
    store = Store(store_at(options.out))
    comparisons, damaged = store.comparison_survey()
    maps, unread = store.map_survey()
    runs, faults = store.survey()
    wanted = options.text.casefold()
    tags, odd = _tags(store, comparisons)
    named = {c.id: f"{c.id} {c.recipe_name} {' '.join(tags[c.id])}" for c in comparisons}
    comparisons = tuple(c for c in comparisons if wanted in named[c.id].casefold())
    maps = tuple(m for m in maps if wanted in f"{m.id} {m.recipe_name}".casefold())
    runs = tuple(run for run in runs if wanted in run.id.casefold())
    if options.json:
        compared = [{**comparison_json(c), "tags": tags[c.id]} for c in comparisons]
        _print_runs({"comparisons": compared, "maps": [map_json(made) for made in maps]}, runs, store)
        show_unread(screen(options), damaged + odd + unread + faults)
        return
    out, lang = screen(options), language(options)
    words = out.words
    if not (comparisons or maps or runs or faults or damaged or unread):
        nothing = words.text("{place} holds nothing yet.", place=str(store.root))
        out.paragraph(words.text("Nothing has {text} in its name or settings.", text=wanted) if wanted else nothing)
    if comparisons:
        seeds = Column(words.text("Seeds"), "right")
        of = _start_word([c.program for c in comparisons], words)
        columns: list[str | Column] = [words.text("Comparison"), of, seeds, words.text("Verdict")]
        rows = [[c.id, c.recipe_name, str(len(c.seeds)), "; ".join(headlines(c, lang)[:3])] for c in comparisons]
        if any(tags[c.id] for c in comparisons):
            columns.append(words.text("Tags"))
            rows = [[*row, one_line(" ".join(tags[c.id]), 60)] for c, row in zip(comparisons, rows, strict=True)]
        out.records(columns, rows, words.text("Comparisons"))
    if maps:
        cells = Column(words.text("Cells"), "right")
        map_columns: list[str | Column] = [
            words.text("Map"),
            _start_word([m.program for m in maps], words),
            cells,
            words.text("Verdict"),
        ]
        map_rows = [[m.id, m.recipe_name, str(len(m.cells)), map_headline(m, lang)] for m in maps]
        out.records(map_columns, map_rows, words.text("Maps"))
    if runs:
        judged = {measure_of(run.program.judging, lang).title for run in runs}
        result = judged.pop() if len(judged) == 1 else words.text("Figure")  # of several programs
        lengths = {step_unit(run.program) for run in runs}
        titles = (words.text("Seed"), words.text("Epochs") if lengths == {"epoch"} else words.text("Steps"), result)
        numbers = [Column(title, "right") for title in titles]
        run_columns: list[str | Column] = [words.text("Run"), words.text("Status"), *numbers]
        out.records(run_columns, [_run_row(store, record, out) for record in runs], words.text("Runs"))
    show_unread(out, damaged + odd + unread + faults)


def _print_runs(others: dict[str, Any], runs: Sequence[RunRecord], store: Store) -> None:
    """One JSON document of a store."""
    records = ({**record_json(run, own_json(run)), "epochs_done": _epochs(store, run)} for run in runs)
    if len(runs) > MANY:
        print_long_json(others, "runs", records)
    else:
        print_json({**others, "runs": [*records]})


def _tags(store: Store, comparisons: Sequence[Comparison]) -> tuple[dict[str, tuple[str, ...]], tuple[StoreError, ...]]:
    """Each comparison's tags, and what is wrong with those that cannot be read."""
    tags, damage = dict[str, tuple[str, ...]](), Damage()
    for c in comparisons:
        tags[c.id] = ()
        with damage.left_out():
            tags[c.id] = store.tags(c.id)
    return tags, damage.faults


def _start_word(programs: list[ProgramInfo], words: Words) -> str:
    """What is started from, at the head of a column."""
    titles = {program_view(program).start_title(words) for program in programs}
    return initial_capital(titles.pop()) if len(titles) == 1 else words.text("Program")


def _run_row(store: Store, record: RunRecord, out: Screen) -> list[str]:
    status = out.words.status(record.status)
    if record.status == "running" and not store.is_locked(record.id):
        status = out.words.text("interrupted")
    if record.failure is not None:
        status += f": {one_line(message_words(record.failure.message, out.words.lang), 60)}"
    answer = figure_words(record.program.judging, record.judged, out.words)
    return [record.id, status, str(record.seed), str(_epochs(store, record)), answer]


def _epochs(store: Store, record: RunRecord) -> int:
    """How many were finished: a run that has not ended says so in its metrics alone."""
    if record.status != "running":
        return record.epochs_done
    try:
        return len(store.epochs(record.id))
    except StoreError:
        return record.epochs_done


def figure_words(metric: Metric, value: float | None, words: Words) -> str:
    """Of one run: to a hundredth of a per cent, or four decimals."""
    return Measure(metric, words).value(value, 2 if metric.unit == "share" else 4)
