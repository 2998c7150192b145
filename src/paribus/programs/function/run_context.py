"""What a function may ask for while it runs: generators of its own, a folder, and a state to go on from.

A run has a process to itself, so what is known of it is known in all of that process, also to its threads.
"""

from __future__ import annotations

import json
import random
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, overload

import numpy as np
import numpy.random  # NumPy would load it in every run

from paribus.core.errors import ParibusError
from paribus.core.seeds import derive
from paribus.core.seeds import generator as numpy_generator
from paribus.programs.function.nested import Arrays, flattened, rebuilt

if TYPE_CHECKING:
    import torch


@dataclass
class Running:
    """The run that goes on in this process. give: takes figures while it goes on."""

    seed: int
    folder: Path
    give: Callable[[Mapping[str, Any]], None]
    streams: dict[str, Any] = field(default_factory=dict)
    saved_streams: Mapping[str, Any] = field(default_factory=dict)


_STATE, _GENERATORS = "state", "generators"  # the parts of what is kept
_running: list[Running] = []  # one, in a run's process


def enter(run: Running) -> None:
    """This process is a run's from now on."""
    _running[:] = [run]


@overload
def stream(name: str, *, torch: Literal[False] = False) -> np.random.Generator: ...
@overload
def stream(name: str, *, torch: Literal[True]) -> torch.Generator: ...
def stream(name: str, *, torch: bool = False) -> Any:
    """A random generator of its own for one purpose, the same in every arm that has the run's seed.

    What one arm draws more from another stream, or from the global generators, changes nothing in this one: that
    pairs the split, the order or the first weights of arms that differ elsewhere.

    Args:
        name: of the purpose: `split`, `order`. In a run the same name gives the same generator, which goes on.
        torch: whether it is a `torch.Generator` (of the CPU), and not NumPy's.

    Raises:
        ParibusError: outside of a run.
    """
    run = this_run("pb.stream")
    key = f"torch/{name}" if torch else name
    if key not in run.streams:
        made = _torch_generator(run.seed, f"stream/{key}") if torch else numpy_generator(run.seed, f"stream/{key}")
        run.streams[key] = made
        if key in run.saved_streams:
            _set_state(made, run.saved_streams[key])
    return run.streams[key]


def log(figures: Mapping[str, Any]) -> None:
    """Give figures now, as a row of the run's curve: for callbacks, where nothing can be yielded.

    Args:
        figures: by name, as they would be yielded: numbers, also NumPy's or tensors of one element.

    Raises:
        ParibusError: outside of a run.
    """
    this_run("pb.log").give(figures)


def run_folder() -> Path:
    """The folder for files of this run; it lies in the store, beside the run's record.

    Raises:
        ParibusError: outside of a run.
    """
    folder = this_run("pb.run_folder").folder
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def save(path: str | Path) -> Path:
    """Keep a copy of a file or a folder with the run. Returns where the copy is.

    Args:
        path: of what is to be kept.

    Raises:
        ParibusError: outside of a run, or where there is no such file.
    """
    source = Path(path)
    if not source.exists():
        raise ParibusError("{path}: there is no such file to save", path=source)
    copy = run_folder() / source.absolute().name
    if source.is_dir():
        shutil.copytree(source, copy, dirs_exist_ok=True)
    elif source.absolute() != copy.absolute():
        shutil.copy2(source, copy)
    return copy


def this_run(asked: str) -> Running:
    """The run that goes on here. asked: what is asked for. Raises ParibusError outside of a run."""
    if not _running:
        raise ParibusError("{name} is for a function while Paribus runs it: here there is no run", name=asked)
    return _running[0]


