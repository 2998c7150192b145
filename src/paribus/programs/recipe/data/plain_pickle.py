"""A pickle read as the data it holds, without Python's pickle: nothing in it can be called, so nothing is executed.

`pickletools` takes the file apart into its instructions. Those that make dictionaries, lists, text, numbers and NumPy's
arrays of numbers are followed here; at any other the file is refused. Time and memory grow with the file, whatever the
numbers in it say.
"""

from __future__ import annotations

import math
import pickletools
import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np

_MARK = object()
_VALUES = re.compile(
    "INT|BININT[12]?|LONG[14]?|(BIN)?FLOAT|((SHORT_)?BIN)?STRING|UNICODE|(SHORT_)?BINUNICODE|BINUNICODE8|"
    "(SHORT_)?BINBYTES|BINBYTES8"
)
_CONSTANTS = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}
_ARRAY = re.compile(r"numpy\.(_core|core)\.multiarray _reconstruct")
_NUMBERS = re.compile(r"[<>|=]?[biu][1248]")
MOST_BYTES = 1 << 28  # of one file: CIFAR-100's, the largest, has 155 MB


class NotPlain(Exception):
    """The pickle would do, or holds, something else."""


@dataclass(frozen=True)
class _Name:
    """What a pickle names, not looked up."""

    text: str


@dataclass
class _Array:
    """An array that is being made; `value` once its state is known."""

    value: Any = None


@dataclass
class _Machine:
    stack: list[Any] = field(default_factory=list)
    memo: dict[int, Any] = field(default_factory=dict)

    def since_mark(self) -> list[Any]:
        """What was put on the stack since the last mark, taken off with it."""
        at = len(self.stack) - 1
        while self.stack[at] is not _MARK:  # an IndexError where there is none
            at -= 1
        taken = self.stack[at + 1 :]
        del self.stack[at:]
        return taken

    def reduce(self) -> None:
        """What a call would have made: an array, a type of numbers, or bytes that are written as text."""
        arguments, called = self.stack.pop(), self.stack.pop()
        name = called.text if isinstance(called, _Name) else "?"
        if _ARRAY.fullmatch(name):
            self.stack.append(_Array())
        elif name == "numpy dtype" and _NUMBERS.fullmatch(str(arguments[0])):
            self.stack.append(np.dtype(arguments[0]))
        elif name == "_codecs encode":
            self.stack.append(str(arguments[0]).encode("latin-1"))
        else:
            raise NotPlain(f"it calls {name.replace(' ', '.')[:80]}")

    def build(self) -> None:
        """Give an array its shape, type and values; a type of numbers its byte order."""
        state, made = self.stack.pop(), self.stack[-1]
        if isinstance(made, np.dtype):
            if state[1] in ("<", ">"):
                self.stack[-1] = made.newbyteorder(state[1])
            return
        if not isinstance(made, _Array):
            raise NotPlain("it sets up an object")
        _, shape, kind, in_columns, raw = state
        raw = raw.encode("latin-1") if isinstance(raw, str) else raw
        if not isinstance(kind, np.dtype) or math.prod(shape) * kind.itemsize != len(raw) or min(shape) < 0:
            raise NotPlain("an array in it is not of the size that it says")
        made.value = np.frombuffer(raw, kind).reshape(shape, order="F" if in_columns else "C")


def read_plain_pickle(content: bytes) -> Any:
    """The value of a pickle: dict, list, tuple, str, bytes, numbers and arrays. Raises NotPlain at anything else."""
    try:
        return _plain(_run(content))
    except (
        ValueError,
        TypeError,
        IndexError,
        KeyError,
        AttributeError,
        EOFError,
        OverflowError,
        RecursionError,
    ) as error:
        raise NotPlain(str(error)[:80] or type(error).__name__) from None


def _run(content: bytes) -> Any:
    machine = _Machine()
    stack, memo = machine.stack, machine.memo
    argument: Any
    for code, argument, _ in pickletools.genops(content):
        name = code.name
        if _VALUES.fullmatch(name):
            stack.append(argument)
        elif name in _CONSTANTS:
            stack.append(_CONSTANTS[name])
        elif name in ("PUT", "BINPUT", "LONG_BINPUT", "MEMOIZE"):
            memo[len(memo) if argument is None else argument] = stack[-1]
        elif name in ("GET", "BINGET", "LONG_BINGET"):
            stack.append(memo[argument])
        elif name == "MARK":
            stack.append(_MARK)
        elif name == "GLOBAL":
            stack.append(_Name(argument))
        elif name == "STACK_GLOBAL":
            last, first = stack.pop(), stack.pop()
            stack.append(_Name(f"{first} {last}"))
        elif name == "REDUCE":
            machine.reduce()
        elif name == "BUILD":
            machine.build()
        elif name == "STOP":
            break
        elif name not in ("PROTO", "FRAME"):
            _container(machine, name)
    return stack[-1]


def _container(machine: _Machine, name: str) -> None:
    """One instruction that makes or fills a dictionary, list or tuple."""
    stack = machine.stack
    if name in ("EMPTY_DICT", "EMPTY_LIST", "EMPTY_TUPLE"):
        stack.append({"EMPTY_DICT": {}, "EMPTY_LIST": [], "EMPTY_TUPLE": ()}[name])
    elif name in ("TUPLE1", "TUPLE2", "TUPLE3"):
        count = int(name[-1])
        stack[-count:] = [tuple(stack[-count:])]
    elif name == "TUPLE":
        stack.append(tuple(machine.since_mark()))
    elif name == "LIST":
        stack.append(machine.since_mark())
    elif name in ("APPEND", "APPENDS"):
        new = machine.since_mark() if name == "APPENDS" else [stack.pop()]
        stack[-1].extend(new)
    elif name in ("SETITEM", "SETITEMS", "DICT"):
        new = [stack.pop(-2), stack.pop()] if name == "SETITEM" else machine.since_mark()
        if name == "DICT":
            stack.append({})
        for key, value in zip(new[::2], new[1::2], strict=True):
            stack[-1][key] = value
    else:
        raise NotPlain(f"it has the instruction {name}")


def _plain(value: Any) -> Any:
    """The value with text for keys, and arrays for what stands for them; only what lies at the top is looked at."""
    if not isinstance(value, dict):
        raise NotPlain("it is no dictionary")
    named = {key.decode("latin-1") if isinstance(key, bytes) else str(key): held for key, held in value.items()}
    return {key: held.value if isinstance(held, _Array) else held for key, held in named.items()}
