"""The command line's words for looking at a store and keeping it up. Few imports here, as in `parser`."""

from __future__ import annotations

import argparse
from typing import Any

from paribus.cli.common_options import add_language, add_machine, add_output, add_store, add_workers
from paribus.cli.demand_options import add_gate, add_paper


def add_inspection(commands: argparse._SubParsersAction[Any]) -> None:
    """Commands that look at what is there."""
    show_list = commands.add_parser("list", help="the comparisons and runs of a store")
    show_list.add_argument(
        "text", nargs="?", default="", help="only what has this text in its name, settings or tags (all)"
    )
    show = commands.add_parser("show", help="one comparison, run or recipe")
    show.add_argument("name", help="a comparison's or run's name (or its beginning), or a recipe's")
    diff = commands.add_parser("diff", help="which fields, versions and machine facts differ between two runs")
    diff.add_argument("a", help="a run's or recipe's name, or a recipe file")
    diff.add_argument("b", help="another")
    add_gate(show)
    add_paper(show)
    report = commands.add_parser("report", help="write a comparison's HTML report")
    report.add_argument("name", help="a comparison's name, or its beginning")
    report.add_argument("--to", metavar="FILE.html", help="where to write it (into the comparison's folder)")
    figure = commands.add_parser("figure", help="draw a comparison, a map or a run for a paper: SVG, PDF or PNG")
    figure.add_argument("name", help="a comparison's, a map's or a run's name, or its beginning")
    kinds = "curves, differences, interaction, forces, confusion, features, interventions, tuning, map; of a run: "
    kinds += "curves, answers, classes, updates, forces, signal, units, batches, features (curves)"
    figure.add_argument("--kind", metavar="KIND", help=kinds)
    figure.add_argument("--format", choices=("svg", "pdf", "png"), help="of the file (as --to ends, or svg)")
    figure.add_argument("--to", metavar="FILE", help="where to write it (into the folder of what is drawn)")
    figure.add_argument("--seed", type=int, metavar="K", help="whose runs: forces, features (where most arms trained)")
    figure.add_argument("--image", type=int, default=0, metavar="N", help="which test image: features (0)")
    export = commands.add_parser("export", help="a run's weights or network, or its answers, for other programs")
    export.add_argument("name", help="a run's or a comparison's name, or its beginning")
    export.add_argument("what", help="weights, onnx (of a run), predictions, confusion (CSV)")
    export.add_argument("--to", metavar="FILE", help="where to write it (into the folder of what is exported)")
    export.add_argument("--trust", action="store_true", help="build a network that is code of somebody's own")
    bundle = commands.add_parser("bundle", help="a comparison with its runs as one file that another machine can open")
    bundle.add_argument("name", help="a comparison's name, or its beginning")
    bundle.add_argument("--to", metavar="FILE.zip", help="where to write it (into the current folder)")
    again = commands.add_parser("reproduce", help="open a bundle, make its runs again, and say where figures differ")
    again.add_argument("bundle", metavar="FILE.zip", help="what paribus bundle wrote")
    again.add_argument("--to", metavar="DIR", help="the folder for what came and what is made (named as the file)")
    again.add_argument("--trust", action="store_true", help="run the code that it names")
    add_workers(again)
    add_machine(again)
    add_output(again)
    recipes = commands.add_parser("recipes", help="the built-in recipes, and the fields with their meaning")
    for command in (show_list, show, diff, report, figure, export, bundle):
        add_store(command)
    for command in (show_list, show, diff, report, figure, export, bundle, again, recipes):
        add_language(command)
    for command in (show_list, show, diff, recipes):
        command.add_argument("--json", action="store_true", help="print JSON")


def add_upkeep(commands: argparse._SubParsersAction[Any]) -> None:
    """Commands for what the lab stands on: data, the machine, the store's room and digests."""
    data = commands.add_parser("data", help="list, show, verify or fetch data sets")
    data.add_argument("action", choices=("list", "show", "verify", "fetch"))
    data.add_argument(
        "name", nargs="?", help="a data set's name, or a file or folder of your own (show, verify: mnist)"
    )
    doctor = commands.add_parser("doctor", help="versions, device, threads, data, cache: what a bug report needs")
    prune = commands.add_parser("prune", help="free disk space: checkpoints of finished runs")
    prune.add_argument("--runs", action="store_true", help="also whole runs that are unfinished or in no comparison")
    prune.add_argument("--yes", action="store_true", help="do it; without this, only say what would go")
    verify = commands.add_parser("verify", help="whether a store's files are as they were written, by their digests")
    verify.add_argument("name", nargs="?", help="a comparison's or a run's name, or its beginning (all that there is)")
    for command in (doctor, prune, verify):
        add_store(command)
    for command in (data, doctor, prune, verify):
        add_language(command)
    for command in (data, doctor):
        command.add_argument("--json", action="store_true", help="print JSON")
