"""`paribus compare`."""

from __future__ import annotations

import argparse
import re
import sys
from concurrent.futures import Executor
from dataclasses import replace
from pathlib import Path
from typing import Any

from paribus.cli.command_context import (
    assignment,
    language,
    measuring,
    print_json,
    run_settings,
    screen,
    seconds,
    settings,
    tell_of_logs,
    this_command,
)
from paribus.cli.demands import check_gate, gate
from paribus.cli.plan_view import plan_json, plan_view
from paribus.cli.program_options import own_factor, read_program
from paribus.cli.tuning import check_not_swallowed, cost_of, cost_words, read_tuning, tune_and_show, tuning_json
from paribus.comparison.anytime.stopping_limits import Until, expected, growing, until_for
from paribus.comparison.baseline import with_baseline
from paribus.comparison.compare import design_for, run_plan, sharing
from paribus.comparison.decision_rule.editions import with_edition
from paribus.comparison.factorial.design import crossed_design
from paribus.comparison.margin import margin_for
from paribus.comparison.tuning.plan import Tuning
from paribus.core.errors import ComparisonError, ErrorCollector, ParibusError
from paribus.core.messages import Message
from paribus.records.design import Design
from paribus.results import ComparisonResult
from paribus.runs.engines.clusters import check_cluster, opened, workers_at
from paribus.runs.engines.engine import Engine
from paribus.runs.engines.local_cluster import local_workers
from paribus.runs.execute import Interrupted
from paribus.runs.planning import Plan, check_settings, make_plan
from paribus.runs.program_protocol import Program
from paribus.runs.store import Store
from paribus.runs.tracking import check_log, tracked
from paribus.terminal.explanation import ExplanationShow
from paribus.terminal.failures import check_arms, show_failures, show_left_out
from paribus.terminal.show import ComparisonShow

ASK_BEYOND_SECONDS = 3600.0


def compare(options: argparse.Namespace) -> None:
    """Plan, ask where it is long, run, show, write the report."""
    checked = _checked(options)
    with opened(None if options.dry_run else options.cluster, None, run_settings(options).out) as engine:
        _compare(options, engine, *checked)


def _compare(
    options: argparse.Namespace,
    engine: Executor | Engine | None,
    program: Program,
    design: Design,
    margin: float,
    budget: float | None,
    until: Until | None,
    tuning: Tuning | None,
) -> None:
    how = run_settings(options)
    how = replace(how, workers=workers_at(engine, how.workers or local_workers(options.cluster or "")))
    asks = not options.yes and sys.stdin.isatty() and sys.stderr.isatty()
    timed = options.dry_run or asks or (until is not None and not options.quiet)
    with measuring(options, timed):
        plan = make_plan(design, how, timed=timed, program=program)
        cost = cost_of(plan, tuning, timed)
    show = _show(options)
    medians, told = expected(plan.design, until), cost_words(plan, tuning, cost, language(options))
    why = _why_seconds(plan, options) if timed and plan.seconds is not None else None
    show.plan(replace(plan_view(plan, options), medians=medians, tuned=told, why_seconds=why))
    if options.dry_run:
        if options.json:
            more = {"median_seeds": {f"{by:g}": n for by, n in medians}} if until else {}
            print_json(plan_json(plan) | more | ({"tuning": tuning_json(tuning, cost)} if tuning else {}))
        return
    if asks and (plan.seconds or 0) + (cost[1] or 0) + (why or 0) > ASK_BEYOND_SECONDS and not _confirmed(show):
        raise ParibusError("nothing was started")
    try:
        with tracked(options.log, Store(plan.settings.out), show.event) as tracking, show:
            result = run_plan(plan, margin, tracking.event, engine, until).in_language(language(options))
    except Interrupted:
        show.interrupted(this_command())
        raise
    tell_of_logs(tracking, show.screen)
    # Before the report, so that a full disk takes nothing from the user.
    show.comparison(result.comparison, more=tuning is not None)
    if not options.quiet:
        show_failures(show.screen, result.comparison, result.store)
        _tell_of_sharing(plan, result, show)
    if tuning is not None:
        tune_and_show(result, plan, margin, tuning, options, lambda best: _begun(best, options), engine)
    if options.why:
        from paribus.cli.why import explain_and_show  # SciPy is slow to load

        same = {name: getattr(options, name) for name in ("workers", "device", "kernel", "trust")}
        same |= {"budget": budget, "executor": engine}
        explain_and_show(result, same, ExplanationShow(screen(options), result.comparison, quiet=options.quiet))
    if options.json:
        print_json(result.to_dict())
    path, left_out = result.report_told()
    show.report(str(path))
    show_left_out(show.screen, left_out)
    check_arms(result.comparison)
    gate(result.comparison, options)


def _why_seconds(plan: Plan, options: argparse.Namespace) -> float | None:
    """How long the explanation takes that is asked for as well, as far as can be told before anything has run."""
    if not options.why:
        return None
    from paribus.diagnosis.time_estimate import runs_again, search_seconds  # SciPy is slow to load

    fields, runs = plan.design.arms[-1].fields, runs_again(len(plan.design.arms), len(plan.design.seeds))
    proposed = plan.program.proposals(fields, fixed=tuple(plan.design.differences))
    return search_seconds(plan.program, fields, len(proposed), plan.settings, again=runs)


