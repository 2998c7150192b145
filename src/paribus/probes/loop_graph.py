"""What a loss and a network's outputs were made from, by the graph that autograd keeps, also after a backward pass."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from torch import Tensor, nn

from paribus.records.loop_trace import Bound

_MOST = 20_000  # nodes of a graph that are looked at
_VIEWS = ("View", "Squeeze", "Unsqueeze", "Select", "Reshape", "Unsafe", "Transpose", "Permute", "Flatten", "Slice")
_COPIES = ("Clone", "ToCopy", "TBackward", "Alias")
_BOUNDS: dict[str, Bound] = {
    "SoftmaxBackward": "softmax",
    "SigmoidBackward": "sigmoid",
    "TanhBackward": "tanh",
    "ReluBackward": "relu",
    "HardsigmoidBackward": "sigmoid",
}
_OF_LOGITS = ("LogSoftmaxBackward", "BinaryCrossEntropyWithLogits")
OF_LOGARITHMS = ("NllLoss",)
_OF_NUMBERS = ("MseLoss", "L1Loss", "SmoothL1Loss", "HuberLoss", "Pow", "Abs")


def bound_of(outputs: Tensor) -> Bound | None:
    """The last thing that bounds the outputs, but for views of it."""
    return _bound_at(outputs.grad_fn)


def given_to(loss: Tensor, made: set[Any], functions: tuple[str, ...] = _OF_LOGITS) -> Bound | None:
    """What the loss's function of logits is given where the loop bounds it before: softmax, sigmoid.

    `made`: nodes of the graph that made outputs; what lies before them is the network's. `functions`: other ones than
    of logits.
    """
    for found in nodes_between(loss.grad_fn, made):
        if found.name().startswith(functions) and found.next_functions:
            bound = _bound_at(found.next_functions[0][0])
            if bound in ("softmax", "sigmoid"):
                return bound
    return None


def _bound_at(node: Any) -> Bound | None:
    for _ in range(20):
        if node is None:
            return None
        name = node.name()
        for begin, bound in _BOUNDS.items():
            if name.startswith(begin):
                return bound
        if name.startswith("HardtanhBackward"):
            return _hard_bound(node)
        if not name.startswith(_VIEWS + _COPIES) or not node.next_functions:
            return None
        node = node.next_functions[0][0]
    return None


def _hard_bound(node: Any) -> Bound | None:
    """Of ReLU6 and the like, of a hard tanh."""
    low, high = float(node._saved_min_val), float(node._saved_max_val)
    if low == 0:
        return "relu"
    return "tanh" if low >= -1 and high <= 1 else None


def nodes_between(end: Any, beginnings: set[Any]) -> Iterator[Any]:
    """Nodes of the graph from `end` back, not beyond those of `beginnings`."""
    seen: set[Any] = set()
    waiting = [end]
    while waiting and len(seen) < _MOST:
        node = waiting.pop()
        if node is None or node in seen or node in beginnings:
            continue
        seen.add(node)
        yield node
        waiting += [before for before, _ in node.next_functions]


def leaves_of(outputs: Tensor, inputs: object) -> list[Tensor]:
    """The tensors with gradients that the outputs were made from, other than by way of the inputs."""
    given = list(tensors_in(inputs))
    starts = {t.grad_fn for t in given if t.grad_fn is not None}
    leaves = [node.variable for node in nodes_between(outputs.grad_fn, starts) if hasattr(node, "variable")]
    return [leaf for leaf in leaves if not any(leaf is t for t in given)]


def growth(loss: Tensor, made: set[Any], outputs: Tensor) -> float | None:
    """Entries of a loss of numbers for one of the outputs: over 1 where something was broadcast against them.

    `made`: nodes of the graph that made outputs, the network's others too; `outputs`: the largest.
    """
    if loss.grad_fn is None or outputs.numel() < 2:
        return None
    path = list(nodes_between(loss.grad_fn, made))
    names = [node.name() for node in path]
    if len(path) > 50 or not any(name.startswith(_OF_NUMBERS) for name in names):
        return None
    if any(name.startswith(("Mm", "Bmm", "LogSoftmax", "Softmax", "Cdist", "Unsqueeze")) for name in names):
        return None
    sizes = [_entries(node) for node in path]
    return max(sizes, default=0) / outputs.numel()


def softmax_dimension(loss: Tensor, made: set[Any], outputs: Tensor) -> int | None:
    """The dimension that the loss's own softmax runs along, where it works on a table as the outputs are; None else."""
    if loss.grad_fn is None or outputs.dim() != 2:
        return None
    for found in nodes_between(loss.grad_fn, made):
        if found.name().startswith(("LogSoftmaxBackward", "SoftmaxBackward")) and _shape(found) == tuple(outputs.shape):
            return _along(found, 2)
    return None


def _along(softmax: Any, dimensions: int) -> int:
    along = int(getattr(softmax, "_saved_dim", -1))
    return along % dimensions if -dimensions <= along < dimensions else dimensions - 1  # -1 is kept as a huge number


def crossed(outputs: Tensor) -> int:
    """Products of matrices whose first one is a softmax along another dimension than the one that is summed."""
    found = 0
    for node in nodes_between(outputs.grad_fn, set()):
        if not node.name().startswith("BmmBackward") or not node.next_functions:
            continue
        before = node.next_functions[0][0]
        while before is not None and before.name().startswith(("View", "Expand", "Unsafe", "Reshape", "Dropout")):
            before = before.next_functions[0][0]
        if before is not None and before.name().startswith("SoftmaxBackward"):
            shape = _shape(before)
            found += shape is not None and _along(before, len(shape)) != len(shape) - 1
    return found


def _shape(node: Any) -> tuple[int, ...] | None:
    known = getattr(node, "_input_metadata", None)
    return tuple(known[0].shape) if known else None


def _entries(node: Any) -> int:
    shape = _shape(node)
    size = 1
    for length in shape or ():
        size *= int(length)
    return size


def tensors_in(value: object) -> Iterator[Tensor]:
    """Tensors of a call's arguments or of an output, in order: a tensor, a tuple, a list, a mapping of them."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from tensors_in(part)
    elif isinstance(value, tuple | list):
        for part in value:
            yield from tensors_in(part)


def unregistered(model: nn.Module, leaves: list[Tensor]) -> list[Tensor]:
    """Those of the leaves that the model does not know as its parameters."""
    known = {p.untyped_storage().data_ptr() for p in [*model.parameters(), *model.buffers()]}
    return [leaf for leaf in leaves if leaf.requires_grad and leaf.untyped_storage().data_ptr() not in known]


def name_of(model: nn.Module, tensor: Tensor) -> str:
    """Where in the model a tensor is that is no parameter of it: an attribute, in lists and dictionaries too."""
    for place, module in model.named_modules():
        for name, value in vars(module).items():
            if name.startswith("_"):
                continue
            found = _within(value, tensor, f"{place}.{name}" if place else name, 0)
            if found:
                return found
    return "?"


def _within(value: object, tensor: Tensor, name: str, depth: int) -> str | None:
    if value is tensor:
        return name
    if isinstance(value, nn.Module):
        return next((f"{name}.{inner}" for inner, p in value.named_parameters() if p is tensor), None)
    if depth < 3 and isinstance(value, dict | list | tuple):
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        for key, part in pairs:
            if found := _within(part, tensor, f"{name}[{key!r}]", depth + 1):
                return found
    return None
