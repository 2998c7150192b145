"""The seam: what a program's code can say. A program gives figures for its fields and a seed."""

from __future__ import annotations

import copy
import hashlib
import json
import platform
from abc import ABC
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from paribus.core.errors import StoreError
from paribus.core.messages import Message
from paribus.records.program import Fields, Metric
from paribus.records.run import RunRecord, RunResult, Status
from paribus.runs.program_data import ProgramData
from paribus.runs.program_fields import ProgramFields

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from paribus.records.comparison import Comparison
    from paribus.records.design import Design
    from paribus.records.finding import Finding
    from paribus.records.intervention import Intervention, Tested
    from paribus.records.program import Epoch
    from paribus.records.trace import StepTrace
    from paribus.runs.store import RunWriter, Store
    from paribus.runs.task import How, Task


@dataclass(frozen=True)
class Cost:
    """What a run is expected to take.

    work: how long, in a unit of the program's own in which its runs can be compared. bytes: a bound on disk space.
    """

    work: float = 1.0
    bytes: int = 1 << 16


@dataclass(frozen=True)
class Outcome:
    """What a run came to: its figures, by name, and what it gave by item (arrays whose first axis is the items)."""

    figures: Mapping[str, float]
    items: Mapping[str, NDArray[Any]] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True)
class Explained:
    """What has been found of a program with certain fields, for what it adds to that.

    arm: the arm of the comparison that was explained; empty for runs by themselves. repaired: the comparison without
    its cause. seconds_left: of a budget; None where there is none.
    """

    fields: Fields
    runs: tuple[RunResult, ...]
    arm: str
    comparison: Comparison | None
    repaired: Comparison | None
    tested: tuple[Tested, ...]
    store: Store
    seconds_left: float | None


