"""The program that a user names: the recipe where nothing is named, a program, a function, or the words of a command.

What is said besides (which figures, by which it is judged, what it depends on) are options of that program.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Literal, TypedDict

from paribus.core.errors import ErrorCollector, Fault, FaultsError, ParibusError
from paribus.programs.metrics import metric_named, pattern_of
from paribus.records.program import Metric
from paribus.runs.program_protocol import Program
from paribus.runs.registry import default_program
from paribus.runs.single_run import now

Named = None | Program | Callable[..., Any] | str | Sequence[str]


class ProgramOptions(TypedDict, total=False):
    """What is said of a function or a command besides its name.

    Args:
        metric: the figures that it gives, `NAME:min` or `NAME:max`; the first is judged. Of a command also
            `NAME=PATTERN`, a regular expression whose first group is the figure.
        steer: the metric that is chosen by, if it is another than the judged one.
        metrics_from: the file that a command writes its figures into.
        depends: files whose content can change the figures besides the code.
        time_limit: seconds after which a run is ended, and has failed.
        unpaired: whether runs draw their own luck, and no seed makes them alike.
        repeat_check: whether the first run is made twice, to see whether its figures are the same.
        trained: what a run must have reached to count as trained: `val_acc>0.2`.
        at: which figure of a curve is the run's: the last, or that of the best epoch by the steering metric.
        fresh: whether all runs are made anew.
        link: what git ignores and versions of the code (`arms`) have all the same.
        arms: two versions of the code to compare, by name: git revisions.
        shell: whether the command is read by a shell.
    """

    metric: str | Metric | Sequence[str | Metric]
    steer: str
    metrics_from: str
    depends: Sequence[str | Path]
    time_limit: float | None
    unpaired: bool
    repeat_check: bool
    trained: str
    at: Literal["best", "last"]
    fresh: bool
    link: Sequence[str]
    arms: Mapping[str, str]
    shell: bool


_USUAL: dict[str, Any] = {"repeat_check": True, "at": "last"}
_MAKERS = {"arms": "versions_of", "link": "links"}  # what makers call them
_OURS = ("metric", "steer", "repeat_check", "fresh")  # taken care of here and by plans, whatever the program


def program_named(what: Named = None, options: ProgramOptions | None = None) -> Program:
    """The program that `what` names: None for the recipe, a program, a function or `module:function`, words.

    Raises ParibusError with all faults of the options at once.
    """
    given = {name: value for name, value in (options or {}).items() if _is_said(name, value)}
    given = {_MAKERS.get(name, name): value for name, value in given.items()}
    if what is None or isinstance(what, Program):
        return _ready_made(default_program() if what is None else what, given)
    if isinstance(what, str) or callable(what):
        return _made(what, _loaded("paribus.programs.function.program", "function_program"), given)
    if not isinstance(what, Sequence) or not all(isinstance(word, str) for word in what):
        raise ParibusError("a program is a function, MODULE:FUNCTION, or a command's words in a list", got=what)
    return _made(list(what), _loaded("paribus.programs.command.program", "command_program"), given)


def _loaded(module: str, name: str) -> Any:
    return getattr(import_module(module), name)


def _is_said(name: str, value: Any) -> bool:
    """Whether it is another than what holds where nothing is said."""
    if name in _USUAL:
        return bool(value != _USUAL[name])
    return bool(value) or (isinstance(value, int | float) and not isinstance(value, bool))


def _ready_made(program: Program, given: Mapping[str, Any]) -> Program:
    """A program that says itself what it measures."""
    errors = ErrorCollector("the program")
    others = sorted(given.keys() - {"repeat_check", "fresh", "metric", "steer"})
    with errors:
        if others:
            faults = [Fault("{option} is of functions and commands", option=_option(name)) for name in others]
            raise FaultsError("the program", faults)
    with errors:
        said = [str(getattr(metric, "text", metric)) for metric in _listed(given.get("metric", ()))]
        if said or "steer" in given:
            program = program.measured_by(said, given.get("steer", ""))
    errors.raise_all()
    return _adapted(program, given)


def _adapted(program: Program, given: Mapping[str, Any]) -> Program:
    """With what plans and workflows ask of any program."""
    made = copy.copy(program)
    if "repeat_check" in given:
        made.repeat_check = False
    if "fresh" in given:
        made.anew_since = now()
    return made


def _made(what: Any, maker: Callable[..., Program], given: Mapping[str, Any]) -> Program:
    errors = ErrorCollector("the program")
    with errors:
        known = inspect.signature(maker).parameters
        others = [name for name in given if name not in known and name not in _OURS]
        if others:
            raise FaultsError(
                "the program", [Fault("this program has no {option}", option=_option(name)) for name in others]
            )
    with errors:
        metrics = _metrics(given)
    errors.raise_all()
    taken = {name: value for name, value in given.items() if name not in _OURS}
    taken |= {"patterns": metrics.patterns} if "patterns" in known and metrics.patterns else {}
    program = maker(what, metrics=metrics.metrics, steers=metrics.steers, **taken)
    if (first := _first(what, program)) is not None:
        commits = program.info.source.get("versions")  # in place of names that move on, such as HEAD
        words = _words({**given, "versions_of": commits} if commits else given)
        program = program.with_source(
            said={"first": first, "options": words, "last": [] if isinstance(what, str) or callable(what) else what}
        )
    return _adapted(program, given)


@dataclass(frozen=True)
class _Metrics:
    metrics: tuple[Metric, ...]
    steers: str
    patterns: Mapping[str, str]


def _metrics(given: Mapping[str, Any]) -> _Metrics:
    if not (said := _listed(given.get("metric", ()))):
        raise ParibusError("name the figure that is judged: --metric NAME (in Python metric=)")
    errors = ErrorCollector("the metrics")
    metrics: list[Metric] = []
    patterns: dict[str, str] = {}
    for each in said:
        with errors:
            metrics.append(metric_named(each) if isinstance(each, str) else each)
            if isinstance(each, str) and (pattern := pattern_of(each)):
                patterns[metrics[-1].name] = pattern
    steers = ""
    with errors:
        if steer := given.get("steer"):
            named = {metric.name: metric for metric in metrics}
            metric = named.get(steer) or metric_named(steer)
            steers = metric.name
            if steers not in named:
                metrics.append(metric)
    errors.raise_all()
    return _Metrics(tuple(metrics), steers, patterns)


def _listed(value: Any) -> Sequence[Any]:
    return (value,) if isinstance(value, str | Metric) else tuple(value)


def _first(what: Any, program: Program) -> list[str] | None:
    """What a command line names the program by, before all else; None where it has no name for it."""
    if isinstance(what, str):
        return [what]
    if not callable(what):
        return []
    return None if program.payload else [program.info.name]


def _words(given: Mapping[str, Any]) -> list[str]:
    """The options as a command line has them."""
    words: list[str] = []
    for name, value in given.items():
        if name == "fresh":  # what is made again is not made anew
            continue
        option = _option(name)
        if isinstance(value, bool):
            words.append(option)
        elif isinstance(value, Mapping):
            words += [f"{option}={key}={part}" for key, part in value.items()]
        else:
            parts = _listed(value) if not isinstance(value, int | float | Path) else (value,)
            words += [f"{option}={getattr(part, 'text', part)}" for part in parts]
    return words


def _option(name: str) -> str:
    """What the command line calls an option."""
    said = {"repeat_check": "--no-repeat-check", "versions_of": "--arm", "links": "--link"}
    return said.get(name, f"--{name.replace('_', '-')}")
