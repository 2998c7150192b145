"""Networks of the user's own, by name. No torch here but what the user's own module loads."""

from __future__ import annotations

import hashlib
import inspect
from pathlib import Path

from paribus.programs.loading import load_named
from paribus.programs.recipe.model_table import is_code


def source_digest(name: str) -> str:
    """What a factory's own code adds to a run's identity: SHA-256 of its module's source; empty for ours."""
    if not is_code(name):
        return ""
    source = inspect.getsourcefile(inspect.unwrap(load_named(name)))
    return hashlib.sha256(Path(source).read_bytes()).hexdigest() if source else name
