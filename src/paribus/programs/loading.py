"""What the user's own code calls by name: `package.module:name`, found on the path and in the current folder."""

from __future__ import annotations

import contextlib
import importlib
import io
import sys
from collections.abc import Callable, Iterator
from functools import reduce
from pathlib import Path
from typing import Any

from paribus.core.errors import ParibusError, nearest
from paribus.words.safe_text import error_line


def look_here() -> None:
    """Have modules of the current folder found."""
    if (here := str(Path.cwd())) not in sys.path:
        sys.path.insert(0, here)


_loading: list[str] = []  # what is being loaded


@contextlib.contextmanager
def loading(name: str, quietly: bool = False) -> Iterator[None]:
    """While somebody's module is loaded, it must not compare. quietly: what it prints is not shown."""
    _loading.append(name)
    try:
        with contextlib.ExitStack() as stack:
            if quietly:
                stack.enter_context(contextlib.redirect_stdout(io.StringIO()))
                stack.enter_context(contextlib.redirect_stderr(io.StringIO()))
            yield
    finally:
        _loading.pop()


def refuse_while_loading() -> None:
    """Raise ParibusError where a module compares as it is loaded: each run loads it, and would do so again."""
    if _loading:
        raise ParibusError(
            "{name}: its module compares as it is loaded; put that under {guard}",
            name=_loading[-1],
            guard='if __name__ == "__main__":',
        )


def load_named(name: str, quietly: bool = True) -> Callable[..., Any]:
    """The callable that `package.module:name` names. This runs the user's own code; `quietly`: nothing is printed.

    Raises ParibusError where there is none, or its module cannot be loaded.
    """
    module_name, _, attribute = name.partition(":")
    look_here()
    try:
        with loading(name, quietly):
            module = importlib.import_module(module_name)
    except ParibusError:
        raise
    except ModuleNotFoundError as error:
        raise ParibusError(
            "{name}: no module {module!r} on the path or in the current folder", name=name, module=error.name
        ) from None
    except (Exception, SystemExit) as error:
        raise ParibusError(
            "{name}: {module} cannot be loaded: {fault}", name=name, module=module_name, fault=error_line(error)
        ) from error
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
