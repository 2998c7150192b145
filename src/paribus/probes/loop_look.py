"""One look at a training loop: what its hooks saw of an update, put into figures."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

from paribus.probes.loop_batches import bad_rows, length_of
from paribus.probes.loop_graph import OF_LOGARITHMS, given_to, growth, softmax_dimension
from paribus.probes.loss_reading import read_loss
from paribus.probes.model_hooks import Forward, LoopWatch, held_by, missing_from, shares
from paribus.probes.output import class_entropy, input_moments, is_distribution, label_entropy, output_trace
from paribus.probes.probe import undisturbed
from paribus.probes.reading import UNKNOWN, Reading
from paribus.records.loop_trace import OF_CLASSES, AnswersTrace, Bound, LoopTrace, LossTrace
from paribus.records.trace import OutputTrace

_ROWS = 64  # of a batch that is answered in parts
_LOG_SUMS = 1e-3
_REACH: dict[Bound, tuple[float, float]] = {
    "softmax": (0.0, 1.0),
    "sigmoid": (0.0, 1.0),
    "tanh": (-1.0, 1.0),
    "relu": (0.0, math.inf),
}
_OF_NUMBERS = ("squared", "absolute", "huber", "bce")
_AS_NEXT = 0.98  # share of targets that are the next sign of the input
_NEARLY = 0.01  # how far a recovered target may be from 0 or 1
_MOST_OF_SOFTMAX = 1.5  # a row of targets that sums to more is of several classes
_BEYOND = 0.02  # how far out of reach a target must be, of its range


class Look:
    """Makes the figures of an update from what a `LoopWatch` saw of it."""

    def __init__(self, watch: LoopWatch, held_out: tuple[Tensor, Tensor] | None) -> None:
        self._watch, self._held_out = watch, held_out
        self.evaluated: Tensor | None = None  # inputs of an evaluation of the loop's own
        self._last = UNKNOWN

    def figures(self, step: int, loss: Any, inputs: Any, targets: Any, answers: Any) -> dict[str, Any]:
        """Fields of a `StepTrace`, for one update: after it was made, with its loss.

        inputs, targets: where the user gave them. answers: the outputs for the held-out batch, before the update.
        """
        watch, forward = self._watch, self._watch.answered()
        given = inputs if inputs is not None else (forward.inputs if forward else watch.inputs)
        value = None if loss is None else float(loss.detach() if isinstance(loss, Tensor) else loss)
        reading = self._read(forward, value, targets)
        scale = reading.scale or 1.0
        mean, std = input_moments(given)
        classes = targets if label_entropy(targets) is not None else None
        if classes is None and reading.kind in OF_CLASSES:
            classes = reading.targets
        batch_size = len(classes) if isinstance(classes, Tensor) else length_of(given)
        found: dict[str, Any] = {
            "input_mean": mean,
            "input_std": std,
            "label_entropy": class_entropy(classes.reshape(-1)) if isinstance(classes, Tensor) else None,
            "batch_size": batch_size,
        }
        own = self._own_output(reading, answers)
        if own is not None:
            found["output"] = own
        loss_trace = self._loss(reading, forward, loss, value)
        found["loop"] = LoopTrace(
            loss=loss_trace,
            answers=self._answers(step, reading, forward),
            unregistered=watch.unregistered or (),
            **self._of_update(scale),
            **self._of_inputs(given),
        )
        return found

    def _read(self, forward: Forward | None, value: float | None, targets: Any) -> Reading:
        if forward is None or forward.gradient is None:
            return UNKNOWN
        return read_loss(forward.output, forward.gradient, value, targets)

    def _loss(self, reading: Reading, forward: Forward | None, loss: Any, value: float | None) -> LossTrace:
        right, sizes = None, _sizes(reading)
        if reading.rows is not None and reading.targets is not None:
            right = float((reading.rows.argmax(1) == reading.targets).double().mean())
        elif reading.kind in ("bce_logits", "bce") and reading.targets is not None and forward is not None:
            middle = 0.0 if reading.kind == "bce_logits" else 0.5
            right = float(((forward.output.cpu() > middle) == (reading.targets > 0.5)).double().mean())
        graph = isinstance(loss, Tensor) and forward is not None
        made = {seen.node for seen in self._watch.forwards}
        largest = max((seen.output for seen in self._watch.forwards), key=lambda output: output.numel(), default=None)
        return LossTrace(
            kind=reading.kind,
            scale=reading.scale,
            value=reading.value if reading.kind != "unknown" else value,
            constant=self._watch.batches.constant(reading),
            uphill=reading.uphill if reading.kind != "unknown" else None,
            right=right,
            over=self._over(loss, forward),
            bits=self._are_bits(reading),
            target_size=None if sizes is None else sizes[0],
            target_std=None if sizes is None else sizes[1],
            samples=length_of(forward.output) if forward else None,
            given=given_to(loss, made) if graph and forward else None,
            likely=given_to(loss, made, OF_LOGARITHMS) if graph and forward else None,
            growth=growth(loss, made, largest) if graph and largest is not None else None,
            dimension=softmax_dimension(loss, made, forward.output) if graph and forward else None,
        )

    def _over(self, loss: Any, forward: Forward | None) -> int | None:
        if not isinstance(loss, Tensor) or forward is None:
            return None
        along = softmax_dimension(loss, {seen.node for seen in self._watch.forwards}, forward.output)
        return None if along is None else forward.output.shape[along]

    def _are_bits(self, reading: Reading) -> bool | None:
        known = reading.targets if reading.targets is not None else self._held_out[1] if self._held_out else None
        if known is None or reading.kind not in _OF_NUMBERS:
            return None
        near = float((known - known.round()).abs().max()) < _NEARLY
        return near and set(torch.unique(known.round()).tolist()) == {0, 1}

    def _answers(self, step: int, reading: Reading, forward: Forward | None) -> AnswersTrace | None:
        if forward is None:
            return None
        z = forward.output.float()
        if not torch.isfinite(z).all():
            return None
        targets = reading.targets if reading.targets is not None else self._held_targets(z)
        numbers = reading.kind in _OF_NUMBERS or (reading.kind == "unknown" and targets is not None)
        bound = "sigmoid" if reading.kind == "bce_logits" else forward.bound if numbers else None
        reach = None if bound is None or targets is None else _out_of_reach(bound, targets)
        table = z.movedim(1, -1).reshape(-1, z.shape[1]) if z.dim() > 1 else z
        log = table.dim() == 2 and table.shape[1] > 1 and float(table.logsumexp(1).abs().max()) < _LOG_SUMS
        parts = self._in_parts(step) | self._ahead(step, reading, forward)
        return AnswersTrace(
            low=float(z.min()),
            high=float(z.max()),
            distribution=is_distribution(z.reshape(-1, z.shape[-1]) if z.dim() > 1 else z),
            log=log,
            classes=z.shape[1] if z.dim() > 1 else 1,
            bound=forward.bound,
            crossed=forward.crossed,
            out_of_reach=reach,
            **parts,
        )

    def _held_targets(self, z: Tensor) -> Tensor | None:
        """Held-out numbers that are asked for, in place of those of the batch, which such a loss does not tell."""
        held = self._held_out[1] if self._held_out else None
        alike = isinstance(held, Tensor) and held.is_floating_point() and held.shape[1:] == z.shape[1:]
        return held if alike else None

    def _in_parts(self, step: int) -> dict[str, float | None]:
        """Whether rows depend on the others, answers on chance, and inputs give a straight line: at two looks."""
        if step not in (0, 9):
            return {}
        x = self._held_out[0] if self._held_out else self._watch.inputs
        if not isinstance(x, Tensor) or x.dim() < 2 or len(x) < 4:
            return {}
        x = x[: min(_ROWS, len(x) // 2 * 2)]
        middle = (x[::2] + x[1::2]) / 2 if x.is_floating_point() else x[::2]
        # The later half: a recurrent network looks back.
        answers = self._both(x, x, x[len(x) // 2 :], middle)
        if answers is None:
            return {}
        whole, again, half, mean = answers
        if whole.shape[1:] != half.shape[1:] or len(whole) != len(x) or len(mean) != len(middle):
            return {}
        size = float(whole.std(correction=0)) or 1.0
        noise = float((whole - again).square().mean().sqrt()) / size
        dependence = float((whole[-len(half) :] - half).square().mean().sqrt()) / size
        found: dict[str, float | None] = {"noise": noise, "dependence": dependence if noise == 0 else None}
        if noise == 0 and x.is_floating_point():
            found["bent"] = float((mean - (whole[::2] + whole[1::2]) / 2).square().mean().sqrt()) / size
        return found

    def _ahead(self, step: int, reading: Reading, forward: Forward) -> dict[str, float | None]:
        """Whether answers see the next signs of a sequence where those are the targets: at the same looks."""
        x, targets = forward.inputs, reading.targets
        if step not in (0, 9) or not isinstance(x, Tensor) or x.dim() != 2 or x.is_floating_point() or x.shape[1] < 3:
            return {}
        if reading.kind not in OF_CLASSES or targets is None or targets.numel() != x.numel():
            return {}
        told = targets.reshape(x.shape).to(x.device)
        itself = float((told == x).float().mean()) >= _AS_NEXT
        if not itself and float((told[:, :-1] == x[:, 1:]).float().mean()) < _AS_NEXT:
            return {}
        other = x[:_ROWS].clone()
        other[:, -1] = other[:, -1].roll(1)
        answers = self._both(x[:_ROWS], other)
        if answers is None or answers[0].shape[:2] != other.shape:
            return {}
        changed = other[:, -1] != x[:_ROWS, -1]
        before, after = (z[changed] for z in answers)
        size = float(before.std(correction=0)) if len(before) else 0.0
        if not size:
            return {}
        moved = (before - after).square()
        earlier, own = (float(part.mean().sqrt()) / size for part in (moved[:, :-1], moved[:, -1]))
        if not itself:
            return {"ahead": earlier}
        # Told from an autoencoder, which sees all of the input and is to give it back.
        return {"ahead": own} if earlier < _NEARLY else {}

    def _both(self, *inputs: Tensor) -> list[Tensor] | None:
        """What the model answers in evaluation mode; None where it refuses."""
        self._watch.paused = True
        try:
            with undisturbed(self._watch.model, inputs[0].device), torch.no_grad():
                found = [_numbers(self._watch.model(part)) for part in inputs]
        except Exception:  # a model of anybody's may refuse a smaller batch, or its inputs need more than a tensor
            return None
        finally:
            self._watch.paused = False
        known = [answers for answers in found if answers is not None]
        return known if len(known) == len(inputs) else None

    def _of_update(self, scale: float) -> dict[str, Any]:
        watch = self._watch
        arrived = watch.arrived
        leftover = [a.leftover for a in arrived if a.leftover is not None]
        clipped = [a.clipped for a in arrived if a.clipped is not None]
        dots = [sum(part) for part in zip(*watch.along, strict=True)] if watch.along else []
        known = held_by(watch.optimizers)
        missing, between = missing_from(watch.layers, known.keys() | watch.held_by_strangers)
        held, own = shares(watch.model, known, watch.held_by_strangers)
        answered = watch.answered()
        return {
            "updates": watch.updates,
            "backwards": max((a.backwards for a in arrived), default=watch.gradients.backwards()),
            "leftover": max([*leftover, *([watch.carried] if watch.carried else [])], default=None),
            "erased": any(a.erased for a in arrived) if arrived else None,
            "clipped": min(clipped) * max(scale, 1.0) if clipped else None,
            "along": dots[0] / math.sqrt(dots[1] * dots[2]) if dots and dots[1] * dots[2] > 0 else None,
            "held": held,
            "own": own,
            "missing": missing,
            "between": between if missing else None,
            "cut": watch.cut_off(),
            "forwards": watch.count,
            "training": answered.training if answered else None,
            "modes_matter": watch.modes_matter,
            "evaluated_training": watch.evaluated_training,
            "fresh": watch.fresh,
            "others_moved": bool(watch.held_by_strangers),
            "squeezed": tuple(dict.fromkeys(watch.layout.squeezed)),
            "few": watch.layout.few,
            "behind": watch.layout.behind,
            "places": dict(watch.places),
        }

    def _of_inputs(self, given: Any) -> dict[str, Any]:
        held = self._held_out[0] if self._held_out else self.evaluated
        mean, std = input_moments(held)
        entered = self._watch.layout.entered or (None, None)
        return {
            "entered_mean": entered[0],
            "entered_std": entered[1],
            "bad_inputs": bad_rows(given),
            "held_mean": mean,
            "held_std": std,
            "shared": self._watch.batches.shared(given),
            "same": self._watch.batches.same(given),
        }

    def _own_output(self, reading: Reading, answers: Any) -> OutputTrace | None:
        """The held-out answers of a loss of two classes, as a table of two."""
        if self._held_out is None or reading.kind not in ("bce_logits", "bce") or not isinstance(answers, Tensor):
            return None
        z, y = answers.detach().float().reshape(-1), self._held_out[1].reshape(-1)
        if len(z) != len(y) or len(y) != len(self._held_out[1]) or not bool(((y == 0) | (y == 1)).all()):
            return None
        z = z if reading.kind == "bce_logits" else torch.logit(z.clamp(1e-7, 1 - 1e-7))
        return output_trace(torch.stack([torch.zeros_like(z), z], 1), y.long())


def _out_of_reach(bound: Bound, targets: Tensor) -> float:
    """Share of the targets that no output can be; of a softmax, which sums to 1, all of a row that sums to more."""
    low, high = _REACH[bound]
    slack = _BEYOND * float(targets.max() - targets.min())
    beyond = (targets < low - slack) | (targets > high + slack)
    if bound == "softmax" and targets.dim() > 1 and targets.shape[1] > 1:
        beyond = beyond | (targets.sum(1, keepdim=True) > _MOST_OF_SOFTMAX)
    return float(beyond.double().mean())


def _sizes(reading: Reading) -> tuple[float, float] | None:
    """Root mean square and deviation of targets that are numbers."""
    if reading.targets is None or reading.kind not in ("squared", "huber"):
        return None
    targets = reading.targets.double()
    return float(targets.square().mean().sqrt()), float(targets.std(correction=0))


def _numbers(output: Any) -> Tensor | None:
    return output.detach().float() if isinstance(output, Tensor) and output.dim() > 0 else None
