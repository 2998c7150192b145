"""Callbacks that watch the training of other libraries' trainers, each made from the library's own class."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal

from paribus.core.errors import ParibusError
from paribus.diagnosis.findings import findings_of
from paribus.diagnosis.words.findings import findings_text
from paribus.probes.from_outside import OutsideProbe
from paribus.probes.keras_fit import KerasProbe
from paribus.records.finding import Finding
from paribus.records.trace import StepTrace
from paribus.words.translation import Lang

Library = Literal["keras", "lightning", "transformers"]


class Watch:
    """What every one of them is: it begins with the training, ends with it, and says then what it found."""

    def __init__(self, every: int) -> None:
        self._every = every
        self._probe: OutsideProbe | KerasProbe | None = None

    def begin(self, optimizers: Iterable[Any]) -> None:
        """A training begins, with these optimisers."""
        self._probe = OutsideProbe(self._every, [getattr(one, "optimizer", one) for one in optimizers])
        self._probe.__enter__()

    def begin_fit(self, model: Any) -> None:
        """Keras begins to fit a model."""
        self._probe = KerasProbe(model, self._every)

    def end(self) -> None:
        """The training is over."""
        if self._probe is not None:
            self._probe.end()

    @property
    def trace(self) -> tuple[StepTrace, ...]:
        """What was seen; steps count updates from 0."""
        return () if self._probe is None else self._probe.trace

    def findings(self) -> tuple[Finding, ...]:
        """What the trace shows by rules: mistakes and symptoms, causes first."""
        return findings_of(self.trace)

    def report(self, lang: Lang = "en") -> str:
        """The findings in words: what each is, what to do about it, and the numbers that speak for it."""
        return findings_text(self.findings(), lang)


def probe_callback(library: Library, *, every: int = 100) -> Any:
    """A callback that watches what a library's trainer trains, as `paribus.Probe` watches a loop of one's own.

        watch = pb.probe_callback("lightning")
        Trainer(callbacks=[watch]).fit(model, loader)
        print(watch.report())

    It has `trace`, `findings()` and `report(lang)`. It changes nothing in the training, and finds the network by
    itself: where several are trained side by side it sees nothing.

    Args:
        library: `keras` (`model.fit` on its PyTorch backend), `lightning` (PyTorch Lightning) or `transformers`
            (Hugging Face's Trainer).
        every: updates between two looks, after the first ones.

    Raises:
        ParibusError: for another library, or Keras on another backend; ImportError where it is not installed.
    """
    if library not in _MADE:
        raise ParibusError("library must be one of {choices}", choices=tuple(_MADE), got=library)
    return _MADE[library](every)


def _lightning(every: int) -> Any:
    try:
        from lightning.pytorch.callbacks import Callback
    except ImportError:
        from pytorch_lightning.callbacks import Callback

    class ProbeCallback(Watch, Callback):  # type: ignore[misc]
        def on_train_start(self, trainer: Any, pl_module: Any) -> None:
            self.begin(trainer.optimizers)

        def on_train_end(self, trainer: Any, pl_module: Any) -> None:
            self.end()

        def on_exception(self, trainer: Any, pl_module: Any, exception: BaseException) -> None:
            self.end()

    return ProbeCallback(every)


def _transformers(every: int) -> Any:
    from transformers import TrainerCallback

    class ProbeCallback(Watch, TrainerCallback):  # type: ignore[misc]
        def on_train_begin(self, args: Any, state: Any, control: Any, optimizer: Any = None, **others: Any) -> None:
            self.begin([] if optimizer is None else [optimizer])

        def on_train_end(self, args: Any, state: Any, control: Any, **others: Any) -> None:
            self.end()

    return ProbeCallback(every)


def _keras(every: int) -> Any:
    import keras

    if keras.config.backend() != "torch":
        raise ParibusError("Keras must run on PyTorch to be watched: KERAS_BACKEND=torch", got=keras.config.backend())

    class ProbeCallback(Watch, keras.callbacks.Callback):  # type: ignore[misc]
        def __init__(self) -> None:
            keras.callbacks.Callback.__init__(self)
            Watch.__init__(self, every)

        def on_train_begin(self, logs: Any = None) -> None:
            self.begin_fit(self.model)

        def on_train_end(self, logs: Any = None) -> None:
            self.end()

    return ProbeCallback()


_MADE: Mapping[str, Callable[[int], Any]] = {"keras": _keras, "lightning": _lightning, "transformers": _transformers}
