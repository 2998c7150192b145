"""Which weights a run keeps while it trains, and what disk space that takes."""

from __future__ import annotations

_MOST_SNAPSHOTS = 32
_MOST_EARLY = 15  # early_steps of up to 50,000 steps an epoch
_BYTES = 4  # float32
_LOOKS = {"off": 0, "light": 1, "full": 5}  # of probes, an epoch


def snapshot_epochs(epochs: int) -> tuple[int, ...]:
    """The epochs (from 1) after which weights are kept: all of up to 32, else 32 evenly spaced, with the last."""
    count = min(epochs, _MOST_SNAPSHOTS)
    return tuple((place * epochs + count - 1) // count for place in range(1, count + 1))


def early_steps(steps_per_epoch: int) -> tuple[int, ...]:
    """The numbers of steps (1, 2, 5, 10, 20, 50, ...) after which weights are kept, before the first epoch's end."""
    steps = []
    scale = 1
    while scale < steps_per_epoch:
        steps += [scale * lead for lead in (1, 2, 5) if scale * lead < steps_per_epoch]
        scale *= 10
    return tuple(steps)


def run_bytes(parameters: int, epochs: int, *, items: int, outputs: int, layers: int, probes: str = "light") -> int:
    """A bound on the disk space in bytes that one run takes at any time, `paribus prune` apart.

    Snapshots, the state with an optimiser's two moments (twice: the new one is written beside the old), answers by
    item (of so many `outputs`), what the probes see of each of the `layers`, and the other texts.
    """
    weights = parameters * _BYTES + 4096  # the header
    snapshots = (len(snapshot_epochs(epochs)) + _MOST_EARLY) * weights
    state = 2 * 3 * weights
    answers = items * (outputs * _BYTES + 8)
    trace = (_LOOKS[probes] * epochs + _MOST_EARLY + 1) * (640 + layers * 640)
    texts = 64 * 1024 + epochs * 512
    return snapshots + state + answers + trace + texts