def _tell_of_sharing(plan: Plan, result: ComparisonResult, show: ComparisonShow) -> None:
    """The rule counts the looks at one comparison: it cannot know what another one has shown of the same runs."""
    words = show.screen.words
    for name, seeds in sharing(plan.design, result.store, plan.program).items():
        listed = words.join([str(seed) for seed in seeds])
        told = words.plural(
            "Seed {seeds} is also in {name}: to compare the same runs there and here is to look at them twice, which "
            "the rule does not count. For fresh data take seeds that no comparison of these arms has (--first-seed).",
            "Seeds {seeds} are also in {name}: to compare the same runs there and here is to look at them twice, which "
            "the rule does not count. For fresh data take seeds that no comparison of these arms has (--first-seed).",
            len(seeds),
            seeds=listed,
            name=name,
        )
        show.screen.paragraph(told, style="yellow")


def _checked(
    options: argparse.Namespace,
) -> tuple[Program, Design, float, float | None, Until | None, Tuning | None]:
    """The design, its margin, the budget, when it ends if it grows, and what is tuned; or one error with all faults."""
    errors = ErrorCollector("the command")
    program = read_program(options)  # by which all else is checked
    budget, until = None, None
    with errors:
        budget = seconds(options.budget)
        if budget is not None and not options.why and not options.until_decided:
            raise ParibusError(
                "--budget bounds what is run by --until-decided or by --why, and needs one of them; got --budget "
                "{value}",
                value=options.budget,
            )
    with errors:
        if options.max_seeds is not None and not options.until_decided:
            raise ParibusError("--max-seeds needs --until-decided", got=options.max_seeds)
        if options.seeds is not None and options.until_decided:
            raise ParibusError(
                "--until-decided finds the number of seeds itself; how many at most is --max-seeds", got=options.seeds
            )
        until = until_for(options.until_decided, options.max_seeds, budget if options.until_decided else None)
    options.seeds = until.most if until else 6 if options.seeds is None else options.seeds
    with errors:
        margin = margin_for(options.margin, program.info.judging)
    with errors:
        check_settings(run_settings(options), program)
    with errors:
        check_log(options.log)
    with errors:
        check_cluster(options.cluster)
    with errors:
        design = growing(with_baseline(_design(options, program), options.baseline), until)
        design = with_edition(design, options.rule)
        check_gate(options, [arm.name for arm in design.arms])
        tuning = read_tuning(options, design, program)
    errors.raise_all()
    return program, design, margin, budget, until, tuning


def _design(options: argparse.Namespace, program: Program) -> Design:
    """Either one `field=v1,v2`, or files of fields; versions of the code where these are the arms."""
    changed = settings(options.settings, program, options.epochs)
    files = [word for word in options.what if word.endswith(".toml") and "=" not in Path(word).name]

    def design(factor: Any, values: Any, start: Any) -> Design:
        return design_for(
            factor,
            values,
            start,
            changed,
            options.seeds,
            options.epochs,
            options.confounded,
            options.first_seed,
            options.trust,
            program,
        )

    if options.factorial:
        return _crossed(options, program, changed)
    if not options.what:
        check_not_swallowed(options, program)
        return design(*own_factor(program), options.recipe)
    if len(files) == len(options.what):
        if len(files) < 2:
            raise ComparisonError("a comparison of recipe files needs two or more; got {name!q} alone", name=files[0])
        if options.recipe is not None:
            raise ComparisonError(
                "recipe files are whole recipes, and start from no other; got --recipe {name}", name=options.recipe
            )
        return design(files, None, None)
    if files or len(options.what) > 1:
        given = " ".join(options.what)
        joined = re.sub(r"\s*,\s*", ",", given)
        raise ComparisonError(
            "compare takes one factor (field=value,value) or recipe files (A.toml B.toml), since only one thing "
            "may change",
            got=given,
            hint=Message("without the space: {word}", word=joined) if joined != given else None,
        )
    return design(*assignment(options.what[0], program), options.recipe)


def _crossed(options: argparse.Namespace, program: Program, changed: dict[str, Any]) -> Design:
    """The cells of two factors. Raises ParibusError."""
    given = [assignment(word, program) for word in options.what]
    if len(dict(given)) < len(given):
        raise ParibusError("each factor is named once, with all its values", got=[name for name, _ in given])
    return crossed_design(
        dict(given),
        options.recipe,
        changed,
        options.seeds,
        options.epochs,
        options.first_seed,
        options.trust,
        program,
    )


def _confirmed(show: ComparisonShow) -> bool:
    print(show.screen.words.text("This takes a while. Start? [y/N] "), end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes", "ㅛ", "예", "네")


def _show(options: argparse.Namespace) -> ComparisonShow:
    return ComparisonShow(screen(options), quiet=options.quiet)


def _begun(plan: Plan, options: argparse.Namespace) -> ComparisonShow:
    """What hears of the runs of arms at their best."""
    show = _show(options)
    show.follow(plan_view(plan, options))
    return show
