"""What a function that no module has is made of: its code and all that this refers to, as a digest that lasts.

A function of a notebook's cell, a lambda, a closure, a partial or a callable object is told from others by its
bytecode, defaults, closure, the globals that it reads, and so on from there; what lies in a module is named, and the
module counts (`modules`). Pickles would not do: they differ between two equal functions.
"""

from __future__ import annotations

import dis
import functools
import hashlib
import sys
import types
from collections.abc import Callable, Iterator, Set
from typing import Any

import numpy as np

from paribus.core.errors import ParibusError
from paribus.programs.function.modules import OPTIMISERS, find, is_own

_DIGITS = 16
_PLAIN = (bool, int, float, complex, str, bytes, type(None), type(...), type(NotImplemented))
_UNTOLD = {"__dict__", "__weakref__", "__module__", "__doc__", "__annotations__", "__firstlineno__", "__qualname__"}
_UNTOLD |= {
    "__static_attributes__",
    "__annotate__",
    "__annotate_func__",
    "__annotations_cache__",
    "__abstractmethods__",
    "_abc_impl",
}


class Walk:
    """Goes through what a function is made of. modules: the names of those that it came by."""

    def __init__(self) -> None:
        self.modules: set[str] = set()
        self._seen: dict[int, int] = {}
        self._kept: list[Any] = []  # so that no id is given twice

    def digest(self, value: Any) -> str:
        """What tells a value from others. Raises ParibusError for what cannot be told."""
        try:
            return hashlib.sha256(repr(self._told(value)).encode()).hexdigest()[:_DIGITS]
        except RecursionError:
            raise ParibusError("the function refers to something too deep to be told from others") from None

    def _told(self, value: Any) -> Any:
        if isinstance(value, _PLAIN) and type(value) in _PLAIN:
            return type(value).__name__, repr(value)
        if not isinstance(value, tuple | frozenset | types.CodeType):  # which hold themselves by way of others alone
            if id(value) in self._seen:
                return "again", self._seen[id(value)]
            self._seen[id(value)] = len(self._seen)
            self._kept.append(value)
        return type(value).__qualname__, *self._parts(value)

    def _parts(self, value: Any) -> Iterator[Any]:
        torch = sys.modules.get("torch")
        match value:
            case types.ModuleType():
                self.modules.add(value.__name__)
                yield value.__name__
            case np.ndarray() if value.dtype != object:
                yield value.dtype.str, value.shape, hashlib.sha256(value.tobytes()).hexdigest()
            case _ if torch is not None and isinstance(value, torch.Tensor):
                plain = value.detach().cpu().contiguous().view(-1)
                yield str(value.dtype), tuple(value.shape), value.requires_grad
                yield hashlib.sha256(plain.view(torch.uint8).numpy().data if plain.numel() else b"").hexdigest()
            case list() | tuple():
                yield from map(self._told, value)
            case Set():
                yield sorted(self._fresh(one) for one in value)
            case dict() | types.MappingProxyType():
                yield [(self._told(key), self._told(one)) for key, one in value.items()]
            case functools.partial():
                yield from map(self._told, (value.func, value.args, value.keywords))
            case types.MethodType():
                yield from map(self._told, (value.__func__, value.__self__))
            case types.CodeType():
                yield from self._code(value)
            case types.FunctionType():
                yield from self._named(value) or self._function(value)
            case type():
                yield from self._named(value) or self._class(value)
            case staticmethod() | classmethod():
                yield self._told(value.__func__)
            case property():
                yield from map(self._told, (value.fget, value.fset, value.fdel))
            case types.CellType():
                yield self._told(contents(value))
            case types.BuiltinFunctionType() if isinstance(value.__self__, types.ModuleType | None):
                yield value.__module__, value.__qualname__
            case _ if hasattr(value, "__wrapped__") and callable(value):  # behind a cache, say
                yield self._told(value.__wrapped__)
            case _:
                yield from self._reduced(value)

    def _fresh(self, value: Any) -> str:
        """Of a member of a set, whose order is chance: told by itself."""
        walk = Walk()
        told = walk.digest(value)
        self.modules |= walk.modules
        return told

    def _named(self, value: Callable[..., Any]) -> tuple[str, ...]:
        """The name of what lies in a module that a worker can load; nothing for what has to be told itself."""
        name, module = value.__qualname__, sys.modules.get(value.__module__ or "")
        if value.__module__ == "builtins":
            return value.__module__, name
        foreign = isinstance(value, type) and not is_own(value.__module__) and value.__module__ != "__main__"
        if module is None or not (foreign or importable(value)):
            return ()
        self.modules.add(value.__module__)
        return value.__module__, name

    def _function(self, value: types.FunctionType) -> Iterator[Any]:
        yield self._told(value.__code__)
        yield self._told(value.__defaults__)
        yield self._told(value.__kwdefaults__)
        yield self._told(tuple(value.__closure__ or ()))
        yield self._told(value.__dict__)
        for name in sorted({*_globals_read(value.__code__)} & value.__globals__.keys()):
            yield name, self._told(value.__globals__[name])

    def _class(self, value: type) -> Iterator[Any]:
        yield self._told(value.__bases__)
        for name, one in value.__dict__.items():
            if name not in _UNTOLD and not isinstance(one, types.GetSetDescriptorType | types.MemberDescriptorType):
                yield name, self._told(one)

    def _code(self, code: types.CodeType) -> Iterator[Any]:
        yield code.co_code.hex(), code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars
        yield code.co_flags, code.co_argcount, code.co_kwonlyargcount, code.co_exceptiontable.hex()
        yield [self._told(one) for one in code.co_consts]
        if "optim" in code.co_names:
            self.modules.add(OPTIMISERS)
        module = ""
        for step in dis.get_instructions(code):
            if step.opname == "IMPORT_NAME":
                module = step.argval
                self.modules.add(module)
            elif step.opname == "IMPORT_FROM":  # it may be a module
                self.modules.add(f"{module}.{step.argval}")

    def _reduced(self, value: Any) -> Iterator[Any]:
        """Any other object by what a copy would be made of."""
        self.modules.add(type(value).__module__)
        yield type(value).__module__
        if hasattr(type(value), "__call__"):  # noqa: B004 - its class's own code is called
            yield self._told(type(value))
        try:
            reduced = value.__reduce_ex__(2)
        except Exception:  # it cannot be copied, and so is the same wherever it may be made
            return
        yield reduced if isinstance(reduced, str) else [self._told(part) for part in _listed(reduced)]


def _listed(reduced: tuple[Any, ...]) -> list[Any]:
    """What a copy is made of, with the items of a list or a mapping in lists."""
    return [part if place < 3 or part is None else list(part) for place, part in enumerate(reduced)]


def contents(cell: types.CellType) -> Any:
    """What a closure's cell holds; an empty one is as good as nothing."""
    try:
        return cell.cell_contents
    except ValueError:
        return None


def importable(value: Callable[..., Any]) -> bool:
    """Whether a worker that loads the module of a function or a class finds this very object in it."""
    module: Any = sys.modules.get(getattr(value, "__module__", None) or "")
    if module is None or module.__name__ == "__main__" or getattr(module, "__file__", None) is None:
        return False
    found = module
    for part in value.__qualname__.split("."):
        found = getattr(found, part, None)
    return found is value and find(module.__name__) is not None


def _globals_read(code: types.CodeType) -> Iterator[str]:
    for step in dis.get_instructions(code):
        if step.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
            yield step.argval
    for one in code.co_consts:
        if isinstance(one, types.CodeType):
            yield from _globals_read(one)
