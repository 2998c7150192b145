"""`paribus reproduce`: a bundle opened, its runs made again, and where figures differ."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from paribus.cli.command_context import print_json, run_settings, screen, this_command
from paribus.cli.plan_view import plan_view
from paribus.comparison.reproducing import MADE, AgainArm, Reproduction, opened, planned, reproduced
from paribus.comparison.words.verdict_text import headlines
from paribus.runs.execute import Interrupted
from paribus.terminal.screen import Column, Screen
from paribus.terminal.show import ComparisonShow
from paribus.words.metric_format import Measure, measure_of

_PLACES = 4  # decimals of figures that are held against each other


def reproduce(options: argparse.Namespace) -> None:
    """Open a bundle, make its runs again, and say where their figures differ. The same command goes on."""
    bundle = Path(options.bundle)
    folder = Path(options.to) if options.to else Path(bundle.stem)
    sent, out = opened(bundle, folder), screen(options)
    options.out, options.probes, options.recipe = folder / MADE, "light", None
    plan = planned(sent, run_settings(options), options.trust)
    show = ComparisonShow(out, quiet=options.quiet)
    show.plan(plan_view(plan, options))
    try:
        with show:
            found = reproduced(sent, plan, show.event)
    except Interrupted:
        show.interrupted(this_command())
        raise
    if options.json:
        print_json(reproduction_json(found))
    else:
        _show(out, found)


def reproduction_json(found: Reproduction) -> dict[str, Any]:
    """The object of docs/json.md."""
    return {
        "comparison": found.sent.id,
        "same": found.same,
        "runs": [vars(run) for run in found.runs],
        "arms": [vars(arm) for arm in found.arms],
        "verdicts": [pair.verdict for pair in found.sent.pairs],
        "verdicts_now": [pair.verdict for pair in found.made.pairs],
    }


def _show(out: Screen, found: Reproduction) -> None:
    """Run by run, arm by arm, then both verdicts."""
    words, measure = out.words, measure_of(found.sent.metric, out.words.lang)
    titles = [words.text("Then"), words.text("Now"), words.text("Difference")]
    columns: list[str | Column] = [
        words.text("Arm"),
        *(Column(title, "right") for title in (words.text("Seed"), *titles)),
    ]
    rows = []
    for run in found.runs:
        known = run.then is not None and run.now is not None
        moved = (run.now or 0.0) - (run.then or 0.0) if known else None
        change = words.text("the same bits") if run.same else measure.signed(moved, _PLACES)
        rows.append([run.arm, str(run.seed), measure.value(run.then, _PLACES), measure.value(run.now, _PLACES), change])
    out.table(columns, rows)
    if found.same:
        out.paragraph(words.text("Every run came out the same in every bit."))
    else:
        for arm in found.arms:
            out.paragraph(_arm_words(out, measure, arm))
    for title, comparison in ((words.text("The verdict then:"), found.sent), (words.text("Now:"), found.made)):
        out.paragraph(f"{title} {'; '.join(headlines(comparison, words.lang))}")


def _arm_words(out: Screen, measure: Measure, arm: AgainArm) -> str:
    """Whether an arm's mean moved more than its seeds would let expect."""
    said = {"arm": arm.name, "then": measure.value(arm.then, _PLACES), "now": measure.value(arm.now, _PLACES)}
    if arm.within is None:
        return out.words.text("{arm}: {then} then, {now} now; no interval says how much of that is seed noise.", **said)
    if arm.within:
        return out.words.text("{arm}: {then} then, {now} now, within its interval of then: seed noise.", **said)
    return out.words.text("{arm}: {then} then, {now} now, outside its interval of then: more than seed noise.", **said)
