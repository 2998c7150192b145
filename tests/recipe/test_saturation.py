"""Where units with two flat ends stand: contrived traces whose verdict is known."""

from typing import Any

import pytest

from paribus.programs.recipe.explanation_extras import saturation
from paribus.programs.recipe.recipe import Recipe
from paribus.records import explanation as values
from tests.diagnosis.explanations import FAILED, LONG, a_change
from tests.diagnosis.traces import make_trace

SIGMOID = Recipe(activation="sigmoid")


def flat(early: tuple[float, float], late: tuple[float, float]) -> list[Any]:
    """Shares at the low and the high end of the second layer, in the first ten steps and later; the first has none."""

    def layer(name: str, step: int) -> dict[str, float]:
        low, high = (early if step < 10 else late) if name == "second" else (0.0, 0.0)
        return (
            {} if name == "last" else {"saturated_low": low, "saturated_high": high, "pre_mean": 0.25, "pre_std": 0.5}
        )

    return make_trace(layer=layer)


@pytest.mark.parametrize(
    ("early", "late", "verdict"),
    [
        ((0.0, 0.0), (0.0, 0.0), "refuted"),
        ((0.04, 0.05), (0.0, 0.0), "refuted"),
        ((0.1, 0.1), (0.0, 0.0), "partly"),
        ((0.0, 0.0), (0.25, 0.25), "partly"),
        ((0.0, 0.0), (0.3, 0.3), "found"),
        ((0.9, 0.0), (0.0, 0.0), "found"),
    ],
)
def test_the_verdict_is_of_the_worst_layer_early_or_later(
    early: tuple[float, float], late: tuple[float, float], verdict: str
) -> None:
    found = saturation("sigmoid", SIGMOID, [flat(early, late)], ())
    assert found is not None
    assert found.verdict == verdict
    assert [units.layer for units in found.early] == ["first", "second"]
    assert (found.early[1].low, found.early[1].high) == early
    assert (found.late[1].low, found.late[1].high) == late
    assert (found.late[1].pre_mean, found.late[1].pre_std) == (0.25, 0.5)


def test_it_is_the_median_over_runs() -> None:
    found = saturation("", SIGMOID, [flat((share, 0.0), (0.0, 0.0)) for share in (0.0, 0.02, 1.0)], ())
    assert found is not None
    assert (found.early[1].low, found.verdict) == (0.02, "refuted")


def test_units_with_one_flat_end_or_none_have_no_verdict() -> None:
    assert saturation("relu", Recipe(activation="relu"), [make_trace()], ()) is None
    one_end = make_trace(layer=lambda name, step: {"saturated_low": 0.9})
    assert saturation("elu", Recipe(activation="elu"), [one_end], ()) is None
    assert saturation("", SIGMOID, [], ()) is None


def test_what_would_undo_it_is_named_where_it_was_run() -> None:
    tested = (
        values.Tested(intervention=a_change("weight_decay", 0.1, 0.0), kind="cause", screened=LONG, confirmed=LONG),
        values.Tested(
            intervention=a_change("initialisation", "default", "xavier"), kind="no_effect_seen", screened=FAILED
        ),
        values.Tested(
            intervention=a_change("learning_rate", 0.001, 0.0001), kind="remedy", screened=LONG, confirmed=LONG
        ),
        values.Tested(intervention=a_change("init_gain", 4.0, 1.0), kind="not_established"),
    )
    found = saturation("", SIGMOID, [flat((0.9, 0.0), (0.9, 0.0))], tested)
    assert found is not None
    assert found.tested == tuple(t.intervention for t in tested[1:3])
    assert found.restoring == (tested[2].intervention,)
