"""Simulates loops of edits: how often an idle one is kept, how many real ones are, and what that costs in runs.

    python benchmarks/referee_simulation.py [--loops 400] [--table NAME]

prints the tables of docs/decisions/0016-the-error-of-a-loop.md: some minutes on one core. The referee's tries are
decided by `paribus.referee.keep_rule` itself. Effects are in deviations of a run. Truth is scored along the path that a
loop took: what it kept is in the baseline of all later tries. Seeded: the same command prints the same tables.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
from referee_laws import LAWS, Greedy, Law, NoiseFloor, Pairs, Referee, Rule, Score, loops
from referee_levels import (
    Bet,
    Last,
    Levels,
    Lond,
    Lord,
    LordTry,
    Saffron,
    Spending,
    Spent,
    TBet,
    Unscreened,
    screening,
    testing,
)

from paribus.core.seeds import generator
from paribus.referee.keep_rule import MOST_PAIRS, LoopError, Try

EDITS = 100
SIZES = (0.5, 1.0, 2.0)
Make = Callable[[], Rule]

OTHERS: dict[str, Make] = {
    "greedy, one run": Greedy,
    "noise floor of two runs": NoiseFloor,
    "six pairs, t at 0.05": lambda: Pairs(6, Levels()),
    "six pairs, alpha spending": lambda: Pairs(6, Spending()),
}


def idle() -> Iterator[list[float]]:
    while True:
        yield [0.0] * EDITS


def mixed(size: float, harmful: float = 0.0, harm: float | None = None) -> Iterator[list[float]]:
    """One edit in ten is real; a share of the others does harm, as much where nothing else is said."""
    loss = size if harm is None else harm
    draw = generator(int(10 * size), f"edits/{harmful}")
    while True:
        of = draw.random(EDITS)
        yield [size if u < 0.1 else -loss if u < 0.1 + harmful else 0.0 for u in of]


def referee(make: type[Try] = Try, most: int = MOST_PAIRS, tries: int | None = None) -> Make:
    return lambda: Referee(LoopError(most_pairs=most, tries=tries), make)


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    print(f"\n### {title}\n\n| {' | '.join(columns)} |\n|{' --- |' * len(columns)}", flush=True)
    for row in rows:
        print(f"| {' | '.join(row)} |", flush=True)


def of_idle(make: Make, law: str, count: int, edited: Law | None = None) -> list[str]:
    score = loops(make, law, idle(), count, edited)
    return [_share(score.any_wrong, score.loops), _runs(score), f"{np.median(score.idle_pairs):g}"]


def of_real(make: Make, law: str, size: float, count: int, harmful: float = 0.0, harm: float | None = None) -> str:
    score = loops(make, law, mixed(size, harmful, harm), count)
    return f"{score.power:.0f} / {_runs(score)} / {100 * float(np.mean(score.shares)):.1f}"


def _runs(score: Score) -> str:
    return f"{score.runs / score.tries:.1f}"


def _share(k: int, n: int) -> str:
    p = k / n
    return f"{100 * p:.1f} ± {100 * (max(p * (1 - p), 1 / n**2) / n) ** 0.5:.1f}"


REAL = [f"edits of {size:g} deviations" for size in SIZES]
IDLE = ["idle loops that keep any", "runs a try", "pairs, median"]


def both(make: Make, law: str, count: int) -> list[str]:
    return [*of_idle(make, law, count), *(of_real(make, law, size, count // 2) for size in SIZES)]


def rules(count: int) -> None:
    rows = [("referee", referee()), *OTHERS.items()]
    table("Beside what loops do", ["rule", *IDLE, *REAL], ([name, *both(make, "normal", count)] for name, make in rows))


def laws(count: int) -> None:
    table("The referee under other laws", ["law", *IDLE, *REAL], ([law, *both(referee(), law, count)] for law in LAWS))


def levels(count: int) -> None:
    rows: list[tuple[str, Make]] = [
        ("six pairs, t; LOND (and e-LOND's levels)", lambda: Pairs(6, Lond())),
        ("six pairs, t; LORD++", lambda: Pairs(6, Lord())),
        ("six pairs, t; SAFFRON", lambda: Pairs(6, Saffron())),
        ("screening, signs; alpha spending", referee(Spent)),
        ("screening, signs; LORD++", referee(LordTry)),
        ("screening, signs; the referee's levels", referee()),
    ]
    table("Levels", ["test; levels", *IDLE, *REAL], ([name, *both(make, "normal", count)] for name, make in rows))


def tests(count: int) -> None:
    rows: list[tuple[str, type[Try]]] = [
        ("signs, exact, looked at after every pair (the referee)", Try),
        ("the same, tested from the first pair", Unscreened),
        ("signs, exact, once at the last pair", testing(Last)),
        ("bet on the signs (e-process)", testing(Bet)),
        ("t e-process", testing(TBet)),
    ]
    for law in ("normal", "collapse 5 %"):
        table(
            f"Tests within a try, at the referee's levels: {law}",
            ["test", *IDLE, *REAL],
            ([name, *both(referee(make), law, count)] for name, make in rows),
        )


def early(count: int) -> None:
    stops = [
        *((0.5, 6, 0.5, 0), (0.8, 6, 0.8, 3), (0.8, 6, 1.5, 3), (0.8, 6, 1.5, 0), (0.8, 6, 2.0, 3)),
        *((1.2, 8, 1.2, 0), (1.2, 8, 1.5, 0), (2.0, 12, 2.0, 0)),
    ]
    table(
        "What early discarding costs (normal)",
        ["screening ends at ± log ratio, or pairs, or without a gain after; given up at", *IDLE, *REAL],
        (
            [f"{p:g}, {n}, {soon or '-'}; -{h:g}", *both(referee(screening(p, n, h, soon)), "normal", count)]
            for p, n, h, soon in stops
        ),
    )


def budgets(count: int) -> None:
    most = [(f"{n} pairs", referee(most=n)) for n in (10, 20, 30, 40, 60, 100)]
    said = [(f"{MOST_PAIRS} pairs, {n} tries said", referee(tries=n)) for n in (100, 200)]
    table(
        "Most pairs of a try, and tries said beforehand (normal)",
        ["most", *IDLE, *REAL],
        ([name, *both(make, "normal", count)] for name, make in (*most, *said)),
    )


def harmful(count: int) -> None:
    table(
        "A third of the edits do as much harm as the real ones do good (normal)",
        ["rule", *REAL],
        (
            [name, *(of_real(make, "normal", size, count // 2, 0.33) for size in SIZES)]
            for name, make in [("referee", referee()), *OTHERS.items()]
        ),
    )


def large_harm(count: int) -> None:
    table(
        "A third of the edits do harm of eight deviations (normal)",
        ["rule", *REAL],
        (
            [name, *(of_real(make, "normal", size, count // 2, 0.33, 8.0) for size in SIZES)]
            for name, make in [("referee", referee()), *OTHERS.items()]
        ),
    )


def pairs(count: int) -> None:
    def cells(size: float) -> list[str]:
        score = loops(referee(), "normal", mixed(size), count // 2)
        return [f"{size:g}", f"{score.power:.0f}", *(f"{q:.0f}" for q in np.percentile(score.kept_pairs, (10, 50, 90)))]

    table(
        "Pairs that a kept edit took (normal)",
        ["deviations", "kept", "a tenth within", "half within", "nine tenths within"],
        (cells(size) for size in (*SIZES, 3.0, 5.0)),
    )


SHAPES: dict[str, Law] = {
    "twice the spread": lambda draw: 2 * draw.standard_normal(),
    "half the spread": lambda draw: 0.5 * draw.standard_normal(),
    "tail of good runs": lambda draw: draw.standard_exponential() - 1,
    "tail of bad runs": lambda draw: 1 - draw.standard_exponential(),
    "collapse 5 %, made up for by the others": lambda draw: (
        -19.0 if draw.random() < 0.05 else draw.standard_normal() + 1
    ),
}


def shapes(count: int) -> None:
    table(
        "Edits that change a figure's shape and not its mean (normal before): not held where the difference leans",
        ["every candidate", *IDLE],
        ([name, *of_idle(referee(), "normal", count, law)] for name, law in SHAPES.items()),
    )


def growing(count: int) -> None:
    def cells(make: Make, size: float) -> str:
        score = loops(make, "normal", mixed(size), count // 2, growth=0.5)
        return f"{score.power:.0f} / {_runs(score)} / {100 * float(np.mean(score.shares)):.1f}"

    table(
        "Each edit that was kept makes the later real ones worth half as much again (normal)",
        ["rule", *REAL],
        ([name, *(cells(make, size) for size in SIZES)] for name, make in [("referee", referee()), *OTHERS.items()]),
    )


def not_worse(count: int) -> None:
    def cells(margin: float) -> list[str]:
        def make() -> Rule:
            return Referee(LoopError(keep_if="not_worse", margin=margin))

        found = [loops(make, "normal", constant(loss), count) for loss in (-margin, 0.0, 0.5)]
        at_margin, *others = found
        power = [f"{100 * score.kept / score.tries:.0f} / {_runs(score)}" for score in others]
        return [f"{margin:g}", _share(at_margin.any_wrong, at_margin.loops), *power]

    table(
        "Edits that must not be worse by a margin (normal): kept %, and runs a try",
        ["margin, deviations", "loops that keep any that loses the margin", "of equal ones", "half a deviation better"],
        (cells(margin) for margin in (0.5, 1.0, 2.0)),
    )


class BySpreadOfRuns(Try):
    """Its first pairs are always measured by how much runs differ, never by how little the pairs themselves do."""

    def _steady(self) -> bool:
        return False


def shared(count: int) -> None:
    def cells(make: Make, apart: float) -> list[str]:
        score = loops(make, "normal", idle(), count, apart=apart)
        first = [loops(make, "normal", one(size), count, apart=apart).power for size in (0.06, 0.2, 1.0)]
        later = loops(make, "normal", mixed(0.2), count // 4, apart=apart)
        wrong = _share(score.any_wrong, score.loops)
        return [wrong, _runs(score), *(f"{power:.0f}" for power in first), f"{later.power:.0f} / {_runs(later)}"]

    rules = [("the referee", referee()), ("first pairs by the spread of runs alone", referee(BySpreadOfRuns))]
    table(
        "Seeds that move both arms alike (normal): pairs differ by so many deviations of a run",
        [
            "pairs differ by; rule",
            *IDLE[:2],
            *(f"first try of {x:g} kept" for x in (0.06, 0.2, 1)),
            "later ones of 0.2",
        ],
        ([f"{apart:g}; {name}", *cells(make, apart)] for apart in (0.02, 0.1, 0.3, 1.414) for name, make in rules),
    )


def one(effect: float) -> Iterator[list[float]]:
    while True:
        yield [effect]


def constant(effect: float) -> Iterator[list[float]]:
    while True:
        yield [effect] * EDITS


ALL = rules, laws, levels, tests, early, budgets, pairs, harmful, large_harm, growing, not_worse, shapes, shared
TABLES = {f.__name__: f for f in ALL}


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Print what loops of simulated edits keep, and what that costs.")
    parser.add_argument("--loops", type=int, default=400, help="loops of a cell; half as many where edits are real")
    parser.add_argument("--table", choices=TABLES, help="one table alone")
    arguments = parser.parse_args(argv)
    print(f"Loops of {EDITS} edits: {arguments.loops} a cell. Shares in percent ± Monte-Carlo standard error.")
    print("One edit in ten real, of so many deviations: kept % / runs a try / share of kept ones that do nothing, %.")
    for name, print_table in TABLES.items():
        if arguments.table in (None, name):
            print_table(arguments.loops)


if __name__ == "__main__":
    main()
