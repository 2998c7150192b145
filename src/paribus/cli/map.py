"""`paribus map`: how far a verdict reaches."""

from __future__ import annotations

import argparse
from dataclasses import asdict, replace
from typing import Any

from paribus.cli.command_context import assignment, language, measuring, print_json, screen, seconds, settings, stopped
from paribus.cli.program_options import own_factor, read_program
from paribus.core.errors import ComparisonError, ErrorCollector
from paribus.maps.grid import Grid, grid_for
from paribus.maps.run_map import plan_map, run_map
from paribus.runs.engines.clusters import check_cluster, opened, workers_at
from paribus.runs.execute import Interrupted
from paribus.runs.planning import Settings, check_settings, store_at
from paribus.runs.program_protocol import Program
from paribus.terminal.map import MapShow


def draw_up(options: argparse.Namespace) -> None:
    """Plan or run, show, and keep the map."""
    how = Settings(store_at(options.out), options.device, options.workers, "light", options.kernel)
    errors = ErrorCollector("the command")
    program = read_program(options)
    with errors:
        check_settings(how, program)
    with errors:
        budget = seconds(options.budget)
    with errors:
        grid = _grid(options, program)
    with errors:
        check_cluster(options.cluster)
    errors.raise_all()
    show = MapShow(screen(options), quiet=options.quiet)
    if options.dry_run:
        with measuring(options):
            plan = plan_map(grid, how)
        show.plan(plan)
        if options.json:
            print_json(asdict(plan))
        return
    try:
        with opened(options.cluster, None, how.out) as engine, show:
            how = replace(how, workers=workers_at(engine, how.workers))
            result = run_map(grid, how, budget, show.event, engine).in_language(language(options))
    except Interrupted:
        stopped(show.screen)
        raise
    show.map(result.map)
    if options.json:
        print_json(result.to_dict())


def _grid(options: argparse.Namespace, program: Program) -> Grid:
    if len(options.what) > 1:
        raise ComparisonError("map takes one factor and its values, FIELD=V1,V2", got=" ".join(options.what))
    factor, values = own_factor(program) if not options.what else assignment(options.what[0], program)
    over: dict[str, list[Any]] = {}
    for word in options.over:
        field, points = assignment(word, program)
        if field in over:
            raise ComparisonError(
                "--over {word!q} gives {factor} a second time; all its values go into one", word=word, factor=field
            )
        over[field] = points
    return grid_for(
        factor,
        values,
        over,
        options.recipe,
        settings(options.settings, program),
        options.seeds,
        options.epochs,
        options.margin,
        options.first_seed,
        options.trust,
        program,
    )
