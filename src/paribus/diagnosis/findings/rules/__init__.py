"""Every rule, by the name of its finding: a file of this folder each, the two ends of an activation in one."""

from paribus.diagnosis.findings.rule import Rule
from paribus.diagnosis.findings.rules import (
    batch_order,
    class_imbalance,
    collapse_to_zero,
    constant_predictor,
    dead_units,
    divergence,
    exploding_gradient,
    frozen_layer,
    inputs_constant,
    inputs_not_normalised,
    labels_at_chance,
    learning_rate_too_high,
    learning_rate_too_low,
    noise_too_strong,
    overfitting,
    saturation,
    symmetric_units,
    undertraining,
    vanishing_gradient,
)

# Causes before what follows from them: of two findings equally strong the earlier is named first.
_IN_ORDER: tuple[Rule, ...] = (
    inputs_constant.RULE,
    inputs_not_normalised.RULE,
    class_imbalance.RULE,
    batch_order.RULE,
    symmetric_units.RULE,
    collapse_to_zero.RULE,
    noise_too_strong.RULE,
    learning_rate_too_high.RULE,
    saturation.LOW,
    saturation.HIGH,
    exploding_gradient.RULE,
    dead_units.RULE,
    vanishing_gradient.RULE,
    learning_rate_too_low.RULE,
    labels_at_chance.RULE,
    frozen_layer.RULE,
    undertraining.RULE,
    overfitting.RULE,
    divergence.RULE,
    constant_predictor.RULE,
)
RULES: dict[str, Rule] = {rule.name: rule for rule in _IN_ORDER}
