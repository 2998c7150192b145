"""A function that no module has, on its way to the workers: its name, its pickle, and what tells it from others."""

from __future__ import annotations

import functools
import io
from collections.abc import Callable
from typing import Any

from paribus.core.errors import ParibusError
from paribus.programs.function.choices import Choosing
from paribus.programs.function.code_digest import Walk, importable


def name_of(function: Callable[..., Any]) -> str:
    """`module:function`; of a partial the function's, of a callable object that of its class."""
    while isinstance(function, functools.partial | Choosing):
        function = function.function if isinstance(function, Choosing) else function.func
    named: Any = function if hasattr(function, "__qualname__") else type(function)
    return f"{named.__module__}:{named.__qualname__}"


def is_named(function: Callable[..., Any]) -> bool:
    """Whether a worker finds it by its name."""
    return hasattr(function, "__qualname__") and not hasattr(function, "__self__") and importable(function)


def handed_over(function: Callable[..., Any], name: str) -> tuple[bytes, str, list[str]]:
    """The function pickled, its digest, and the modules that it refers to. Raises ParibusError where it holds what
    cannot be copied.
    """
    try:
        payload = _pickled(function)
    except Exception as error:
        raise ParibusError(
            "{name} cannot be handed to a worker: {fault}. Make what it needs inside the function",
            name=name,
            fault=f"{type(error).__name__}: {error}",
        ) from None
    walk = Walk()
    return payload, walk.digest(function), sorted(walk.modules)


def _pickled(function: Callable[..., Any]) -> bytes:
    import cloudpickle

    class Pickler(cloudpickle.Pickler):  # type: ignore[misc]
        """Also of functions behind a cache, whose pickle is a name otherwise."""

        def reducer_override(self, value: Any) -> Any:
            """A cached function that no module has is cached anew, and begins empty."""
            if isinstance(value, functools._lru_cache_wrapper) and not importable(value):
                return _cached, (value.__wrapped__, value.cache_parameters())
            return super().reducer_override(value)

    file = io.BytesIO()
    Pickler(file).dump(function)
    return file.getvalue()


def _cached(function: Callable[..., Any], parameters: dict[str, Any]) -> Callable[..., Any]:
    cached: Callable[..., Any] = functools.lru_cache(**parameters)(function)
    return cached
