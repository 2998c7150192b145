"""Findings about the weights: decayed to zero, equal from the start, not moving."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from paribus.analysis.findings.history import DEFINITION, MEASURED, History, Series, later_half, middle
from paribus.analysis.findings.measures import relative_update
from paribus.values.findings import Evidence, Finding
from paribus.values.trace import LayerTrace, StepTrace

COLLAPSED, NEARLY, FALLING = 0.01, 0.1, 0.5  # a layer's norm, as a share of its first: gone; nearly; on its way
LEAST_BALANCE = 1.0  # decay's pull over the data gradient
EQUAL = 1e-6  # distance between two units, as a share of their norm, that training does not tell apart
ROUNDING = 2.0**-23  # a change under float32's resolution is none
_MOST_BALANCE = 1e6  # stands for infinite where there is no data gradient at all

_DECAY = "Loshchilov and Hutter 2019, sec. 2; " + MEASURED


def collapse_to_zero(history: History) -> Iterator[Finding]:
    """Weight decay outweighs the data gradient, and the weights shrink geometrically towards zero.

    With coupled decay both enter the same sum, so λ‖w‖ over ‖∇L‖ tells which wins, also before Adam's normalisation
    (Loshchilov and Hutter 2019, sec. 2). Decoupled decay moves the weights by ηλ‖w‖, which is compared with the update.
    """
    gone, falling = [], []
    for name in history.layers:
        norms = history.layer(name, lambda layer, _: layer.weight_norm)
        balances = history.layer(name, force_balance)
        if len(norms) < 2 or norms[0].value <= 0 or (balances and max(p.value for p in balances) == 0):
            continue
        left, balance = norms[-1].value / norms[0].value, middle(_while_there(balances, norms))
        if left < COLLAPSED:
            gone.append((name, left, balance, norms))
        elif (balance or 0.0) >= LEAST_BALANCE and (left < NEARLY or (left < FALLING and _keeps_falling(norms))):
            falling.append((name, left, balance, norms))
    layers = gone or falling
    if not layers:
        return
    name, left, balance, norms = min(layers, key=lambda found: found[1])
    share = FALLING if falling and not gone else COLLAPSED
    evidence = [Evidence(quantity="weights_left", value=left, threshold=share, source=MEASURED)]
    if balance is not None:
        evidence.append(Evidence(quantity="force_balance", value=balance, threshold=LEAST_BALANCE, source=_DECAY))
    strength = "strong" if gone and history.outcome == "unknown" else history.strength
    below = next((p.step for p in norms if p.value < FALLING * norms[0].value), history.last_step)
    yield history.finding("collapse_to_zero", strength, evidence, layers=[found[0] for found in layers], first=below)


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


def symmetric_units(history: History) -> Iterator[Finding]:
    """Units of a layer are equal at the start, so that they get equal gradients and stay equal."""
    layers = []
    for name in history.layers:
        spreads = history.layer(name, _spread)
        if spreads and spreads[0].step == history.first_step and max(p.value for p in spreads) < EQUAL:
            layers.append((name, max(p.value for p in spreads)))
    if layers:
        most = max(spread for _, spread in layers)
        evidence = Evidence(quantity="unit_spread", value=most, threshold=EQUAL, source=DEFINITION)
        yield history.finding("symmetric_units", history.strength, [evidence], layers=[name for name, _ in layers])


def _spread(layer: LayerTrace, step: StepTrace) -> float | None:
    return 0.0 if layer.weight_norm == 0 else layer.unit_spread


def frozen_layer(history: History) -> Iterator[Finding]:
    """A layer whose weights no update changes, while another layer's weights move."""
    moves = {name: history.layer(name, _share_moved) for name in history.layers}
    moves = {name: series for name, series in moves.items() if len(series) > 1}
    still = {name: max(p.value for p in s) for name, s in moves.items() if max(p.value for p in s) < ROUNDING}
    if still and len(still) < len(moves):
        evidence = Evidence(
            quantity="update_ratio", value=max(still.values()), threshold=ROUNDING, source="resolution of float32"
        )
        yield history.finding("frozen_layer", history.strength, [evidence], layers=list(still))


def _share_moved(layer: LayerTrace, step: StepTrace) -> float | None:
    if step.learning_rate == 0:
        return None
    return 0.0 if layer.update_norm == 0 else relative_update(layer, step)
