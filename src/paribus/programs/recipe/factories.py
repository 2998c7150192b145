"""Networks of the user's own, by name. No torch here but what the user's own module loads."""

from __future__ import annotations

import hashlib
import importlib
import inspect
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from paribus.core.errors import ParibusError, nearest
from paribus.programs.recipe.model_table import is_code

if TYPE_CHECKING:
    from torch import nn


def load_factory(name: str) -> Callable[..., nn.Module]:
    """The callable that `package.module:factory` names, looked up on the path and in the current folder.

    This runs the user's own code. Opening a run reads data only; what runs one asks first whose it is (`api.trust`).
    """
    module_name, _, attribute = name.partition(":")
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        raise ParibusError(
            "model {name}: no module {module!r} on the path or in the current folder", name=name, module=error.name
        ) from None
    factory = getattr(module, attribute, None)
    if not callable(factory):
        raise ParibusError(
            "model {name}: {module} has no callable {what!r}",
            name=name,
            module=module_name,
            what=attribute,
            hint=nearest(attribute, dir(module)),
        )
    return factory  # type: ignore[no-any-return]


def source_digest(name: str) -> str:
    """What a factory's own code adds to a run's identity: SHA-256 of its module's source; empty for ours."""
    if not is_code(name):
        return ""
    source = inspect.getsourcefile(inspect.unwrap(load_factory(name)))
    return hashlib.sha256(Path(source).read_bytes()).hexdigest() if source else name
