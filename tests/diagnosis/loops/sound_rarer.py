"""Healthy loops of other kinds of network and of loop than those on digits."""

from __future__ import annotations

from tests.diagnosis.loops.slips import SOUND_TOO
from tests.diagnosis.loops.small import Run
from tests.diagnosis.loops.sound_rarer_losses import OF_LOSSES
from tests.diagnosis.loops.sound_rarer_networks import OF_NETWORKS

SOUND: dict[str, Run] = {**OF_LOSSES, **OF_NETWORKS, **SOUND_TOO}
