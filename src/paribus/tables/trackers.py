"""What trackers keep of runs, as tables: folders of TensorBoard's event files, and MLflow's runs. Each by an extra."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from paribus.core.environ import variable_set
from paribus.core.errors import ParibusError, reason_of

Cells = Mapping[str, str]

# In the name of a run's folder: `adam-seed-0`, `adam/seed0`; or a number by itself, `adam/0`.
_SEED = re.compile(r"(?:^|[-_. ])seed[-_= ]?(\d+)(?=$|[-_. ])|^(\d+)$", re.IGNORECASE)


def tracked_rows(place: str) -> list[Cells]:
    """The rows in a folder of event files, or in MLflow's store: a folder or an address, `sqlite:///mlflow.db`.

    Raises ParibusError where there is neither, or no run.
    """
    address, folder = "://" in place, Path(place.removeprefix("sqlite:///"))
    files = sorted(folder.rglob("*tfevents*"))
    if files:
        rows = list(_event_rows(folder, dict.fromkeys(file.parent for file in files)))
    elif any(folder.glob("*/meta.yaml")) or (address and (folder.exists() or not place.startswith("sqlite:"))):
        rows = list(_mlflow_rows(place if address else folder.absolute().as_uri()))
    else:  # MLflow would make a store of it
        raise ParibusError("{path}: there are neither event files of TensorBoard nor runs of MLflow", path=place)
    if not rows:
        raise ParibusError("{path}: no run there has ended", path=place)
    return rows


def _event_rows(root: Path, folders: Iterable[Path]) -> Iterator[Cells]:
    """A row for every step of a run that has scalars. What lies in folders below the seed's belongs to the run."""
    try:
        from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    except ImportError:
        raise ParibusError("event files need TensorBoard: pip install 'paribus[tensorboard]'") from None
    for folder in folders:
        arm, seed = _arm_and_seed(root, folder)
        events = EventAccumulator(str(folder), size_guidance={"scalars": 0, "tensors": 0}).Reload()
        steps: dict[int, dict[str, str]] = {}
        for tag, step, value in _scalars(events):
            steps.setdefault(step, {})[tag] = str(np.float32(value))  # they are kept as that: 0.91, not 0.9100000262
        for step, figures in sorted(steps.items()):
            yield {"arm": arm, "seed": seed, "step": str(step), **figures}


def _scalars(events: Any) -> Iterator[tuple[str, int, float]]:
    """Tag, step and value; PyTorch writes scalars, TensorFlow tensors of one element."""
    from tensorboard.util.tensor_util import make_ndarray

    for tag in events.Tags()["scalars"]:
        yield from ((tag, event.step, event.value) for event in events.Scalars(tag))
    for tag in events.Tags()["tensors"]:
        if events.SummaryMetadata(tag).plugin_data.plugin_name == "scalars":
            yield from ((tag, event.step, make_ndarray(event.tensor_proto).item()) for event in events.Tensors(tag))


def _arm_and_seed(root: Path, folder: Path) -> tuple[str, str]:
    parts = PurePosixPath(folder.relative_to(root).as_posix()).parts
    for place, part in enumerate(parts):
        if found := _SEED.search(part):
            rest = (part[: found.start()] + part[found.end() :]).strip("-_. ")
            if arm := "/".join([*parts[:place], *([rest] if rest else [])]):
                return arm, found[1] or found[2]
    raise ParibusError(
        "{path}: the folders below {folder} must name the run's arm and its seed, such as adam/seed-0",
        path=str(folder),
        folder=str(root),
    )


def _mlflow_rows(address: str) -> Iterator[Cells]:
    """A row for every run that ended: its parameters, its tags, and of every metric the last value."""
    try:
        from mlflow.tracking import MlflowClient
    except ImportError:
        raise ParibusError("MLflow's runs need it: pip install 'paribus[mlflow]'") from None
    try:
        with variable_set("MLFLOW_ALLOW_FILE_STORE", "true"):  # without it MLflow refuses its own folders, read too
            client = MlflowClient(tracking_uri=address)
            experiments = {found.experiment_id: found.name for found in client.search_experiments()}
            runs = page = client.search_runs(list(experiments))
            while page.token:
                page = client.search_runs(list(experiments), page_token=page.token)
                runs += page
    except Exception as error:  # whatever its many stores raise
        raise ParibusError("{path}: cannot be read: {reason}", path=address, reason=reason_of(error)) from None
    for run in runs:
        if run.info.status not in ("FINISHED", "FAILED"):  # one that goes on, or that somebody stopped
            continue
        tags = {name: text for name, text in run.data.tags.items() if not name.startswith("mlflow.")}
        figures = {name: "" if run.info.status == "FAILED" else repr(value) for name, value in run.data.metrics.items()}
        yield {"experiment": experiments[run.info.experiment_id], **tags, **run.data.params, **figures}
