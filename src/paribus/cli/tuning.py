"""`paribus compare … --tune`: read what is asked for, say what it costs, tune, and show both answers."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from concurrent.futures import Executor

from paribus.cli.command_context import screen, stopped
from paribus.comparison.tuning.plan import Tuning, check_alone, tuning_for
from paribus.comparison.tuning.ranges import read_ranges
from paribus.core.errors import ComparisonError
from paribus.records.design import Design
from paribus.records.events import Event
from paribus.results import ComparisonResult
from paribus.runs.engines.engine import Engine
from paribus.runs.execute import Interrupted
from paribus.runs.planning import Plan
from paribus.runs.program_protocol import Program
from paribus.terminal.show import ComparisonShow
from paribus.terminal.tuned import TuningShow, show_tuned
from paribus.words.translation import translator


def read_tuning(options: argparse.Namespace, design: Design, program: Program) -> Tuning | None:
    """What is tuned; None where nothing is. Raises ParibusError with all faults."""
    words = [word for given in options.tune or [] for word in given]
    how = (options.tune_tries, options.tune_seeds, options.tune_sampler)
    check_alone(
        bool(words),
        *how,
        until_decided=options.until_decided,
        factorial=options.factorial,
        fail_if=options.fail_if is not None,
    )
    if not words:
        return None
    return tuning_for(read_ranges(words, program), design, program, *how)


def check_not_swallowed(options: argparse.Namespace, program: Program) -> None:
    """Raise ComparisonError where the factor seems to stand behind --tune, among what is tuned."""
    if program.own_factor is None and any(len(given) > 1 for given in options.tune or []):
        raise ComparisonError(
            "a comparison needs a factor and its values, FIELD=V1,V2, before --tune: what stands behind it is tuned",
            got=[word for given in options.tune for word in given],
        )


def cost_of(plan: Plan, tuning: Tuning | None, timed: bool) -> tuple[int, float | None]:
    """How many runs tuning adds at most, and seconds; none where nothing is tuned."""
    if tuning is None:
        return 0, 0.0
    from paribus.comparison.tuning.at_best import search_takes

    return search_takes(plan, tuning, timed)


def cost_words(plan: Plan, tuning: Tuning | None, cost: tuple[int, float | None], lang: str) -> str:
    """The same in words, for the plan; empty where nothing is tuned."""
    if tuning is None:
        return ""
    words, (runs, seconds) = translator(lang), cost
    told = words.text(
        "at most {runs} runs more: {tries} tries × {each} for each arm, and {seeds} runs of it at its best",
        runs=runs,
        tries=round(min(tuning.tries, math.prod(field.count for field in tuning.fields))),
        each=words.plural("{n} run", "{n} runs", tuning.seeds),
        seeds=len(plan.design.seeds),
    )
    if seconds:
        told += ", " + words.text("about {time}", time=words.duration(seconds))
    return told


def tune_and_show(
    result: ComparisonResult, plan: Plan, margin: float, tuning: Tuning, options: argparse.Namespace,
    begin: Callable[[Plan], ComparisonShow], engine: Executor | Engine | None = None,
) -> None:  # fmt: skip
    """Tune the arms, compare them at their best, and show what came of it. begin: what hears of those runs."""
    from paribus.comparison.tuning.at_best import tuned_against_tuned

    told = TuningShow(screen(options), plan.design, quiet=options.quiet)
    shows: list[ComparisonShow] = []

    def planned(best: Plan) -> Callable[[Event], None]:
        shows.append(begin(best))
        return shows[0].event

    told.begin()
    try:
        tuned = tuned_against_tuned(plan, margin, tuning, told.event, engine, planned)
    except Interrupted:
        stopped(told.screen)
        raise
    finally:
        for show in shows:
            show.__exit__(None, None, None)
    show_tuned(told.screen, result.comparison, tuned, quiet=options.quiet)


def tuning_json(tuning: Tuning, cost: tuple[int, float | None]) -> dict[str, object]:
    """What `--dry-run --json` says of it."""
    return {
        "fields": [field.model_dump() for field in tuning.fields],
        "tries": tuning.tries,
        "seeds": tuning.seeds,
        "sampler": tuning.sampler,
        "runs": cost[0],
        "seconds": cost[1],
    }
