"""At which steps a probe looks."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass

_LOOKS_AN_EPOCH = 4


@dataclass(frozen=True)
class Sampling:
    """Step numbers, from 0 over the whole training. `curvature`: those where sharpness and noise are measured too."""

    steps: Container[int]
    curvature: Container[int] = ()


def sampling(probes: str, steps_per_epoch: int, epochs: int, early: Sequence[int]) -> Sampling:
    """The steps of a preset; `early`, counted from 1, are looked at in any.

    light: also the first step of every epoch and the very last. full: also four steps an epoch, evenly spaced, and
    each epoch's last, with its curvature. off: none.
    """
    if probes == "off" or steps_per_epoch == 0:
        return Sampling(())
    starts = [epoch * steps_per_epoch for epoch in range(epochs)]
    ends = frozenset(start + steps_per_epoch - 1 for start in starts)
    steps = {step - 1 for step in early} | {*starts, max(ends)}
    if probes == "light":
        return Sampling(frozenset(steps))
    between = {start + steps_per_epoch * part // _LOOKS_AN_EPOCH for start in starts for part in range(_LOOKS_AN_EPOCH)}
    return Sampling(frozenset(steps | between | ends), ends)
