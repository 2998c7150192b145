"""A recipe's runs as files for other programs: weights, a network in ONNX, the answers to every test image."""

from __future__ import annotations

import csv
import io
import json
import warnings
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from paribus.core.atomic import write_whole
from paribus.core.errors import DataError, ParibusError
from paribus.core.messages import Message
from paribus.core.temporary import temporary_folder
from paribus.programs.recipe.confusion_from_runs import confusion_counts
from paribus.programs.recipe.data import DataSet, open_dataset
from paribus.programs.recipe.data.prepare import as_inputs
from paribus.programs.recipe.kernels import PLAIN
from paribus.programs.recipe.recipe import Recipe, recipe_of
from paribus.programs.recipe.trained_criterion import VALUES
from paribus.programs.recipe.trained_networks import trained_network
from paribus.records.run import RunResult
from paribus.runs.trust import refuse_code

if TYPE_CHECKING:
    from torch import Tensor, nn

    from paribus.results import Run

BATCH = 500  # test images at a time
CLOSE = 1e-3  # how far logits may differ, as a share of the largest


def weights(run: Run, path: Path) -> None:
    """The network's `state_dict`: safetensors where the file is called so, else as `torch.save` writes it."""
    arrays = run.folder.recorded_weights()
    if path.suffix == ".safetensors":
        from safetensors.numpy import save

        write_whole(path, save(arrays))
        return
    import torch

    buffer = io.BytesIO()
    torch.save({name: torch.from_numpy(np.array(array)) for name, array in arrays.items()}, buffer)
    write_whole(path, buffer.getvalue())


def onnx(run: Run, path: Path, trust: bool) -> Message:
    """The network as ONNX, of any number of images as training saw them. Says on how many test images it was tried.

    What an image has to go through is in its metadata: mean, std and scale of `(byte / 255 - mean) / std * scale`, or
    of floats `(x - mean) / std * scale`.
    Raises ParibusError where onnxruntime does not give PyTorch's answers.
    """
    refuse_code(run, trust)
    try:
        import onnx as library
        import onnxruntime
    except ImportError:
        raise ParibusError("ONNX needs its packages: pip install 'paribus[onnx]'") from None
    recipe, dataset = recipe_of(run.record.fields), _dataset(run)
    model = trained_network(run.record, run.folder, trust=True, kernel=PLAIN)
    made = library.load_model_from_string(_traced(model, _inputs(dataset, recipe, slice(0, 2))))
    facts = {**_normalised(dataset, recipe), "scale": recipe.input_scale, "classes": list(dataset.class_names)}
    library.helper.set_model_props(made, {"run": run.record.id, **{k: json.dumps(v) for k, v in facts.items()}})
    data = made.SerializeToString()
    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    farthest = _compare(model, session, dataset, recipe)
    write_whole(path, data)
    return Message(
        "onnxruntime gives PyTorch's answers to all {count:,} test {items}; an output differs by {size:.1g} at most",
        count=len(dataset.test_labels),
        items=dataset.items,
        size=farthest,
    )


def _normalised(dataset: DataSet, recipe: Recipe) -> dict[str, Any]:
    """Mean and deviation: of a table's floats one for each feature."""
    if not recipe.normalise:
        return {"mean": 0.0, "std": 1.0}
    if dataset.train_images.dtype == np.uint8:
        return {"mean": dataset.mean, "std": dataset.std}
    mean, std = dataset.spread
    return {"mean": mean.tolist(), "std": std.tolist()}


def _traced(model: nn.Module, images: Tensor) -> bytes:
    """By tracing, which takes seconds where the newer exporter takes a minute, and needs no further package."""
    import inspect

    import torch

    some = {0: "batch"}
    told: dict[str, Any] = {"dynamo": False} if "dynamo" in inspect.signature(torch.onnx.export).parameters else {}
    with warnings.catch_warnings(), torch.no_grad(), temporary_folder("export") as folder:
        written = folder / "model.onnx"
        warnings.simplefilter("ignore")  # that it is the older one
        try:
            torch.onnx.export(
                model,
                (images,),
                written,
                input_names=["images"],
                output_names=["logits"],
                dynamic_axes={"images": some, "logits": some},
                **told,
            )
        except Exception as error:
            said = " ".join(str(error).split())[:200]
            raise ParibusError("this network cannot be written as ONNX: {fault}", fault=said) from error
        return written.read_bytes()


