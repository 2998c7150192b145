"""Looking after every pair: what errors it makes, what it costs beside a fixed number, and what else might be used.

    python benchmarks/sequential.py [--trials 4000]

Tables of docs/decisions/0015-anytime-valid-looks.md; each takes a minute or two on one core.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import numpy as np
from decision_trials import Array, share, table
from numpy.typing import NDArray
from scipy import special, stats

from paribus.comparison.anytime.evalues import log_e_above, log_e_counts, log_e_mean, paths, tails
from paribus.comparison.anytime.pair_evidence import settled_at
from paribus.comparison.heavy_tails import STRICTER
from paribus.comparison.moments import Moments, moments
from paribus.core.seeds import generator

Truths = NDArray[np.bool_]

ERROR, MOST = 0.05, 60
STEP = 1 / 10_000  # an image, where the standard deviation of a difference is 0.1 percentage points

# Laws of a paired difference: mean 0, variance 1.
LAWS: dict[str, Callable[[np.random.Generator, tuple[int, int]], Array]] = {
    "normal": lambda draw, shape: draw.standard_normal(shape),
    "heavy tails (t3)": lambda draw, shape: draw.standard_t(3, shape) / 3**0.5,
    "both arms exponential": lambda draw, shape: (
        (draw.standard_exponential(shape) - draw.standard_exponential(shape)) / 2**0.5
    ),
    "whole images, sd one image": lambda draw, shape: np.round(draw.standard_normal(shape) * 1.0),
    "whole images, sd a third of one": lambda draw, shape: np.round(draw.standard_normal(shape) / 3) * 3,
    "one arm exponential": lambda draw, shape: 1 - draw.standard_exponential(shape),
    "one arm lognormal": lambda draw, shape: (
        (np.exp(0.5) - np.exp(draw.standard_normal(shape))) / np.sqrt((np.e - 1) * np.e)
    ),
    "one arm fails by 10 in 5 %": lambda draw, shape: (
        (draw.standard_normal(shape) - 10 * (draw.random(shape) < 0.05) + 0.5) / (1 + 100 * 0.05 * 0.95) ** 0.5
    ),
}
FLOORS = {"whole images, sd one image": 1 / 6, "whole images, sd a third of one": 9 / 6}


def mixture(width: float) -> Callable[[Array, float], Array]:
    return lambda d, floor: log_e_mean(moments(d, floor), width)


def guarded(d: Array, floor: float) -> Array:
    """As the rule has it: evidence is taken back where a tail is seen against the claim."""
    m = moments(d, floor)
    return np.asarray(log_e_mean(m) - np.log(STRICTER) * (np.sign(m.mean) * tails(d, floor) < 0))


def several(*widths: float) -> Callable[[Array, float], Array]:
    """The mean of e-values is one."""
    return lambda d, floor: np.asarray(
        special.logsumexp([log_e_mean(moments(d, floor), w) for w in widths], axis=0) - np.log(len(widths))
    )


def cauchy(d: Array, floor: float) -> Array:
    """Cauchy prior of scale 0.707 on the effect: normal ones mixed over the quantiles of their width."""
    widths = 0.707 / np.abs(special.ndtri((np.arange(20) + 0.5) / 40))
    return several(*widths)(d, floor)


def signs(d: Array, floor: float) -> Array:
    """The sign of each difference alone, against a fair coin (Beta mixture): needs no spread and no shape."""
    return log_e_counts(np.cumsum(d < 0, axis=-1), np.cumsum(d > 0, axis=-1))


def symmetric(d: Array, floor: float) -> Array:
    """Symmetry alone (de la Pena 1999): exp(l x - l^2 x^2 / 2), x over the spread of those before, mixed over l."""
    squares = np.cumsum(d**2, axis=-1) - d**2
    n = np.arange(d.shape[-1])
    scale = np.sqrt(np.where(n > 0, squares / np.maximum(n, 1), np.inf))
    x = np.divide(d, scale, out=np.zeros_like(d), where=scale > 0)
    bets = np.array([-1.0, -0.5, -0.25, 0.25, 0.5, 1.0])[:, None, None]
    return np.asarray(special.logsumexp(np.cumsum(bets * x - (bets * x) ** 2 / 2, axis=-1), axis=0) - np.log(len(bets)))


def betting(d: Array, floor: float) -> Array:
    """Differences of shares lie between -1 and 1 (Waudby-Smith and Ramdas 2024); their deviation here is 0.001."""
    x = 0.001 * d
    bets = np.array([-0.99, -0.5, 0.5, 0.99])[:, None, None]
    return np.asarray(special.logsumexp(np.cumsum(np.log1p(bets * x), axis=-1), axis=0) - np.log(len(bets)))


METHODS: dict[str, Callable[[Array, float], Array]] = {
    "t mixture, width 0.5": mixture(0.5),
    "t mixture, width 1": mixture(1.0),
    "the same, tails guarded (chosen)": guarded,
    "t mixture, width 2": mixture(2.0),
    "t mixture, widths 0.5, 1, 2, 4": several(0.5, 1.0, 2.0, 4.0),
    "t mixture, Cauchy 0.707": cauchy,
    "signs": signs,
    "symmetry": symmetric,
    "betting on bounded figures": betting,
}


def first(hits: Truths) -> NDArray[np.int64]:
    """After how many pairs; more than any where never."""
    return np.where(hits.any(axis=-1), hits.argmax(axis=-1) + 1, 10**6)


def spending(d: Array, most: int) -> Truths:
    """Whether alpha spending (Lan and DeMets 1983, like O'Brien and Fleming) decides after each pair from 3 on.

    Boundaries for the t statistic's p by simulation of 40,000 normal paths, since small n are far from normal.
    """
    draw = generator(0, f"spending/{most}")
    p = nominal(draw.standard_normal((40_000, most)))
    spent = 4 * stats.norm.sf(stats.norm.isf(ERROR / 4) / np.sqrt(np.arange(1, most + 1) / most))
    edges, alive, used = np.zeros(most), np.ones(len(p), dtype=bool), 0.0
    for k in range(2, most):
        rate = max(0.0, min(ERROR, spent[k]) - used)
        edges[k] = np.quantile(p[alive, k], min(1.0, rate * len(p) / max(1, alive.sum())))
        used += float((alive & (p[:, k] <= edges[k])).mean())
        alive &= p[:, k] > edges[k]
    return nominal(d[:, :most]) <= edges


def nominal(d: Array) -> Array:
    m = moments(d)
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.abs(m.mean) * np.sqrt(m.n * (m.n - 1) / m.squares)
    return np.where(m.n > 2, 2 * special.stdtr(np.maximum(m.n - 1, 1), -t), 1.0)


def errors(trials: int) -> None:
    def cells(method: Callable[[Array, float], Array]) -> list[object]:
        found: list[object] = []
        for law, drawn in LAWS.items():
            d = drawn(generator(1, law), (trials, MOST))
            found.append(share((method(d, FLOORS.get(law, 0.0)) >= np.log(1 / ERROR)).any(axis=-1)))
        return found

    rows = ([name, *cells(method)] for name, method in METHODS.items())
    table(f"Means equal: % ever called different in {MOST} looks, level 5 %", ["method", *LAWS], rows)


def price(trials: int) -> None:
    sizes = (0.5, 1.0, 2.0, 4.0)

    def cells(name: str, method: Callable[[Array, float], Array]) -> list[object]:
        found: list[object] = [name]
        for size in sizes:
            n = first(method(generator(2, "price").standard_normal((trials, MOST)) + size, 0.0) >= np.log(1 / ERROR))
            found.append(told(n))
        return found

    def told(n: NDArray[np.int64]) -> str:
        half, most = (int(np.quantile(n, q, method="higher")) for q in (0.5, 0.8))
        shown = [str(k) if k <= MOST else f"> {MOST}" for k in (half, most)]
        return f"{shown[0]}, {shown[1]}; {100 * (n <= 30).mean():.0f} %"

    def fixed(size: float) -> str:
        power = [stats.nct.sf(stats.t.isf(ERROR / 2, n - 1), n - 1, size * n**0.5) for n in range(2, 200)]
        half, most = (2 + next(i for i, x in enumerate(power) if x >= q) for q in (0.5, 0.8))
        return f"{half}, {most}; {100 * power[28]:.0f} %"

    def grouped(size: float) -> str:
        d = generator(2, "price").standard_normal((trials, MOST)) + size
        return told(first(spending(d, 30)))

    rows = [cells(name, method) for name, method in METHODS.items()]
    rows.append(["alpha spending, at most 30", *(grouped(size) for size in sizes)])
    rows.append(["t test, number fixed beforehand", *(fixed(size) for size in sizes)])
    head = ["method", *(f"{size:g} sd" for size in sizes)]
    table("Pairs to a decision: for half and for 80 % of comparisons; share decided with 30", head, rows)


def equality(trials: int) -> None:
    rows = []
    for margin in (0.5, 1.0, 2.0):
        d = generator(3, "equality").standard_normal((trials, MOST))
        n, wrong = first(within(d, margin)), within(d + margin, margin).any(axis=-1)
        shown = [int(np.quantile(n, q, method="higher")) for q in (0.5, 0.8)]
        shown_text = [str(k) if k <= MOST else f"> {MOST}" for k in shown]
        rows.append([f"{margin:g} sd", f"{shown_text[0]}, {shown_text[1]}", share(wrong)])
    table(
        "Equal within a margin: pairs for half and for 80 % where means are equal; % called equal a margin apart",
        ["margin", "pairs", "wrongly equal"],
        rows,
    )


def within(d: Array, margin: float) -> Truths:
    m: Moments = moments(d)
    ends = [log_e_above(m._replace(mean=margin + side * m.mean)) for side in (-1, 1)]
    return np.asarray(np.minimum(*ends) >= np.log(1 / ERROR))


def failures(trials: int) -> None:
    """Both answers with one error: alike arms whose runs fail, and arms that differ where they train."""

    def decided(
        size: float, rates: tuple[float, float], alike: float, most: int = MOST
    ) -> tuple[Truths, Truths, Truths]:
        draw = generator(4, f"failures/{rates}/{size}/{alike}")
        shared, own = draw.random((trials, MOST, 1)), draw.random((trials, MOST, 2))
        follows = draw.random((trials, MOST, 1)) < alike
        trained = np.where(follows, shared, own) >= np.array(rates)
        gains = np.where(trained.all(axis=-1), draw.standard_normal((trials, MOST)) + size, np.nan)
        found = paths(gains, trained[..., 0], trained[..., 1], margin=0.0)
        trains, figure = found.answers(ERROR)
        return settled_at(trains, figure, trained), trains != "open", figure != "open"

    rows: list[list[object]] = []
    for rate in (0.0, 0.01, 0.05, 0.2, 0.5):
        cells: list[object] = [f"{100 * rate:g} % in both"]
        cells += [share(decided(0.0, (rate, rate), alike)[0].any(axis=-1)) for alike in (0.0, 0.8)]
        for most in (6, 12, 30):
            cells.append(f"{100 * decided(2.0, (rate, rate), 0.0)[2][:, :most].any(axis=-1).mean():.0f}")
        rows.append(cells)
    head = ["runs that do not train", "alike, independent", "alike, seeds shared", "2 sd: 6 pairs", "12", "30"]
    table(
        "Arms with failures: % ever told apart by either answer where alike; % found by 2 sd among trained", head, rows
    )
    rows = []
    for rates in ((1.0, 0.0), (0.8, 0.1), (0.5, 0.05)):
        n = first(decided(0.0, rates, 0.0)[1])
        half, most = (int(np.quantile(n, q, method="higher")) for q in (0.5, 0.8))
        rows.append([f"{100 * rates[0]:g} % against {100 * rates[1]:g} %", half, most if most <= MOST else f"> {MOST}"])
    table("Failures alone: pairs until one arm trains more often", ["runs that do not train", "half", "80 %"], rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=4000)
    trials = parser.parse_args().trials
    for part in (errors, price, equality, failures):
        part(trials)


if __name__ == "__main__":
    main()
