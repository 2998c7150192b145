"""Mistakes of other kinds of network and of loop than those on digits, each with the names by which it is known."""

from __future__ import annotations

from tests.diagnosis.loops.rarer_losses import OF_LOSSES
from tests.diagnosis.loops.rarer_networks import OF_NETWORKS
from tests.diagnosis.loops.rarer_steps import OF_STEPS
from tests.diagnosis.loops.slips import SLIPS
from tests.diagnosis.loops.small import Run

RARER: dict[str, tuple[tuple[str, ...], Run]] = {**OF_LOSSES, **OF_NETWORKS, **OF_STEPS, **SLIPS}
