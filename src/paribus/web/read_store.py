"""What a page reads of a store: by whole names alone, for a name that comes from a browser is no path."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from paribus.core.errors import StoreError
from paribus.core.frozen import Document
from paribus.page.packing import pack_arrays
from paribus.programs.recipe.lab.report_contents import what_was_traced
from paribus.programs.recipe.lab.training_moments import story
from paribus.programs.recipe.recipe import Recipe
from paribus.records.program import Epoch
from paribus.records.run import RunRecord
from paribus.results import ComparisonResult
from paribus.runs.store import Checkpoint, RunFolder, Store
from paribus.runs.store.authorship import private_key
from paribus.runs.store.documents import read_document, write_document
from paribus.runs.store.files import make_folder, subfolders
from paribus.web.problems import Missing

if TYPE_CHECKING:
    from paribus.programs.recipe.data import DataSet

LAST = "last"  # the newest weights of a run, whatever they are called
LARGEST_NOTE = 1 << 26  # bytes

Note = TypeVar("Note", bound=Document)
RunState = Literal["waiting", "training", "finished", "diverged", "failed"]


class NoImages(Missing):
    """The data of a run are none that a page can show: floats, or targets that are numbers."""


@dataclass(frozen=True)
class Moment:
    """Weights that a run kept: after `epoch` epochs, or after `step` steps, whichever is known."""

    name: str
    epoch: int | None
    step: int | None


def comparison_files(store: Path) -> tuple[Path, ...]:
    """The files of all comparisons that were ended, by name."""
    found = (store / "comparisons" / name / "comparison.json" for name in subfolders(store / "comparisons"))
    return tuple(path for path in found if path.exists())


def open_comparison(store: Path, name: str) -> ComparisonResult:
    """The comparison of this very name. Raises Missing or StoreError."""
    if not (Store(store).comparison_folder(name) / "comparison.json").is_file():
        raise Missing("this store has no comparison {name!q}", name=name)
    return ComparisonResult(Store(store).load_comparison(name), Store(store))


def is_explained(store: Path, name: str) -> bool:
    """Whether somebody asked why, and got an answer."""
    return (Store(store).comparison_folder(name) / "explanation.json").is_file()


def run_record(store: Path, name: str) -> RunRecord:
    """The record of the run of this very name. Raises Missing or StoreError."""
    return _run(store, name).record()


def run_history(store: Path, name: str) -> tuple[RunState, tuple[Epoch, ...]]:
    """How far a run is that a plan names; it need not have begun."""
    record = Store(store).record(name)
    if record is None:
        return "waiting", ()
    return "training" if record.status == "running" else record.status, Store(store).epochs(name)


def run_story(store: Path, name: str) -> dict[str, Any] | None:
    """What the probes of a run saw so far, with the newest look as its moment (`recipe.lab.moments.story`)."""
    seen = what_was_traced(_run(store, name))
    return story(seen, [max((step.step for step in seen.trace), default=0)])


def newest_moment(store: Path, name: str) -> Moment | None:
    """The newest weights that a run has kept so far; None where it has only just begun."""
    folder = _run(store, name)
    kept = [_moment(checkpoint) for checkpoint in folder.checkpoints()]
    state = folder.read_state()
    done = int(state[1]["epochs"]) if state is not None else 0
    if done and not any(moment.epoch is not None and moment.epoch >= done for moment in kept):
        return Moment(LAST, done, None)
    return kept[-1] if kept else None


def run_weights(store: Path, name: str, moment: str) -> dict[str, NDArray[Any]]:
    """The weights of a moment by its name: arrays by the names of the model's `state_dict`."""
    folder = _run(store, name)
    return folder.weights() if moment == LAST else folder.read_checkpoint(moment)[0]


def run_inputs(recipe: Recipe) -> tuple[NDArray[np.float32], tuple[int, ...], tuple[str, ...]]:
    """What the network of a run reads: [256] the input that each byte of an image becomes; an image's channels, height
    and width; the classes' names. Raises Missing or DataError where its data are not here.
    """
    from paribus.programs.recipe.data.prepare import input_table

    dataset = _dataset(recipe)
    return input_table(dataset, recipe), dataset.train_images.shape[1:], dataset.class_names


def run_images(recipe: Recipe, each: int = 2) -> dict[str, Any]:
    """The first `each` test images of every class, class by class: `packed` pixels, [n, channels, height, width] bytes,
    with `labels` and `places` in the set, [n]. Raises as `run_inputs`.
    """
    dataset = _dataset(recipe)
    labels = np.asarray(dataset.test_labels)
    places = [int(i) for label in range(dataset.classes) for i in np.flatnonzero(labels == label)[:each]]
    packed = pack_arrays({"pixels": np.asarray(dataset.test_images)[places]}, "uint8")
    return {"packed": packed, "labels": [int(labels[i]) for i in places], "places": places}


def read_note(store: Path, name: str, model: type[Note]) -> Note | None:
    """A document that the page keeps beside the runs; None where there is none. Raises StoreError."""
    return read_document(store / name, model, LARGEST_NOTE)


def write_note(store: Path, name: str, note: Document) -> None:
    """Keep it: after a kill it is the old one or the new one. Raises StoreError."""
    make_folder(store)
    write_document(store / name, note, LARGEST_NOTE)


def kept_session(store: Path) -> str:
    """What the page's cookie holds: the same for all servers of this store, so that an open page outlives a restart.

    Told from this user's own key, which lies outside the store: that may be sent to somebody.
    """
    key = private_key() or secrets.token_bytes(32)  # no place to keep one: good for this server only
    return hmac.new(key, b"serve\n" + os.fsencode(store), hashlib.sha256).hexdigest()


def _run(store: Path, name: str) -> RunFolder:
    if not Store(store).has_run(name):
        raise Missing("this store has no run {name!q}", name=name)
    return RunFolder(Store(store).run_folder(name))


def _dataset(recipe: Recipe) -> DataSet:
    """The recipe's data set, if it is on this machine: nothing is downloaded because somebody looks at a run.

    Raises Missing also where it has no images of bytes, by class.
    """
    from paribus.programs.recipe.data import catalogue, open_dataset

    if any(entry.name == recipe.dataset and not entry.available for entry in catalogue()):
        raise Missing("the data set {name} is not on this machine", name=recipe.dataset)
    dataset = open_dataset(recipe.dataset)
    if dataset.numbers or dataset.train_images.dtype != np.uint8:
        raise NoImages("{name} has no images by class, which is what pages show", name=dataset.name)
    return dataset


def _moment(checkpoint: Checkpoint) -> Moment:
    epoch = checkpoint.meta.get("epoch")
    try:
        return Moment(checkpoint.name, None if epoch is None else int(epoch), checkpoint.step)
    except ValueError:
        raise StoreError("checkpoint {name}: its epoch is no number", name=checkpoint.name) from None
