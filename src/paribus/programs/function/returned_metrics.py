"""What a function returns or yields, as figures by name; what is none, in clear words."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from typing import Any

from paribus.core.messages import Message, mark, shown
from paribus.runs.failing import RunFailed

Figures = dict[str, float]

_EXPECTED = mark(
    "a function returns its figures by name, like {example}, or yields them after each epoch, or returns the number; "
    "this one {came}"
)
_EXAMPLE = '{{"{name}": 0.5}}'


def followed(returned: Any, metrics: Sequence[str], on_row: Callable[[Figures], None], logged: bool = False) -> Figures:
    """Hand on each row that the function yields or that lies in what it returned; gives what there is beside these.

    logged: whether it gave figures before, so that it need not return any. Raises RunFailed.
    """
    if isinstance(history := getattr(returned, "history", None), Mapping):  # what Keras returns
        returned = history
    rows = returned if isinstance(returned, Iterator) else _rows_in(returned, metrics)
    while True:
        try:
            row = next(rows)
        except StopIteration as stop:
            done = stop.value is None and (logged or rows is returned)
            return {} if done else figures_of(stop.value, metrics)
        on_row(figures_of(row, metrics))
        logged = True


def _rows_in(given: Any, metrics: Sequence[str]) -> Generator[Mapping[str, Any], None, Any]:
    """The rows of a curve as libraries keep it, a list of rows or by name a list of figures; gives the rest of it.

    Of the former the rows with a metric are taken, of the latter the lists that are as long as the metric's.
    """
    if isinstance(given, list) and given and all(isinstance(row, Mapping) for row in given):
        yield from [row for row in given if not row.keys().isdisjoint(metrics)] or given
        return None
    if not isinstance(given, Mapping) or not (lists := {k: v for k, v in given.items() if isinstance(v, list)}):
        return given
    named = {len(lists[name]) for name in metrics if name in lists}
    if len(named) > 1 or (not named and not given.keys().isdisjoint(metrics)):
        return given
    length = named.pop() if named else max(map(len, lists.values()))
    taken = {name: values for name, values in lists.items() if len(values) == length}
    for place in range(length):
        yield {name: values[place] for name, values in taken.items()}
    return {name: value for name, value in given.items() if name not in lists}


def figures_of(given: Any, metrics: Sequence[str]) -> Figures:
    """The numbers of what was returned or yielded, by name; a number alone is the metric. Raises RunFailed.

    What is no number is left out, unless it should be a metric.
    """
    if (number := _number(given)) is not None:
        if len(metrics) > 1:
            raise _wrong(Message("gave one number, and there are {n} metrics", n=len(metrics)), metrics)
        return {metrics[0]: number}
    if not isinstance(given, Mapping):
        raise _wrong(_came(given), metrics)
    found: Figures = {}
    for name, value in given.items():
        number = _number(value)
        if number is not None and not isinstance(value, bool):
            found[str(name)] = number
        elif name in metrics:
            raise RunFailed(Message("{name} must be a number; got {value}", name=name, value=shown(value)))
    return found


def _came(given: Any) -> Message:
    if given is None:
        return Message("returned nothing")
    if inspect.iscoroutine(given) or inspect.isasyncgen(given):
        return Message("is async: it must be an ordinary one")
    return Message("gave {value} ({kind})", value=shown(given), kind=type(given).__name__)


def _wrong(came: Message, metrics: Sequence[str]) -> RunFailed:
    return RunFailed(Message(_EXPECTED, example=_EXAMPLE.format(name=metrics[0]), came=came))


def _number(value: Any) -> float | None:
    """A number, also NumPy's or a tensor's of one element; None of anything else."""
    if isinstance(value, str | bytes | bool | None):
        return None
    if getattr(value, "shape", None) is not None and getattr(value, "ndim", 0) == 0 and hasattr(value, "item"):
        value = value.item()
    try:
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
    except OverflowError:
        return None
