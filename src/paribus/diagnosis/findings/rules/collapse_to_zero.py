"""Rule: weights decayed to zero."""

from __future__ import annotations

from itertools import pairwise

from paribus.core.messages import mark
from paribus.diagnosis.findings.history import MEASURED, History, Series, later_half, measured, middle
from paribus.diagnosis.findings.rule import BLOCKED, Quantity, Rule
from paribus.diagnosis.findings.what_to_try import DECOUPLED, NO_DECAY
from paribus.records.finding import Finding
from paribus.records.trace import LayerTrace, StepTrace

COLLAPSED, NEARLY, FALLING = 0.01, 0.1, 0.5  # a layer's norm, as a share of its first: gone; nearly; on its way
LEAST_BALANCE = 1.0  # decay's pull over the data gradient
_MOST_BALANCE = 1e6  # stands for infinite where there is no data gradient at all
_DECAY = "Loshchilov and Hutter 2019, sec. 2; " + MEASURED


def detect(history: History) -> Finding | None:
    """Weight decay outweighs the data gradient, and the weights shrink geometrically towards zero.

    With coupled decay both enter the same sum, so λ‖w‖ over ‖∇L‖ tells which wins, also before Adam's normalisation
    (Loshchilov and Hutter 2019, sec. 2). Decoupled decay moves the weights by ηλ‖w‖, which is compared with the update.
    """
    gone, falling = [], []
    stuck = history.outcome == "failed"  # held where decay and gradient balance, short of learning anything
    for name in history.layers:
        norms = history.layer(name, lambda layer, _: layer.weight_norm)
        balances = history.layer(name, force_balance)
        if len(norms) < 2 or norms[0].value <= 0 or (balances and max(p.value for p in balances) == 0):
            continue
        left, balance = norms[-1].value / norms[0].value, middle(_while_there(balances, norms))
        if left < COLLAPSED:
            gone.append((name, left, balance, norms))
        elif (balance or 0.0) >= LEAST_BALANCE and (
            left < NEARLY or (left < FALLING and (stuck or _keeps_falling(norms)))
        ):
            falling.append((name, left, balance, norms))
    layers = gone or falling
    if not layers:
        return None
    name, left, balance, norms = min(layers, key=lambda found: found[1])
    share = FALLING if falling and not gone else COLLAPSED
    evidence = [measured("weights_left", left, share)]
    if balance is not None:
        evidence.append(measured("force_balance", balance, LEAST_BALANCE, _DECAY))
    strength = "strong" if gone and history.outcome == "unknown" else history.strength
    below = next((p.step for p in norms if p.value < FALLING * norms[0].value), history.last_step)
    return history.finding("collapse_to_zero", strength, *evidence, layers=[found[0] for found in layers], first=below)


def force_balance(layer: LayerTrace, step: StepTrace) -> float | None:
    """Decay's pull over the data gradient; where decay is decoupled, over the rest of the update."""
    if layer.decay_pull is None:
        return None
    pull, other = layer.decay_pull, layer.gradient_norm
    if step.decoupled:
        if step.learning_rate is None or layer.update_norm is None:
            return None
        pull *= step.learning_rate
        other = max(layer.update_norm - pull, 0.0)
    if not pull > 0:  # an infinite norm without decay makes it NaN
        return 0.0 if pull == 0 else None
    return min(pull / other, _MOST_BALANCE) if other > 0 else _MOST_BALANCE


def _while_there(balances: Series, norms: Series) -> Series:
    """Until the weights are gone: what is left of them jumps by a step's length to and fro."""
    gone = next((p.step for p in norms if p.value < COLLAPSED * norms[0].value), None)
    return tuple(p for p in balances if gone is None or p.step < gone)


def _keeps_falling(norms: Series) -> bool:
    late = later_half(norms)
    return all(after.value <= before.value for before, after in pairwise(late))


RULE = Rule(
    name="collapse_to_zero",
    label=mark("weights decayed to zero"),
    sentence=mark("Weight decay outweighs the data gradient, and the weights of {layers} shrink towards zero."),
    detect=detect,
    quantities={
        "weights_left": Quantity(mark("norm of the weights over their first"), "share"),
        "force_balance": Quantity(mark("pull of decay over the data gradient"), "times"),
    },
    refuted=f"layers that keep at least {FALLING:g} of their first norm",
    changes=(NO_DECAY, DECOUPLED),
    explains=BLOCKED | {"learning_rate_too_high"},
)
