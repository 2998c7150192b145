"""`paribus list`, `show`, `diff`, `report`, `recipes`: look at what is there; nothing is trained."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from paribus.cli.command_context import language, print_json, print_long_json, screen
from paribus.cli.demands import check_gate, gate, print_paper
from paribus.cli.tag import tag
from paribus.comparison.baseline import against
from paribus.comparison.compare import load_comparison
from paribus.comparison.words.json_view import comparison_json
from paribus.comparison.words.run_json import record_json, run_json
from paribus.comparison.words.verdict import headlines
from paribus.core.errors import ParibusError, StoreError, shown
from paribus.maps.words.map_words import map_headline, map_json
from paribus.programs.recipe.built_in import BUILT_IN
from paribus.programs.recipe.recipe import FIELDS, Recipe, recipe_of
from paribus.programs.recipe.recipe_text import recipe_to_toml
from paribus.programs.recipe.recipes import recipe as recipe_for
from paribus.programs.view import program_view, step_unit, step_word
from paribus.records.comparison import Comparison
from paribus.records.program import Metric, ProgramInfo
from paribus.records.run import RunRecord
from paribus.results import ComparisonResult
from paribus.runs.failing import last_words
from paribus.runs.planning import store_at
from paribus.runs.registry import built_in_of, own_json
from paribus.runs.store import Damage, RunFolder, Store, differences
from paribus.terminal.explanation import ExplanationShow, show_symptoms
from paribus.terminal.failures import show_left_out, show_unread
from paribus.terminal.map import MapShow
from paribus.terminal.screen import MANY, Column, Screen
from paribus.terminal.show import ComparisonShow, anew_words
from paribus.terminal.tuned import show_tuned
from paribus.words.errors import message_words
from paribus.words.labels import initial_capital
from paribus.words.metric_format import Measure, measure_of
from paribus.words.safe_text import one_line
from paribus.words.translation import Words

# Columns of a terminal below which the table of fields goes without what only explains them.
ROOM_FOR_NAMES = 110
ROOM_FOR_MEANINGS = 78


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
    answer = _figure(record.program.judging, record.judged, out.words)
    return [record.id, status, str(record.seed), str(_epochs(store, record)), answer]


def _epochs(store: Store, record: RunRecord) -> int:
    """How many were finished: a run that has not ended says so in its metrics alone."""
    if record.status != "running":
        return record.epochs_done
    try:
        return len(store.epochs(record.id))
    except StoreError:
        return record.epochs_done


def show(options: argparse.Namespace) -> None:
    """A built-in recipe or recipe file, a map, a comparison, or a run, whichever the name finds first."""
    if _is_recipe(options.name):
        recipe = recipe_for(options.name)
        if options.json:
            print_json(recipe.model_dump(mode="json"))
        else:
            print(recipe_to_toml(recipe), end="")
        return
    store = Store(store_at(options.out))
    if store.is_map(options.name):
        made = store.load_map(options.name)
        if options.json:
            print_json(map_json(made))
        else:
            MapShow(screen(options)).map(made)
        return
    found = store.resolve(options.name)
    if found.kind == "comparison":
        _show_comparison(load_comparison(options.name, options.out), found.path, options)
        return
    folder = RunFolder(found.path)
    if options.json:
        print_json(run_json(folder.record(), folder.epochs(), own_json(folder.record())))
    else:
        _show_run(folder, screen(options))


def _show_comparison(result: ComparisonResult, folder: Path, options: argparse.Namespace) -> None:
    check_gate(options, [arm.name for arm in result.comparison.arms])
    if options.baseline:
        result = replace(result, comparison=against(result.comparison, options.baseline))
    if options.json:
        print_json(result.to_dict())
    elif options.format or options.methods:
        print_paper(result.in_language(language(options)), options)
    else:
        out = screen(options)
        ComparisonShow(out).comparison(result.comparison, _report_of(folder))
        if (tuned := result.tuned) is not None:
            show_tuned(out, result.comparison, tuned)
        if (why := result.explanation) is not None:
            out.blank()
            ExplanationShow(out).explanation(why, result.comparison)
    gate(result.comparison, options)


def _report_of(folder: Path) -> str | None:
    return str(folder / "report.html") if (folder / "report.html").is_file() else None


def _show_run(folder: RunFolder, out: Screen) -> None:
    words, record, epochs = out.words, folder.record(), folder.epochs()
    program, judged = built_in_of(record.program), record.program.judging
    note = record.note if record.failure is None else message_words(record.failure.message, words.lang)
    facts = [
        (words.text("Run"), record.id),
        (words.text("Status"), f"{words.status(record.status)}: {note}" if note else words.status(record.status)),
        *([(words.text("Note"), anew_words(record.damaged, words))] if record.damaged else []),
        *program_view(record.program).run_facts(record, words),
        (words.text("Seed"), str(record.seed)),
        (measure_of(judged, words.lang).title, _figure(judged, record.judged, words)),
        (words.text("Device"), f"{record.environment.device} ({record.environment.device_name})"),
        (words.text("Code"), record.code_identity[:12]),
        *([(words.text("Weights"), record.weights_digest[:12])] if record.weights_digest else []),
    ]
    out.facts(facts)
    known = {metric.name: metric for metric in record.program.metrics}
    metrics = [known[name] for name in (epochs[0].figures if epochs else ()) if name in known]
    titles = [
        initial_capital(step_word(record.program, words)),
        *(measure_of(metric, words.lang).title for metric in metrics),
    ]
    columns = [Column(title, "right") for title in titles]
    rows = [
        [str(epoch.epoch), *(_figure(metric, epoch.figures.get(metric.name), words) for metric in metrics)]
        for epoch in epochs
    ]
    out.table(columns, rows)
    if said := last_words(folder, before="\n"):
        out.verbatim(words.text("Last words:"), said)
    if record.status != "running" and program is not None and program.watched:
        out.blank()
        show_symptoms(out, program.findings(folder.trace(), epochs), watched=record.probes != "off")


def _figure(metric: Metric, value: float | None, words: Words) -> str:
    """Of one run: to a hundredth of a per cent, or four decimals."""
    return Measure(metric, words).value(value, 2 if metric.unit == "share" else 4)


def diff(options: argparse.Namespace) -> None:
    """Field by field, where two runs or two recipes differ."""
    found = _differing(options)
    if options.json:
        print_json({kind: {f: list(pair) for f, pair in fields.items()} for kind, fields in found.items()})
        return
    out = screen(options)
    rows = [[kind, field, _cell(a), _cell(b)] for kind, fields in found.items() for field, (a, b) in fields.items()]
    if rows:
        out.table([out.words.text("Of"), out.words.text("What"), options.a, options.b], rows)
    else:
        out.paragraph(out.words.text("No difference."))


def _differing(options: argparse.Namespace) -> dict[str, dict[str, tuple[Any, Any]]]:
    a, b = options.a, options.b
    if _is_recipe(a) or _is_recipe(b):
        return {"recipe": _recipe_of(a, options).differences(_recipe_of(b, options))}
    store = Store(store_at(options.out))
    return differences(store.open_run(a).record(), store.open_run(b).record())


def _is_recipe(name: str) -> bool:
    return name in BUILT_IN or name.endswith(".toml")


def _recipe_of(name: str, options: argparse.Namespace) -> Recipe:
    return (
        recipe_for(name) if _is_recipe(name) else recipe_of(Store(store_at(options.out)).open_run(name).record().fields)
    )


def _cell(value: Any) -> str:
    return "" if value is None else value if isinstance(value, str) else shown(value)


def report(options: argparse.Namespace) -> None:
    """Write the report again, in the language asked for."""
    result = load_comparison(options.name, options.out).in_language(language(options))
    if options.to is not None and not Path(options.to).parent.is_dir():
        raise ParibusError("--to needs a folder that is there", got=options.to)
    path, left_out = result.report_told(options.to)
    print(path)
    show_left_out(Screen(sys.stderr, os.environ, language(options)), left_out)


def recipes(options: argparse.Namespace) -> None:
    """The built-in recipes, and every field with its meaning, default and name in the user's language."""
    if options.json:
        print_json({name: recipe.model_dump(mode="json") for name, (recipe, _) in BUILT_IN.items()})
        return
    out = screen(options)
    words = out.words
    about = [[name, words.text(meaning)] for name, (_, meaning) in BUILT_IN.items()]
    out.table([words.text("Recipe"), words.text("Meaning")], about)
    out.blank()
    # Fields are there to be copied: where names or meanings leave them no room, those go.
    named, meant = out.console.width >= ROOM_FOR_NAMES, out.console.width >= ROOM_FOR_MEANINGS
    values = [Column(name, spare=place) for place, name in enumerate(BUILT_IN)]  # the last goes first
    columns: list[str | Column] = [words.text("Field"), *[words.text("Name")] * named]
    columns += [*values, *[words.text("Meaning")] * meant]
    rows = [
        [
            field,
            *[words.field(field)] * named,
            *(_cell(getattr(recipe, field)) for recipe, _ in BUILT_IN.values()),
            *[words.meaning(field)] * meant,
        ]
        for field in FIELDS
    ]
    out.table(columns, rows)


COMMANDS = {"list": list_store, "tag": tag, "show": show, "diff": diff, "report": report, "recipes": recipes}