class Program(ProgramFields, ProgramData, ABC):
    """Anything that can be run for given fields and a seed. What has a body here may be left as it is."""

    payload: bytes = b""  # its own code, pickled, where a worker cannot import it
    paired: bool = True  # whether one seed makes all arms alike, so that they are compared seed by seed
    watched: bool = False  # whether probes see what goes on inside
    first_alone: bool = False  # whether the first run goes by itself, and where it fails nothing more starts
    repeat_check: bool = False  # whether the first run is made twice, to see whether a seed gives the same figures
    anew_since: str = ""  # runs begun before this moment are made anew (--fresh); empty: those that are there stand
    own_factor: tuple[str, tuple[Any, ...]] | None = None  # what arms differ in, and how, if naming it says so

    def with_source(self, **more: Any) -> Program:
        """The same with more in what it is made again from."""
        made = copy.copy(self)
        made.info = self.info.model_copy(update={"source": {**self.info.source, **more}})
        return made

    def with_payload(self, payload: bytes) -> Program:
        """The same with its own code, as a task carries it to a worker."""
        raise NotImplementedError

    # What makes two runs the same run

    def identity(self, fields: Fields, how: How) -> str:
        """Digest of all that can change a run's figures besides its fields, its seed and its data."""
        return self.info.identity

    def former_identities(self, fields: Fields, how: How) -> tuple[str, ...]:
        """The identities that other versions gave to runs whose very figures this one gives."""
        return ()

    def identities(self, fields: Fields, how: How) -> tuple[str, ...]:
        """Of a run that need not be made again: the identity of now, and former ones."""
        return (self.identity(fields, how), *self.former_identities(fields, how))

    def check_code(self, task: Task) -> None:
        """Raise StoreError where what would run here is not what the run was planned with."""
        if task.code_identity not in self.identities(task.fields, task.how):
            raise StoreError(
                "run {name}: this worker's {what} are not those of the plan; give the command again",
                name=task.run_id,
                what=Message("code, versions, kernel or device"),
            )

    def telling(self, fields: Fields) -> Mapping[str, Any]:
        """What tells these fields from others, as plain JSON: the names of runs and comparisons are made of it."""
        return dict(fields)

    def telling_runs(self, fields: Fields) -> Mapping[str, Any]:
        """The same without what runs are judged by: a run may be judged in several ways."""
        return self.telling(fields)

    def digest(self, fields: Fields) -> str:
        """SHA-256 (hex) of what tells a run from others."""
        return hashlib.sha256(json.dumps(self.telling_runs(fields), sort_keys=True).encode()).hexdigest()

    def run_name(self, fields: Fields) -> str:
        """How the names of runs with these fields begin."""
        return self.info.name

    # Planning

    def how(self, arms: Sequence[Fields], device: str, kernel: str, probes: str) -> How:
        """How runs with these fields are made, alike for all arms, where the user asked for this device and kernel."""
        from paribus.runs.task import How

        return How(device_name=platform.machine(), probes=probes if self.watched else "off")

    def check(self, design: Design, device: str = "cpu") -> None:
        """Raise ParibusError where an arm asks for what cannot be had on the device: of its data, say."""

    def notes(self, design: Design, new: Sequence[Task], store: Store) -> tuple[Message, ...]:
        """What is said before anything runs. new: the runs that are to be made, none of which was begun."""
        return ()

    def cost(self, fields: Fields, how: How) -> Cost:
        """What a run takes, guessed by its fields alone."""
        return Cost(work=float(self.info.length_of(fields)))

    def pace(self, fields: Fields) -> Fields:
        """The fields that stand for all with which a unit of length takes as long."""
        return fields.replace(**{self.info.length: 1}) if self.info.length else fields

    def trial(self, fields: Fields, how: How) -> float | None:
        """Seconds that a unit of length takes here, measured now; None where that cannot be told without a run."""
        return None

    def bundles(self, tasks: Sequence[Task], workers: int) -> list[tuple[Task, ...]]:
        """What a worker is handed at a time: one run, unless the program makes several at once."""
        return [(task,) for task in tasks]

    # Runs

    @property
    def preload(self) -> Sequence[str]:
        """Modules that every run of it needs: they are loaded once, where workers are copies of one process."""
        return ()

    def threads(self, workers: int) -> int:
        """How many threads a run is told to have where so many are made at a time."""
        return 1

    def perform(self, tasks: Sequence[Task]) -> tuple[Status, ...]:
        """Make the runs of one bundle, or take up where an earlier process stopped. Says how each one ended."""
        from paribus.runs.single_run import perform_one

        return tuple(perform_one(self, task) for task in tasks)

    def run(self, fields: Fields, seed: int, folder: RunWriter, how: How) -> Outcome:
        """Make one run: `folder` takes its epochs, its trace and its state, and has those of a stopped one.

        Called by `perform`, with the run's lock held. A program that makes several runs at once has its own `perform`.
        """
        raise NotImplementedError

    def get_ready(self, fields: Fields) -> None:
        """Prepare what a run with these fields takes, while the one before it goes on: by default nothing."""

    def let_go(self) -> None:
        """Give up what was prepared and no run has taken."""

    def trained(self, figures: Mapping[str, float]) -> bool | None:
        """Whether a run that ended with these figures trained; None where that word means nothing here.

        By default as the user says (`--trained 'val_acc>0.2'`).
        """
        from paribus.programs.metrics import trained

        return trained(self.info, figures)

    def fields_fault(self, fields: Fields) -> Message | None:
        """What is wrong with the fields of a record, or None. Asked as a store is opened: it runs nobody's own code."""
        return None

    def fault(self, record: RunRecord, items: Mapping[str, NDArray[Any]]) -> Message | None:
        """What is wrong with what a finished run left, or None."""
        return None

    def shorter(self, fields: Fields) -> Iterator[Fields]:
        """The runs, longest first, whose epochs are the first ones of a run with these fields, bit for bit."""
        return iter(())

    def grows(self, fields: Fields) -> bool:
        """Whether a run's figures after some epochs count for those of a run that ends there."""
        return False

    # Comparing

    def outcomes(self, result: RunResult) -> Mapping[str, NDArray[Any]]:
        """By the name of a metric, its value for each item: what the run left under that name."""
        return {m.name: result.items[m.name] for m in self.info.metrics if m.name in result.items}

    def evidence(self, design: Design, results: Mapping[tuple[str, int], RunResult]) -> Mapping[str, Any] | None:
        """What its own sections show of a comparison: a JSON object, kept with it. results: by arm's name and seed."""
        return None

    # Explaining and mapping

    @property
    def looks(self) -> str:
        """The probes of runs that are made to be explained."""
        return "light"

    def steering(self, fields: Fields) -> Metric:
        """The steering metric, with as many items as it is a share of in a run with these fields."""
        return self.info.steering

    def explained(self, result: RunResult, length: int) -> float:
        """How far a run had come after `length` epochs, in a unit in which deficits can be shared out.

        By default the steering metric, signed so that more is better.
        """
        metric = self.info.steering
        return metric.gain(0.0, result.figure_after(metric, length))

    least_deficit: float | None = None  # below it there is nothing to explain; None: the comparison's margin
    most_explained = float("inf")  # what no run exceeds

    def telling_length(self, fields: Fields) -> int:
        """How long a run with these fields must be for the effect of a change to show."""
        return 1

    def trained_by(self, result: RunResult, length: int) -> bool | None:
        """Whether the run had trained after `length` epochs; None where that word means nothing here."""
        figures = dict(result.record.figures)
        if self.info.length is not None and length < len(result.epochs):
            figures |= result.epochs[max(1, length) - 1].figures
        return self.trained(figures)

    def proposals(
        self, fields: Fields, findings: Sequence[Finding] = (), fixed: Sequence[str] = ()
    ) -> tuple[Intervention, ...]:
        """Changes of one field to try, the most telling first; none of a field in `fixed`.

        By default what is worth trying with any program, since nothing can be seen of its inside.
        """
        from paribus.runs.proposing import plain_proposals

        return plain_proposals(
            self.specifications,
            fields,
            length=self.info.length,
            inert=self.inert,
            valid=lambda values: self.fields(dict(values)),
            fixed=fixed,
        )

    def findings(self, trace: Sequence[StepTrace], epochs: Sequence[Epoch]) -> tuple[Finding, ...]:
        """What is seen in one run that may be a cause of its figures."""
        return ()

    def explanation_parts(self, asked: Explained) -> Mapping[str, Any]:
        """What an explanation has besides what was tested: further fields of `records.explanation.Explanation`."""
        return {}

    # Showing

    def record_json(self, record: RunRecord) -> Mapping[str, Any]:
        """What the JSON of a run has besides what every program's has."""
        return {}
