"""Comparisons of two arms whose figures are written out, for tests of what is said about them."""

from typing import Any

from paribus.records.comparison import Comparison, Estimate
from tests.factories import make_comparison


def estimate(mean: float, n: int = 6) -> Estimate:
    return Estimate(mean=mean, low=mean - 0.001, high=mean + 0.001, level=0.95, n=n)


def two_arms(
    trained: tuple[int, int] = (6, 6),
    means: tuple[float, float] = (0.985, 0.989),
    arms_over: tuple[str, str] = ("all", "all"),
    **pair: Any,
) -> Comparison:
    """Sigmoid and ReLU with six seeds; the pair's fields as given, for the rest a plain case of equal arms."""
    start = make_comparison("fair")
    arms = tuple(
        arm.model_copy(update={"trained": k, "figures": {"test_accuracy": estimate(mean)}, "over": o})
        for arm, k, mean, o in zip(start.arms, trained, means, arms_over, strict=True)
    )
    difference = means[1] - means[0]
    fields = {
        "difference": difference,
        "low": difference - 0.0005,
        "high": difference + 0.0005,
        "items_low": difference - 0.0006,
        "items_high": difference + 0.0006,
        "p": 0.03125,
        "p_sign_flip_holm": pair.get("p", 0.03125),
        "p_min": 0.03125,
        "p_t": 0.002,
        "p_decision": 0.002,
        "p_holm": 0.002,
        "reason": "difference",
        "verdict": "b_better",
        "answers": None,
        **dict.fromkeys(("trained_a", "runs_a", "trained_b", "runs_b")),  # the arms' own
        **pair,
    }
    return start.model_copy(update={"alpha": 0.04, "arms": arms, "pairs": (start.pairs[0].model_copy(update=fields),)})


def lesson(**pair: Any) -> Comparison:
    fields = {
        "low": 0.819,
        "high": 0.823,
        "items_low": 0.81,
        "items_high": 0.83,
        "p_t": 1e-9,
        "p_decision": 0.0021645,
        "p_holm": 0.0021645,
        "p_trained": 0.0021645,
        "reason": "trained_counts",
        "verdict": "b_better",
        "decided_by": "fisher",
        **pair,
    }
    return two_arms((0, 6), (0.1, 0.921), **fields)


def open_pair(**pair: Any) -> Comparison:
    fields = {"reason": "not_separated", "verdict": "open", "seeds_to_settle": 24, **pair}
    return two_arms(means=(0.9890, 0.9897), **fields)
