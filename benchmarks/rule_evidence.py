"""Checks the decision rule as an outsider would: laws drawn by NumPy alone, verdicts as `pb.judge` gives them.

    python benchmarks/rule_evidence.py [--trials 20000] [--table NAME]

Each law has mean 0 by construction, so whatever is called better is wrong, and the printed interval should hold 0. All
trials of a cell go through `rule.evidence` and `rule.decide` at once; of each cell some are also given to `pb.judge`
one by one, and the last line says how many verdicts differ. Shares in percent ± Monte-Carlo standard error.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from itertools import combinations, product

import numpy as np
from decision_trials import Array, share, table
from numpy.typing import NDArray

import paribus as pb
from paribus.comparison import heavy_tails
from paribus.comparison.decision_rule import second_edition as rule
from paribus.comparison.decision_rule.editions import EDITIONS, edition
from paribus.comparison.decision_rule.look_levels import look_level
from paribus.comparison.power.of_tests import seeds_for_difference
from paribus.comparison.seeds_to_settle import Seen, seeds_to_settle
from paribus.comparison.statistics import paired_t_p, unseen_share
from paribus.programs.metrics import metric_named

SCORE = metric_named("score:max")
Draw = Callable[[np.random.Generator, tuple[int, ...]], Array]
FLOOR = 1e-12
ASKED = 3  # comparisons of a cell that pb.judge sees as well

# Laws of a paired difference, mean 0.
LAWS: dict[str, Draw] = {
    "normal": lambda g, s: g.standard_normal(s),
    "uniform": lambda g, s: g.uniform(-1, 1, s),
    "t with 3 degrees of freedom": lambda g, s: g.standard_t(3, s),
    "a tenth of seeds five times as wide": lambda g, s: g.standard_normal(s) * np.where(g.random(s) < 0.1, 5, 1),
    "two humps, evenly": lambda g, s: g.standard_normal(s) + 4 * (g.random(s) < 0.5) - 2,
    "two humps, a fifth three deviations low": lambda g, s: g.standard_normal(s) - 3 * (g.random(s) < 0.2) + 0.6,
    "both arms exponential": lambda g, s: g.exponential(size=s) - g.exponential(size=s),
    "one arm exponential to the left": lambda g, s: 1 - g.exponential(size=s),
    "the same, and both normal": lambda g, s: 1 - g.exponential(size=s) + g.standard_normal(s),
    "one arm lognormal to the left": lambda g, s: np.exp(0.5) - np.exp(g.standard_normal(s)),
    "5 % of runs of one arm ten deviations low": lambda g, s: g.standard_normal(s) - 10 * (g.random(s) < 0.05) + 0.5,
}
ONE_SIDED = tuple(LAWS)[-4:]


class Asked:
    """How many comparisons pb.judge saw, and of how many it said another thing."""

    seen, other = 0, 0

    def compare(self, runs: Array, trained: NDArray[np.bool_], verdicts: NDArray[np.str_]) -> None:
        """runs, trained: [trials, arms, seeds]; verdicts: [trials, pairs]."""
        for figures, ended, said in list(zip(runs, trained, verdicts, strict=True))[:ASKED]:
            arms = {
                chr(97 + i): [float(x) if ok else None for x, ok in zip(of, ends, strict=True)]
                for i, (of, ends) in enumerate(zip(figures, ended, strict=True))
            }
            found = pb.judge(arms, metric="score:max", paired=True)
            self.seen += 1
            self.other += [pair.verdict for pair in found.pairs] != said.tolist()


ASKING = Asked()


def judged(runs: Array, trained: NDArray[np.bool_] | None = None, look: int = 1, name: str = "second") -> rule.Decision:
    """The rule on runs [trials, arms, seeds], all pairs of arms as one family."""
    trained = np.ones(runs.shape, dtype=bool) if trained is None else trained
    a, b = (list(side) for side in zip(*combinations(range(runs.shape[1]), 2), strict=True))
    found = rule.evidence(runs[:, b] - runs[:, a], trained[:, a], trained[:, b], margin=0.0, metric=SCORE)
    decision = edition(name).decide(found, look_level(look))
    if name == "second" and look == 1:
        ASKING.compare(runs, trained, decision.verdict)
    return decision


def better(decision: rule.Decision) -> NDArray[np.bool_]:
    return np.asarray(np.char.endswith(decision.verdict, "better").any(axis=-1))


def two(differences: Array) -> Array:
    """Runs of two arms with these differences."""
    return np.stack([np.zeros_like(differences), differences], axis=1)


def draws(*name: object) -> np.random.Generator:
    return np.random.default_rng(np.frombuffer(repr(name).encode(), dtype=np.uint8))


def rare(trials: int) -> None:
    """Runs of both arms that do not train now and then."""
    seeds = (6, 12, 30, 60)
    rows = []
    for size, fails in product((1, 2), (0.0, 0.01, 0.02, 0.05)):
        cells: list[object] = [f"{size} sd", f"{fails:.0%}"]
        for n in seeds:
            g = draws("rare", size, fails, n)
            runs = two(g.standard_normal((trials, n)) + size)
            found = judged(runs, g.random(runs.shape) >= fails)
            cells += [share(found.verdict == "b_better"), share(found.figure.verdict == "b_better")]
        rows.append(cells)
    head = [f"{n} seeds, {what}" for n in seeds for what in ("verdict", "figure alone")]
    table(
        "True difference, both arms fail now and then: % better, by verdict and by figure",
        ["size", "fails", *head],
        rows,
    )


def laws(trials: int) -> None:
    """Two arms, means equal: error, coverage, cannot say."""
    seeds = (3, 5, 6, 8, 12, 20, 30, 60)
    found: dict[str, list[list[object]]] = {"better": [], "coverage": [], "tails": []}
    for law, draw in LAWS.items():
        rows: dict[str, list[object]] = {what: [law] for what in found}
        for n in seeds:
            d = draw(draws("laws", law, n), (trials, n))
            decision, (low, high) = judged(two(d)), heavy_tails.paired(d, FLOOR).ends()
            rows["better"].append(share(better(decision)))
            rows["coverage"].append(share((low <= 0) & (high >= 0)))
            rows["tails"].append(share(decision.reason[:, 0] == "tails"))
        for what, row in rows.items():
            found[what].append(row)
    titles = {
        "better": "Means equal: % called better at look 1, level 3.5 %",
        "coverage": "Coverage of the printed 95 % interval, %",
        "tails": "% that the rule cannot say, for a tail",
    }
    for what, rows_of in found.items():
        table(titles[what], ["law of a difference", *(f"{n} seeds" for n in seeds)], rows_of)
    told = [f"{100 * unseen_share(n):.0f} %" for n in seeds]
    table("What every such verdict says may be unseen", ["", *(f"{n} seeds" for n in seeds)], [["of seeds", *told]])


def arms(trials: int) -> None:
    """Two to five arms of one mean, runs of a seed alike or not."""
    seeds = (3, 6, 12, 30)
    rows = []
    for law, correlation, count in product(
        ("normal", "uniform", "t with 3 degrees of freedom"), (0.0, 0.8), (2, 3, 4, 5)
    ):
        cells: list[object] = [law, correlation, count]
        for n in seeds:
            g = draws("arms", law, correlation, count, n)
            own, shared = LAWS[law](g, (trials, count, n)), LAWS[law](g, (trials, 1, n))
            cells.append(share(better(judged((1 - correlation) ** 0.5 * own + correlation**0.5 * shared))))
        rows.append(cells)
    head = ["law of a run", "correlation in a seed", "arms", *(f"{n} seeds" for n in seeds)]
    table("Arms alike: % in which any pair is called better", head, rows)


def looks(trials: int) -> None:
    """Three looks, at n, 2n and 4n seeds, stopping at a verdict."""
    rows = []
    for law, draw in LAWS.items():
        cells: list[object] = [law]
        for first in (3, 6, 12):
            d = draw(draws("looks", law, first), (trials, 4 * first))
            wrong = [better(judged(two(d[:, : first * 2**k]), look=k + 1)) for k in range(3)]
            cells.append(share(np.any(wrong, axis=0)))
        rows.append(cells)
    table("Means equal, three looks: % ever called better, level 4.4 %", ["law", "from 3", "from 6", "from 12"], rows)


def kept(trials: int) -> None:
    """What must not be lost: normal differences, and equality."""
    rows: list[list[object]] = []
    for size, n in ((2, 6), (1, 12), (0.5, 30)):
        runs = two(draws("kept", n).standard_normal((trials, n)) + size)
        rows.append([f"{size} sd, {n} seeds: better", *(share(better(judged(runs, name=name))) for name in EDITIONS)])
    for spread, n in product((0.5, 1.0, 1.5), (6, 12, 20)):
        d = spread * draws("equal", spread, n).standard_normal((trials, n))[:, None]
        ones = np.ones(d.shape, dtype=bool)
        found = rule.evidence(d, ones, ones, margin=1.0, metric=SCORE)
        cells = [share(edition(name).decide(found, look_level(1)).verdict == "equal") for name in EDITIONS]
        rows.append([f"spread {spread} margins, {n} seeds: equal", *cells])
    table("Normal differences: % found", ["", *EDITIONS], rows)


def advice(trials: int) -> None:
    """The range of seeds that would settle an open verdict of six: does it hold what it takes, and does it settle?"""
    rows = []
    for effect in (0.3, 0.5, 1.0):
        d = draws("advice", effect).standard_normal((min(trials, 2000), 1000)) + effect
        d = d[~better(judged(two(d[:, :6])))]
        needed = seeds_for_difference(effect, look_level(2))
        named = []
        for row in d:
            deviation = float(row[:6].std(ddof=1))
            seen = Seen(float(row[:6].mean()), deviation / 6**0.5, deviation, 5, (6, 6), (6, 6))
            named.append(seeds_to_settle("not_separated", seen, pairs=1, margin=0.0, look=1))
        known = [i for i, seeds in enumerate(named) if seeds.n]
        holds = [(named[i].low or 0) <= (needed or 0) <= (named[i].high or 1000) for i in known]
        ends = []
        for end in ("low", "n", "high"):
            until = [getattr(named[i], end) or 1000 for i in known]
            settled = [paired_t_p(d[i, :n]) <= look_level(2) for i, n in zip(known, until, strict=True)]
            ends.append(share(np.array(settled)))
        rows.append([effect, needed, share(np.isin(np.arange(len(d)), known)), share(np.array(holds)), *ends])
    head = [
        "true effect",
        "it takes",
        "a number is named",
        "the range holds it",
        "low end settles",
        "as seen",
        "high end",
    ]
    table("Six seeds, open: advice followed at look 2 (where no high end is named, 1000 seeds), %", head, rows)


TABLES = {of.__name__: of for of in (rare, laws, arms, looks, kept, advice)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=20_000, help="simulated comparisons a cell (default 20000)")
    parser.add_argument("--table", action="append", choices=TABLES, help="this one alone; may be repeated")
    given = parser.parse_args()
    print(f"Simulated comparisons a cell: {given.trials}.")
    for name in given.table or TABLES:
        TABLES[name](given.trials)
    print(f"\nComparisons given to pb.judge as well: {ASKING.seen}; verdicts that differ: {ASKING.other}.")


if __name__ == "__main__":
    main()
