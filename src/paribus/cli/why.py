"""`paribus why`: what keeps a recipe from training, found and tested."""

from __future__ import annotations

import argparse
from typing import Any

from paribus.cli.command_context import language, measuring, print_json, screen, seconds, settings, stopped
from paribus.cli.program_options import given_options, named_program
from paribus.comparison.compare import load_comparison
from paribus.core.errors import ParibusError
from paribus.core.messages import mark
from paribus.diagnosis.explain import explain, planned
from paribus.diagnosis.words.explanation_json import explanation_json, interventions_json
from paribus.programs.recipe.built_in_recipes import BUILT_IN
from paribus.programs.resolve_program import program_named
from paribus.records.explanation import Explanation
from paribus.results import ComparisonResult, Run
from paribus.runs.execute import Interrupted
from paribus.runs.planning import Settings, check_settings, store_at
from paribus.runs.program_protocol import Program
from paribus.runs.registry import default_program
from paribus.runs.store import Store
from paribus.runs.train_one import load_run
from paribus.terminal.explanation import ExplanationShow
from paribus.terminal.failures import show_left_out


def why(options: argparse.Namespace) -> None:
    """Explain a comparison, a run or a recipe; without a name the store's latest comparison."""
    named, said = named_program(options), given_options(options)
    program = program_named(named, said) if named is not None else None
    what = _subject(options, program)
    how = {
        "program": program,
        "settings": settings(options.settings, program or default_program()),
        "budget": seconds(options.budget),
        "workers": options.workers,
        "device": options.device,
        "kernel": options.kernel,
        "out": options.out,
        "cluster": options.cluster,
        "trust": options.trust,
    }
    compared = what.comparison if isinstance(what, ComparisonResult) else None
    show = ExplanationShow(screen(options), compared, quiet=options.quiet)
    if options.dry_run:
        with_these = Settings(store_at(options.out), options.device, options.workers, "light", options.kernel)
        check_settings(with_these, program)
        asked = {name: how[name] for name in ("program", "settings", "out", "trust")}
        with measuring(options):
            foreseen = planned(what, **asked, how=with_these)
        show.planned(foreseen.interventions, foreseen.seconds)
        if options.json:
            print_json(interventions_json(foreseen.interventions))
        return
    found = explain_and_show(what, how, show)
    if isinstance(what, ComparisonResult) and not options.quiet:
        path, left_out = what.report_told()
        show.report(str(path))
        show_left_out(show.screen, left_out)
    if options.json:
        print_json(explanation_json(found))


def explain_and_show(
    what: ComparisonResult | Run | str | None, how: dict[str, Any], show: ExplanationShow
) -> Explanation:
    """Search and show. After Ctrl-C the same command goes on."""
    try:
        with show:
            found = explain(what, **how, on_event=show.event)
    except Interrupted:
        stopped(show.screen)
        raise
    show.explanation(found, what.comparison if isinstance(what, ComparisonResult) else None)
    return found


def _subject(options: argparse.Namespace, program: Program | None) -> ComparisonResult | Run | str | None:
    """A comparison, a run, or what to start from; without a name the latest comparison, or a program's defaults."""
    name = options.what
    if name is None and program is not None:
        return None
    if name is not None and (name in BUILT_IN or name.endswith(".toml")):
        return str(name)
    store = Store(store_at(options.out))
    if name is None:
        name = _latest(store)
    found = store.resolve(name)
    if options.settings:
        run = mark("--set changes a recipe; {name} is a run, which is as it was run")
        comparison = mark("--set changes a recipe; {name} is a comparison, which is as it was run")
        raise ParibusError(run if found.kind == "run" else comparison, name=name)
    if found.kind == "comparison":
        return load_comparison(name, options.out).in_language(language(options))
    return load_run(name, options.out)


def _latest(store: Store) -> str:
    """The last comparison that somebody asked for: one made to explain another is none to explain itself."""
    made = [comparison.id for comparison in store.comparisons()]
    found = [explanation for name in made if (explanation := store.explanation(name)) is not None]
    repaired = {explanation.repaired.id for explanation in found if explanation.repaired is not None}
    asked = [name for name in made if name not in repaired] or made
    if not asked:
        raise ParibusError("why needs a comparison, a run or a recipe; this store holds no comparison yet")
    return asked[-1]
