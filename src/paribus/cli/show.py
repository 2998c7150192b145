"""`paribus show`: a comparison, a map, a run or a recipe."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from paribus.cli.command_context import language, print_json, screen
from paribus.cli.demands import check_gate, gate, print_paper
from paribus.cli.list_store import figure_words
from paribus.comparison.baseline import against
from paribus.comparison.compare import load_comparison
from paribus.comparison.words.run_json import run_json
from paribus.maps.words.map_words import map_json
from paribus.programs.recipe.recipe_lookup import is_recipe_name
from paribus.programs.recipe.recipe_lookup import recipe as recipe_for
from paribus.programs.recipe.recipe_text import recipe_to_toml
from paribus.programs.view import program_view, step_word
from paribus.results import ComparisonResult
from paribus.runs.failing import last_words
from paribus.runs.planning import store_at
from paribus.runs.registry import built_in_of, own_json
from paribus.runs.store import RunFolder, Store
from paribus.terminal.explanation import ExplanationShow, show_symptoms
from paribus.terminal.map import MapShow
from paribus.terminal.screen import Column, Screen
from paribus.terminal.show import ComparisonShow, anew_words
from paribus.terminal.tuned import show_tuned
from paribus.words.errors import message_words
from paribus.words.labels import initial_capital
from paribus.words.metric_format import measure_of


def show(options: argparse.Namespace) -> None:
    """A built-in recipe or recipe file, a map, a comparison, or a run, whichever the name finds first."""
    if is_recipe_name(options.name):
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
        (measure_of(judged, words.lang).title, figure_words(judged, record.judged, words)),
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
        [str(epoch.epoch), *(figure_words(metric, epoch.figures.get(metric.name), words) for metric in metrics)]
        for epoch in epochs
    ]
    out.table(columns, rows)
    if said := last_words(folder, before="\n"):
        out.verbatim(words.text("Last words:"), said)
    if record.status != "running" and program is not None and program.watched:
        out.blank()
        show_symptoms(out, program.findings(folder.trace(), epochs), watched=record.probes != "off")