def _compare(model: nn.Module, session: Any, dataset: DataSet, recipe: Any) -> float:
    """The largest difference of a logit over the whole test set."""
    import torch

    farthest = 0.0
    for start in range(0, len(dataset.test_labels), BATCH):
        images = _inputs(dataset, recipe, slice(start, start + BATCH))
        with torch.no_grad():
            expected = model(images).numpy()
        (found,) = session.run(None, {"images": images.numpy()})
        apart = float(np.abs(found - expected).max())
        if not apart <= CLOSE * max(1.0, float(np.abs(expected).max())):
            raise ParibusError(
                "onnxruntime does not give PyTorch's answers: a logit differs by {size:.2g}; nothing was written",
                size=apart,
            )
        farthest = max(farthest, apart)
    return farthest


def _inputs(dataset: DataSet, recipe: Any, where: slice) -> Tensor:
    import torch

    return torch.from_numpy(as_inputs(dataset, recipe, dataset.test_images[where]))


def predictions(runs: Sequence[tuple[str, Run]], path: Path) -> None:
    """A line for each test image of each run: its place, its label, the answer, and each class's probability.

    Where targets are numbers: its place, its target, and what the network gave.
    """
    dataset = _dataset(runs[0][1])
    if dataset.numbers:
        heading = [*_numbered("target", dataset.outputs), *_numbered("prediction", dataset.outputs)]
        _write(path, [*_columns(runs), "item", *heading], _predicted(runs))
        return
    names = dataset.class_names
    heading = ["item", "label", "prediction", *(f"p({name})" for name in names)]

    def lines() -> Iterator[list[Any]]:
        for before, result, labels in _answers(runs):
            shares = result.items["probabilities"]
            for item, (label, answer) in enumerate(zip(labels, result.items["classes"], strict=True)):
                yield [*before, item, names[label], _named(names, answer), *(f"{p:.6g}" for p in shares[item])]

    _write(path, [*_columns(runs), *heading], lines())


def _predicted(runs: Sequence[tuple[str, Run]]) -> Iterator[list[Any]]:
    for before, result, targets in _answers(runs):
        for item, (target, given) in enumerate(zip(targets, result.items[VALUES], strict=True)):
            yield [*before, item, *(f"{value:.9g}" for value in (*np.ravel(target), *np.ravel(given)))]


def _numbered(name: str, count: int) -> list[str]:
    return [name] if count == 1 else [f"{name} {n}" for n in range(1, count + 1)]


def confusion(runs: Sequence[tuple[str, Run]], path: Path) -> None:
    """A line for each class of each run: how often its test images were taken for each class."""
    dataset = _dataset(runs[0][1])
    if dataset.numbers:
        raise ParibusError("a confusion is of classes, and the targets of {name} are numbers", name=dataset.name)
    names = dataset.class_names

    def lines() -> Iterator[list[Any]]:
        for before, result, labels in _answers(runs):
            table = confusion_counts(labels, result.items["classes"], len(names))
            yield from ([*before, name, *row] for name, row in zip(names, table.tolist(), strict=True))

    _write(path, [*_columns(runs), "label", *names], lines())


def _columns(runs: Sequence[tuple[str, Run]]) -> list[str]:
    return ["arm", "seed"] if runs[0][0] else []


def _answers(runs: Sequence[tuple[str, Run]]) -> Iterator[tuple[list[Any], RunResult, Any]]:
    """Of each run that has answers: what its lines begin with, what it left, and the labels."""
    some = False
    for arm, run in runs:
        result = run.folder.result()
        if result is not None and result.items:
            some = True
            yield ([arm, run.record.seed] if arm else []), result, np.asarray(_dataset(run).test_labels)
    if not some:
        raise ParibusError("nothing of the test set was answered: a run does that at its end, where its loss is finite")


def _named(names: Sequence[str], answer: int) -> str:
    return names[answer] if answer < len(names) else str(answer)


def _dataset(run: Run) -> DataSet:
    """What the run was tested on. Raises DataError where that is another one now."""
    dataset = open_dataset(run.record.fields["dataset"])
    if dataset.digest != run.record.data_digest:
        raise DataError("{name} is not the data set that {what} was tested on", name=dataset.name, what=run.record.id)
    return dataset


def _write(path: Path, heading: Sequence[str], lines: Iterable[Sequence[Any]]) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(heading)
    writer.writerows(lines)
    write_whole(path, text.getvalue().encode())
