"""What only a part of Paribus needs, and the line that installs it: judging and commands need none of it."""

from __future__ import annotations

import contextlib
import importlib.util
from importlib.machinery import ModuleSpec

from paribus.core.errors import ParibusError

LAB = ("torch", "matplotlib", "pooch", "PIL", "starlette", "uvicorn", "h11")  # by the names that are imported


def found(package: str) -> ModuleSpec | None:
    """Where a package is, without loading it; None where it is not installed."""
    with contextlib.suppress(ModuleNotFoundError):
        return importlib.util.find_spec(package)
    return None


def need_lab(package: str = "torch") -> None:
    """Raise ParibusError where a package of the lab is not installed."""
    if found(package) is None:
        raise missing(package)


def lab_missing(error: BaseException) -> ParibusError | None:
    """What to tell of an import that failed for want of the lab; None of any other error."""
    package = ((error.name if isinstance(error, ModuleNotFoundError) else None) or "").partition(".")[0]
    return missing(package) if package in LAB else None


def missing(package: str) -> ParibusError:
    """That a package is not installed, and the line that installs it."""
    return ParibusError(
        "this needs {package}, which is not installed here: pip install 'paribus[lab]'", package=package
    )


def missing_extra(package: str, extra: str) -> ParibusError:
    """The same of what another extra brings."""
    return ParibusError(
        "this needs {package}, which is not installed here: pip install 'paribus[{extra}]'",
        package=package,
        extra=extra,
    )
