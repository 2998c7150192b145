"""A seed for each stream of random numbers, apart from what draws them: most that need seeds need no NumPy."""

from __future__ import annotations

import hashlib


def derive(seed: int, name: str) -> int:
    """A 63-bit seed for the stream `name` of replicate `seed`: SHA-256 of both, so streams are unrelated."""
    digest = hashlib.sha256(f"paribus/{seed}/{name}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1