class State:
    """What a run that is stopped goes on from. A function that has a parameter `state` gets it.

    `load` gives what was last saved; before the first save of a run, None. `save` says what a later beginning would
    go on from, right before the `yield` of the figures up to there, with which it is kept. The random generators
    (Python's, NumPy's, PyTorch's and `pb.stream`'s) are kept with it, and go on where they were once it is loaded.
    """

    def __init__(self, saved: tuple[Arrays, str] | None, keep: Callable[[Arrays, str], None]) -> None:
        self._saved, self._keep = saved, keep
        self.by_row = False  # whether figures are yielded, so that what is saved is kept with them
        self._pending: tuple[Arrays, str] | None = None

    def load(self) -> Any:
        """What was saved last in this run, lists and mappings with their arrays and tensors; None at its beginning."""
        if self._saved is None:
            return None
        arrays, text = self._saved
        texts = json.loads(text)
        _restore_generators(rebuilt(_below(_GENERATORS, arrays), texts[_GENERATORS]))
        return rebuilt(_below(_STATE, arrays), texts[_STATE])

    def save(self, state: Any) -> None:
        """Keep numbers, texts, arrays and tensors, and lists and mappings of them (`model.state_dict()`).

        Raises:
            ParibusError: for anything else.
        """
        self._pending = flattened(state)
        if not self.by_row:
            self.row_is_out()

    def row_is_out(self) -> None:
        """The figures up to here are given: what was saved before is what to go on from."""
        if self._pending is None:
            return
        parts = {_STATE: self._pending, _GENERATORS: flattened(_generators())}
        arrays = {f"{part}/{name}": array for part, (held, _) in parts.items() for name, array in held.items()}
        self._keep(arrays, json.dumps({part: text for part, (_, text) in parts.items()}))
        self._pending = None

    @property
    def left_over(self) -> bool:
        """Whether something was saved after the last figures were given, as if the order were the other way about."""
        return self._pending is not None


def _below(part: str, arrays: Arrays) -> Arrays:
    return {name.partition("/")[2]: array for name, array in arrays.items() if name.startswith(f"{part}/")}


def seed_all(seed: int) -> None:
    """Seed the global generators of Python, NumPy and, where it is loaded, PyTorch (on all devices)."""
    random.seed(seed)
    np.random.seed(seed % 2**32)
    if (torch := sys.modules.get("torch")) is not None:
        alone = torch.version.cuda is None and torch.version.hip is None and not torch.backends.mps.is_built()
        (torch.default_generator.manual_seed if alone else torch.manual_seed)(seed)  # the latter takes its time


def _torch_generator(seed: int, name: str) -> torch.Generator:
    import torch

    return torch.Generator().manual_seed(derive(seed, name))


def _generators() -> dict[str, Any]:
    version, inner, gauss = random.getstate()
    legacy = np.random.get_state()
    found: dict[str, Any] = {"python": [version, list(inner), gauss], "numpy": list(legacy)}
    if (torch := sys.modules.get("torch")) is not None:
        found["torch"] = torch.get_rng_state()
        if torch.cuda.is_initialized():
            found["cuda"] = torch.cuda.get_rng_state_all()
    if _running:
        found["streams"] = {**_running[0].saved_streams, **{k: _get_state(g) for k, g in _running[0].streams.items()}}
    return found


def _restore_generators(found: Mapping[str, Any]) -> None:
    version, inner, gauss = found["python"]
    random.setstate((version, tuple(inner), gauss))
    np.random.set_state(tuple(found["numpy"]))
    if "torch" in found:
        import torch

        torch.set_rng_state(found["torch"])
        if "cuda" in found:
            torch.cuda.set_rng_state_all(found["cuda"])
    if _running:
        _running[0].saved_streams = found.get("streams", {})
        for key, made in _running[0].streams.items():
            if key in _running[0].saved_streams:
                _set_state(made, _running[0].saved_streams[key])


def _get_state(made: Any) -> Any:
    return made.bit_generator.state if isinstance(made, np.random.Generator) else made.get_state()


def _set_state(made: Any, state: Any) -> None:
    if isinstance(made, np.random.Generator):
        made.bit_generator.state = state
    else:
        made.set_state(state)
