"""`paribus referee`: start, try, report, rules."""

from __future__ import annotations

import argparse
import importlib
import time
from pathlib import Path
from typing import TYPE_CHECKING

from paribus.core.errors import ErrorCollector, ParibusError
from paribus.referee.journal import Journal
from paribus.runs.planning import store_at
from paribus.terminal.tries import TryShow

if TYPE_CHECKING:
    from paribus.programs.resolve_program import ProgramOptions
    from paribus.records.referee import Guard
    from paribus.referee.commands import Done, Said

FOLDER = "referee"


def referee(options: argparse.Namespace) -> int:
    """One verb's exit code."""
    from paribus.referee.internal_failure import said

    with said():
        return {"start": start, "try": try_edit, "report": report, "rules": rules}[options.verb](options)


def _journal(options: argparse.Namespace) -> Journal:
    return Journal(store_at(options.out) / FOLDER)


def start(options: argparse.Namespace) -> int:
    """Commit, run the baseline, and say what that can show."""
    from paribus.cli.command_context import language, print_json, screen
    from paribus.referee.commands import start_loop
    from paribus.referee.json_view import start_json
    from paribus.referee.previous_loop import loop_before
    from paribus.referee.starting import what_it_can_show
    from paribus.referee.words.start import facts, notes, shown_note, shown_rows
    from paribus.terminal.screen import Column

    out, lang = screen(options), language(options)
    journal = _journal(options)
    with TryShow(options.quiet, options.lang) as show:
        state = start_loop(journal, _said(options), show.heard)
    shown = what_it_can_show(state)
    if not options.quiet:
        out.facts(facts(state, lang))
        out.blank()
        words = out.words
        title = words.text("What so many pairs would find, four times in five")
        columns = [words.text("Pairs"), words.text("Smallest difference"), words.text("Time")]
        out.table([Column(name, "right") for name in columns], shown_rows(state, shown, lang), title)
        if said := shown_note(shown, lang):
            out.paragraph(said, style="dim")
    for note in notes(state, lang):
        out.paragraph(note, style="yellow")
    if (before := loop_before(journal)) is not None and not options.quiet:
        out.verbatim(out.words.text("The loop that was there before:"), str(before))
    if options.json:
        print_json(start_json(state, shown))
    return 0


def _said(options: argparse.Namespace) -> Said:
    """What the options say, checked one by one. Raises ParibusError."""
    from paribus.cli.command_context import seconds, this_command
    from paribus.cli.program_options import given_options
    from paribus.records.referee import Terms
    from paribus.referee.commands import Said
    from paribus.referee.cost_guards import guard_named

    errors = ErrorCollector("the command")
    budgets: list[float | None] = []
    guards: list[Guard] = []
    program: ProgramOptions = {}
    for option, text in (("--budget", options.budget), ("--budget-per-try", options.budget_per_try)):
        with errors:
            budgets.append(seconds(text, option))
    for text in options.guard:
        with errors:
            guards.append(guard_named(text))
    with errors:
        program = given_options(options)
        if options.arm or options.fresh:
            raise ParibusError("--arm and --fresh are of compare: a referee's arms are the baseline and the edit")
    errors.raise_all()
    terms = Terms(
        command=this_command(),
        keep_if=options.keep_if.replace("-", "_"),
        margin=options.margin or 0.0,
        error=options.error,
        tries=options.tries,
        pairs=options.pairs,
        budget=budgets[0],
        budget_per_try=budgets[1],
        workers=options.workers,
        first_seed=options.first_seed,
        guards=tuple(guards),
        ruler=tuple(options.ruler),
        sealed=tuple(options.sealed),
    )
    return Said(options.program_words, program, terms, options.settings, options.new)


def try_edit(options: argparse.Namespace) -> int:
    """Try the working tree, or a revision."""
    clock = time.perf_counter()
    from paribus.records.referee import EXIT_CODES
    from paribus.referee.commands import try_candidate
    from paribus.referee.trying import BudgetSpent

    show = TryShow(options.quiet, options.lang)

    def tell(done: Done) -> None:
        show.end()
        _tell(done, options)

    try:
        with show:
            done = try_candidate(
                _journal(options),
                options.message,
                options.candidate,
                commit=options.commit,
                allow_ruler=options.allow_ruler,
                listener=show.heard,
                tell=tell,
                meanwhile=load_words,
                clock=clock,
            )
    except BudgetSpent as error:
        if options.json:
            from paribus.cli.command_context import print_json
            from paribus.referee.json_view import spent_json

            print_json(spent_json(error))
        raise
    return EXIT_CODES[done.ended.outcome]


def load_words() -> None:
    """What the answer is made with: it is loaded while the first run is made."""
    names = (
        "referee.keep_rule",
        "cli.command_context",
        "referee.words.answers",
        "referee.json_view",
        "words.translation",
    )
    *_, translation = (importlib.import_module(f"paribus.{name}") for name in names)
    for lang in translation.LANGUAGES:
        translation.translator(lang)


def _tell(done: Done, options: argparse.Namespace) -> None:
    from paribus.cli.command_context import language, print_json, screen
    from paribus.referee.words.answers import answer_words

    out, lang = screen(options), language(options)
    style = {"keep": "green", "discard": "", "open": "yellow"}[done.ended.outcome]
    out.paragraph(answer_words(done.state.loop, done.begun, done.ended, lang, done.again), style=style)
    if options.candidate and done.ended.outcome == "keep":
        note = out.words.text(
            "{name} is the baseline now, and your files are as they were: check it out before the next edit.",
            name=options.candidate,
        )
        out.paragraph(note, style="yellow")
    if done.ended.tail and not options.quiet:
        out.lines(done.ended.tail, style="dim")
    if options.json:
        from paribus.referee.json_view import try_json

        print_json(try_json(done.state, done.begun, done.ended, done.commit, done.again))


def report(options: argparse.Namespace) -> int:
    """Write the page and the Markdown."""
    from paribus.cli.command_context import language, print_json, screen
    from paribus.referee.commands import report_on
    from paribus.referee.json_view import report_json
    from paribus.referee.words.report import loop_report
    from paribus.report.referee import write_loop_report

    out, lang, journal = screen(options), language(options), _journal(options)
    with TryShow(options.quiet, options.lang) as show:
        state, audit = report_on(journal, audit_too=options.audit, unseal=options.unseal, listener=show.heard)
    told = loop_report(state, audit, lang)
    paths = [Path(options.to)] if options.to else [journal.folder / f"report.{kind}" for kind in ("html", "md")]
    for path in paths:
        write_loop_report(told, path, lang)
    if not options.quiet:
        out.paragraph(f"{told.headline}. {' '.join(told.sentences)}")
        out.facts(told.audit)
        for path in paths:
            out.verbatim(out.words.text("Report:"), str(path))
    if options.json:
        print_json(report_json(state, audit))
    return 0


def rules(options: argparse.Namespace) -> int:
    """Print them."""
    from paribus.cli.command_context import language
    from paribus.referee.words.rules import rules_page

    print(rules_page(language(options)), end="")
    return 0
