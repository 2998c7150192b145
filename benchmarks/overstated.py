"""How much what a t test finds is overstated, and whether the verdicts that say so are those where it is.

python benchmarks/overstated.py --trials 40000
"""

from __future__ import annotations

import argparse

import numpy as np
from decision_trials import table
from scipy import stats

from paribus.comparison.decision_rule.look_levels import look_level
from paribus.comparison.exaggeration import exaggeration, overstated
from paribus.comparison.statistics import paired_t_p
from paribus.core.seeds import generator


def retrodesign(shift: float, df: float, level: float) -> float:
    """As Gelman and Carlin (2014) have it: a t distributed estimate, its standard error known."""
    law, edge = stats.t(df), stats.t.isf(level / 2, df)

    def beyond(a: float) -> float:
        return float((df + a * a) / (df - 1) * law.pdf(a))

    above, below = float(law.sf(edge - shift)), float(law.sf(edge + shift))
    return (shift * (above - below) + beyond(edge - shift) + beyond(edge + shift)) / ((above + below) * shift)


def main(trials: int) -> None:
    level, rows = look_level(1), []
    for n in (4, 6, 12, 30):
        for effect in (0.5, 1.0, 2.0):
            drawn = generator(n, f"overstated/{effect}").normal(effect, 1, (trials, n))
            found = drawn[paired_t_p(drawn) <= level]
            sizes, errors = np.abs(found.mean(axis=1)), found.std(axis=1, ddof=1) / n**0.5
            said = np.array([overstated(*each, n - 1, level) is not None for each in zip(sizes, errors, strict=True)])
            shift = effect * n**0.5
            rows.append(
                [
                    n,
                    effect,
                    f"{sizes.mean() / effect:.2f} ± {sizes.std() / len(sizes) ** 0.5 / effect:.2f}",
                    f"{float(exaggeration(shift, n - 1, level)):.2f}",
                    f"{retrodesign(shift, n - 1, level):.2f}",
                    f"{100 * said.mean():.0f}",
                    *(f"{sizes[of].mean() / effect:.2f}" if of.any() else "–" for of in (said, ~said)),
                ]
            )
    table(
        "Normal paired differences that were found at look 1: how many times too large on average, as simulated, as "
        "computed, by Gelman and Carlin's formula; in how many the verdict says so, %; how much too large these and "
        "the others are",
        ["seeds", "true effect, in spreads", "simulated", "computed", "their formula", "said", "these", "others"],
        rows,
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=40_000)
    main(parser.parse_args().trials)
