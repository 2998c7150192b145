"""What mends share: what they change, how often they did, and what they undo."""

from __future__ import annotations

from collections import Counter

import torch

from paribus.core.seeds import derive
from paribus.probes.torch_patches import LoopEvents


class Mending:
    """The mends of one run. hits: how often each changed something; seed: the run's own."""

    def __init__(self, names: tuple[str, ...], seed: int) -> None:
        self.events = LoopEvents()
        self.hits: Counter[str] = Counter(dict.fromkeys(names, 0))
        self._seed = seed

    def hit(self, name: str) -> None:
        """It changed something."""
        self.hits[name] += 1

    def draws(self, name: str) -> torch.Generator:
        """Random numbers of a mend's own, so that what the function draws stays as it is."""
        return torch.Generator().manual_seed(derive(self._seed, f"mend/{name}"))
