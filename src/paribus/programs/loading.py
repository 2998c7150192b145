"""What the user's own code calls by name: `package.module:name`, found on the path and in the current folder."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from functools import reduce
from pathlib import Path
from typing import Any

from paribus.core.errors import ParibusError, nearest
from paribus.words.safe_text import one_line


def look_here() -> None:
    """Have modules of the current folder found."""
    if (here := str(Path.cwd())) not in sys.path:
        sys.path.insert(0, here)


def load_named(name: str) -> Callable[..., Any]:
    """The callable that `package.module:name` names. This runs the user's own code.

    Raises ParibusError where there is none, or its module cannot be loaded.
    """
    module_name, _, attribute = name.partition(":")
    look_here()
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        raise ParibusError(
            "{name}: no module {module!r} on the path or in the current folder", name=name, module=error.name
        ) from None
    except (Exception, SystemExit) as error:
        said = one_line(f"{type(error).__name__}: {error}", 200)
        raise ParibusError(
            "{name}: {module} cannot be loaded: {fault}", name=name, module=module_name, fault=said
        ) from (error)
    try:
        found = reduce(getattr, attribute.split("."), module)
    except AttributeError:
        found = None
    if not callable(found):
        raise ParibusError(
            "{name}: {module} has no callable {what!r}",
            name=name,
            module=module_name,
            what=attribute,
            hint=nearest(attribute, [one for one in dir(module) if callable(getattr(module, one))]),
        )
    return found
