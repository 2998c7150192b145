"""`paribus train`."""

from __future__ import annotations

import argparse

from paribus.cli.command_context import language, print_json, run_settings, screen, settings, tell_of_logs, this_command
from paribus.cli.plan_view import plan_view
from paribus.cli.program_options import read_program
from paribus.comparison.words.run_json import run_json
from paribus.core.errors import ParibusError
from paribus.figures.kinds import check_run_kind
from paribus.programs.view import program_view
from paribus.results import Run
from paribus.runs.execute import Interrupted
from paribus.runs.registry import own_json
from paribus.runs.store import Store
from paribus.runs.tracking import check_log, tracked
from paribus.runs.train_one import plan_training, run_training
from paribus.terminal.explanation import show_symptoms
from paribus.terminal.show import ComparisonShow
from paribus.words.metric_format import measure_of


def train(options: argparse.Namespace) -> None:
    """One run, and what the rules see in it."""
    program = read_program(options)
    if options.figure is not None:
        check_run_kind(options.figure, program.info)
        program_view(program.info).check_run_figure(options.figure, options.probes)
    if options.what is not None:
        raise ParibusError("train takes a function, MODULE:FUNCTION, or a recipe by --recipe", got=options.what)
    check_log(options.log)
    changed = settings(options.settings, program, options.epochs)
    plan = plan_training(
        options.recipe, changed, options.seed, options.epochs, run_settings(options), options.trust, program
    )
    show = ComparisonShow(screen(options), quiet=options.quiet)
    show.plan(plan_view(plan, options))
    try:
        with tracked(options.log, Store(plan.settings.out), show.event) as tracking, show:
            run = run_training(plan, tracking.event)
    except Interrupted:
        show.interrupted(this_command())
        raise
    tell_of_logs(tracking, show.screen)
    _show_run(show, run)
    if not options.quiet and program.watched:
        show_symptoms(show.screen, run.findings(), watched=run.record.probes != "off")
    if options.figure is not None:
        path = run.folder.path / f"{options.figure}.svg"
        run.figure(options.figure, lang=language(options)).savefig(path)
        show.screen.verbatim(show.screen.words.text("Figure:"), str(path))
    if options.json:
        print_json(run_json(run.record, run.epochs, own_json(run.record)))


def _show_run(show: ComparisonShow, run: Run) -> None:
    words, record = show.screen.words, run.record
    program = record.program
    show.screen.facts(
        [
            (words.text("Run"), record.id),
            (words.text("Status"), words.status(record.status)),
            *(
                (measure.title, measure.value(record.figures.get(name), 2 if measure.metric.unit == "share" else 4))
                for name in dict.fromkeys((program.steers, program.judged))
                for measure in [measure_of(program.metric(name), words.lang)]
            ),
        ]
    )
