"""`paribus judge`: a verdict on results that exist already."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from paribus.cli.command_context import language, print_json, screen, this_command
from paribus.cli.demands import check_gate, gate, print_paper
from paribus.cli.judge_options import table_read
from paribus.comparison.judge import check, given_results, judgement
from paribus.core.errors import ParibusError
from paribus.terminal.results import show_tables, show_verdict
from paribus.words.errors import message_words


def judge_table(options: argparse.Namespace) -> None:
    """Read, judge, show; write the report where it is asked for."""
    if options.tune is not None:
        raise ParibusError(
            "a table's runs are made already, so nothing is tuned: paribus compare … --tune makes its own"
        )
    read = table_read(options, options.arms)
    check(options.margin, options.resolution, options.look, options.trained, options.metric)
    factors = [factor.strip() for factor in options.factors.split(",") if factor.strip()]
    read |= {"factors": factors, "datasets": options.dataset_column}
    given = given_results(options.table, **read, predictions=options.predictions)
    check_gate(options, list(given.arms))
    margin = None if options.margin is None else options.margin / given.metrics[0].scale
    found = judgement(given, margin, options.look, options.trained, options.claim_all, options.baseline, options.rule)
    comparison, out = found.comparison.model_copy(update={"command": this_command()}), screen(options)
    found = replace(found, comparison=comparison)
    if options.quiet:
        out.paragraph(found.words(language(options)))
    else:
        for note in found.notes:
            out.paragraph(message_words(note, language(options)), style="dim")
        show_verdict(out, comparison)
        show_tables(out, comparison)
    if options.to is not None:
        from paribus.report import write_report

        path = write_report(comparison, Path(options.to), language(options))
        out.verbatim(out.words.text("Report:"), str(path))
    if options.json:
        print_json(found.to_dict())
    print_paper(found.in_language(language(options)), options)
    gate(comparison, options)
