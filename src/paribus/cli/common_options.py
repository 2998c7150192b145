"""Options that several commands have. Few imports here, as in `parser`."""

from __future__ import annotations

import argparse

from paribus.words.languages import LANGUAGES


def add_training(command: argparse.ArgumentParser) -> None:
    """What a command that trains takes."""
    add_recipe(command)
    add_settings(command)
    command.add_argument("--epochs", type=int, metavar="N", help="short for --set epochs=N")
    add_machine(command)
    command.add_argument(
        "--probes", default="light", choices=("off", "light", "full"), help="what to watch in training (light)"
    )
    command.add_argument("--log", action="append", default=[], metavar="tensorboard:FOLDER|mlflow:ADDRESS",
                         help="where the figures of runs go as well, while they are made")  # fmt: skip
    add_store(command)
    add_language(command)
    add_output(command)


def add_shared(command: argparse.ArgumentParser) -> None:
    """Where results lie, and how they are told."""
    add_store(command)
    add_language(command)
    add_output(command)


def add_recipe(command: argparse.ArgumentParser) -> None:
    """Where a recipe starts from."""
    command.add_argument("--recipe", metavar="NAME|FILE.toml", help="the recipe to start from (lesson)")


def add_settings(command: argparse.ArgumentParser) -> None:
    """Fields of a recipe, and whose code may run."""
    command.add_argument("--set", action="append", default=[], dest="settings", metavar="FIELD=VALUE",
                         help="change a field of the recipe; repeatable")  # fmt: skip
    command.add_argument("--trust", action="store_true",
                         help="run the code that a store names as a model, whoever wrote it")  # fmt: skip


def add_budget(command: argparse.ArgumentParser) -> None:
    """The time for new runs."""
    command.add_argument("--budget", metavar="TIME", help="bound the new runs: 90s, 5m, 1h (no bound)")


def add_workers(command: argparse.ArgumentParser) -> None:
    """How many processes make runs."""
    command.add_argument("--workers", type=int, metavar="N", help="processes at once (one a core; one on a GPU)")


def add_cluster(command: argparse.ArgumentParser) -> None:
    """How many at once, and where, if not by processes here."""
    add_workers(command)
    command.add_argument("--cluster", metavar="local:N|ADDRESS|slurm[:FILE.toml]",
                         help="make the runs on a cluster, Dask or SLURM (here)")  # fmt: skip


def add_machine(command: argparse.ArgumentParser) -> None:
    """What runs are made on."""
    command.add_argument("--device", default="auto", metavar="auto|cpu|cuda|mps", help="where to train (auto)")
    command.add_argument(
        "--kernel",
        default="auto",
        metavar="auto|native|pytorch|stacked",
        help="native (fast, our C++), pytorch, or stacked (many runs at once on a GPU); auto chooses",
    )


def add_output(command: argparse.ArgumentParser) -> None:
    """JSON, or the verdict alone."""
    command.add_argument(
        "--json", action="store_true", help="print the result as JSON on stdout, and nothing else there"
    )
    command.add_argument("--quiet", action="store_true", help="print the verdict alone")


def add_store(command: argparse.ArgumentParser) -> None:
    """The store."""
    command.add_argument("--out", metavar="DIR", help="the store: runs and comparisons (PARIBUS_OUT, or ./paribus-lab)")


def add_language(command: argparse.ArgumentParser) -> None:
    """Before a command's name or behind it; where it is not given there, what stood before it stays."""
    command.add_argument("--lang", choices=LANGUAGES, default=argparse.SUPPRESS,
                         help="language of what is shown (from the locale)")  # fmt: skip
