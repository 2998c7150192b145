"""When a recipe's run counts as trained."""

from __future__ import annotations

import math

from paribus.programs.recipe.trained_criterion import trained
from tests.factories import PRIOR_ENTROPY, make_design, make_run


def test_trained_at_its_thresholds() -> None:
    arm = make_design("activation", ["relu", "tanh"]).arms[0]
    good = make_run(arm, 0, 0.98).record
    edge = 0.95 * PRIOR_ENTROPY
    assert trained(good.figures)
    assert good.trained
    assert not make_run(arm, 0, "collapsed").record.trained
    assert not make_run(arm, 0, "diverged").record.trained
    for update, expected in (
        ({"val_loss": edge - 1e-6}, True),
        ({"val_loss": edge}, False),
        ({"val_loss": math.nan}, False),
        ({"output_spread": 0.0011}, True),
        ({"output_spread": 0.001}, False),
    ):
        assert trained(good.figures | update) is expected, update
    assert not trained({name: value for name, value in good.figures.items() if name != "output_spread"})
