"""A user's function as a program."""

from __future__ import annotations

import hashlib
import json
import pickle
import platform
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from paribus.core.errors import ErrorCollector, ParibusError
from paribus.core.field_text import parse_value, quoted, unquoted, value_word
from paribus.core.messages import Message
from paribus.programs import earlier_code
from paribus.programs import metrics as metric_rules
from paribus.programs.function import modules
from paribus.programs.function.function_pickle import handed_over, is_named, name_of
from paribus.programs.function.options import check_options
from paribus.programs.function.signature import NOTHING, Signature, seedless, signature_of
from paribus.programs.loading import load_named, look_here, refuse_while_loading
from paribus.programs.mends import MENDS, mend_specification, parted
from paribus.programs.mends import REVISION as MENDING
from paribus.records.program import Epoch, Fields, Metric, ProgramInfo
from paribus.runs.program_protocol import Outcome, Program
from paribus.runs.store.safe_names import slug
from paribus.runs.time_limit import TIME_LIMIT

if TYPE_CHECKING:
    from collections.abc import Collection

    from paribus.core.fields import FieldSpec
    from paribus.records.design import Design
    from paribus.records.finding import Finding
    from paribus.records.intervention import Intervention
    from paribus.records.trace import StepTrace
    from paribus.runs.store import RunWriter, Store
    from paribus.runs.task import How, Task

REVISION = "1"  # of how functions are seeded and called
WATCHED = "full"  # the probes of runs that are watched from outside


class FunctionProgram(Program):
    """A function, run in a process of its own for each run. Made from a record, it loads nothing until it must."""

    first_alone = True

    def __init__(self, info: ProgramInfo, function: Callable[..., Any] | None = None, payload: bytes = b"") -> None:
        self.info, self.payload, self._given = info, payload, function
        self.paired = self.repeat_check = not info.source.get("unpaired")

    def with_payload(self, payload: bytes) -> Program:
        """The same, of a function that no module has."""
        return FunctionProgram(self.info, payload=payload)

    # What the fields are

    @cached_property
    def signature(self) -> Signature:
        """Of the function, which is loaded for that."""
        return signature_of(self._function, self.info.name)

    @cached_property
    def _function(self) -> Callable[..., Any]:
        if self._given is not None:
            return self._given
        if self.payload:
            found: Callable[..., Any] = pickle.loads(self.payload)
            return found
        if self.info.source.get("by_value"):
            raise ParibusError(
                "{name} is in no file that could be loaded, but was handed over in Python: do that again (program=)",
                name=self.info.name,
            )
        return load_named(self.info.name)

    @property
    def specifications(self) -> Mapping[str, FieldSpec]:
        """What each parameter is."""
        return self.signature.specifications

    def specifications_of(self, fields: Fields) -> Mapping[str, FieldSpec]:
        """Those of the parameters, and of what is mended from outside."""
        return {**self.specifications, **{name: mend_specification(name) for name in fields if name in MENDS}}

    def inert(self, name: str, fields: Fields) -> Message | None:
        """Nobody knows of a function; of a mend that was never met its run tells."""
        return None

    def fields(self, values: Mapping[str, Any]) -> Fields:
        """All parameters, checked, and what is mended from outside. Raises FaultsError with all faults at once."""
        own, mends = parted(values)
        return self.signature.fields(own).replace(**mends)

    def value(self, field: str, text: str) -> Any:
        """A text stands as it is, whatever it looks like, where there is nothing but texts; others as TOML has them."""
        return unquoted(text) if self.signature.is_text(field) else parse_value(text)

    def word(self, field: str, value: Any) -> str:
        """`none` where it is nothing."""
        if value is None:
            return NOTHING
        return quoted(value) if isinstance(value, str) and self.signature.is_text(field) else value_word(value)

    def start_words(self, fields: Fields, free: Collection[str]) -> list[str]:
        """What is not at its default, and what has none."""
        told = {
            name: fields[name]
            for name, spec in self.specifications.items()
            if name not in free and (spec.required or fields[name] != spec.default)
        }
        told |= {name: value for name, value in fields.items() if name in MENDS and name not in free}
        return [f"--set={name}={self.word(name, value)}" for name, value in told.items()]

    # What makes two runs the same run

    @cached_property
    def parts(self) -> dict[str, str]:
        """What can change the figures, by what people call it: files, packages, and the function itself if need be."""
        files = {name: modules.file_digest(Path(name)) for name in self.info.source["depends"]}
        return {**self._modules[0], **self.info.source["values"], **files}

    @cached_property
    def _modules(self) -> tuple[dict[str, str], frozenset[str]]:
        look_here()
        return modules.parts_of(self.info.source["roots"])

    @cached_property
    def _identity(self) -> str:
        chosen = [self.info.judging.text, self.info.steering.text] if self.info.source["at_epoch"] == "best" else []
        return hashlib.sha256(json.dumps([REVISION, self.parts, chosen], sort_keys=True).encode()).hexdigest()

    def identity(self, fields: Fields, how: How) -> str:
        """Of the code as it is now, the files that it depends on, by what an epoch is chosen, and what mends it."""
        mended = any(name in MENDS for name in fields)
        return hashlib.sha256(f"{self._identity} {MENDING}".encode()).hexdigest() if mended else self._identity

    def telling(self, fields: Fields) -> Mapping[str, Any]:
        """Which function, by what it is judged, and every field."""
        return {"metric": self.info.judging.text, **self.telling_runs(fields)}

    def telling_runs(self, fields: Fields) -> Mapping[str, Any]:
        """Function and fields."""
        return {"program": self.info.name, "fields": dict(fields)}

    def run_name(self, fields: Fields) -> str:
        """As the function is called."""
        return slug(self.info.name.rpartition(":")[2].rpartition(".")[2].strip("<>"), 24) or "function"

    def how(self, arms: Sequence[Fields], device: str, kernel: str, probes: str) -> How:
        """The function chooses its device itself. Raises ParibusError where another should."""
        from paribus.runs.task import How

        errors = ErrorCollector("the plan")
        with errors:
            if device not in ("auto", "cpu"):
                raise ParibusError(
                    "a function chooses its device itself: give it a parameter for that and set it", got=device
                )
        with errors:
            if kernel != "auto":
                raise ParibusError("a function has no kernels to choose from", got=kernel)
        errors.raise_all()
        return How(device_name=platform.machine(), probes=probes)

    def notes(self, design: Design, new: Sequence[Task], store: Store) -> tuple[Message, ...]:
        """Which files, packages or values have changed, where earlier runs do not count any more for that."""
        return tuple(earlier_code.anew(new, store, lambda fields: self.parts))

    # Runs

    @property
    def preload(self) -> Sequence[str]:
        """The packages that its code imports, as far as they bear a fork."""
        from paribus.programs.function.run_process import forkable

        return ("paribus.programs.function.running", *forkable(self._modules[1]))

    def run(self, fields: Fields, seed: int, folder: RunWriter, how: How) -> Outcome:
        """Call the function in a process of its own, and keep what it gives as it goes on. Raises RunFailed."""
        from paribus.programs.function.running import made
        from paribus.runs.store import Store

        earlier_code.remember(Store(folder.path.parents[1]), folder.record().code_identity, self.parts)
        return made(self.info, self.payload, self._modules[1], fields, seed, folder, watched=how.probes == WATCHED)

    # Explaining

    @property
    def looks(self) -> str:
        """Watched from outside, where it trains with torch."""
        return WATCHED if any(name.partition(".")[0] == "torch" for name in self._modules[1]) else "light"

    def findings(self, trace: Sequence[StepTrace], epochs: Sequence[Epoch]) -> tuple[Finding, ...]:
        """By the trace alone: what a function calls its figures says little of what they are."""
        from paribus.diagnosis.findings import findings_of

        return findings_of(trace)

    def proposals(
        self, fields: Fields, findings: Sequence[Finding] = (), fixed: Sequence[str] = ()
    ) -> tuple[Intervention, ...]:
        """Mends from outside, and changes of fields whose role is known."""
        from paribus.programs.function.proposing import function_proposals
        from paribus.programs.function.roles import roles_of

        return function_proposals(
            fields,
            findings,
            fixed,
            roles=roles_of(self.signature),
            defaults={name: spec.default for name, spec in self.specifications.items() if not spec.required},
            mends=self.looks == WATCHED,
            valid=lambda values: self.fields(dict(values)),
        )

    def trained(self, figures: Mapping[str, float]) -> bool | None:
        """As the user said that it is to be told."""
        return metric_rules.trained(self.info, figures)


def function_program(
    function: Callable[..., Any] | str,
    *,
    metrics: Sequence[Metric],
    steers: str = "",
    depends: Sequence[str | Path] = (),
    time_limit: float | None = None,
    unpaired: bool = False,
    at: str = "last",
    trained: str = "",
) -> Program:
    """The program that calls a function, which is named `package.module:function` or given.

    Args:
        function: takes `seed` and, by name, its fields; returns figures by name, or yields them.
        metrics: by the first it is judged.
        steers: the name of the one that steers, if it is another.
        depends: files and folders that it reads: where they change, its runs are made anew.
        time_limit: of a run, in seconds.
        unpaired: whether a function without `seed` draws its own luck.
        at: `last`, or `best` for the row of a curve that is best by what steers.
        trained: when a run counts as trained: `val_acc>0.2`.

    Raises:
        ParibusError: with all that is wrong with it.
    """
    refuse_while_loading()
    called = load_named(function) if isinstance(function, str) else function
    name = function if isinstance(function, str) else name_of(called)
    errors = ErrorCollector(Message("the program"))
    with errors:
        signature = signature_of(called, name)
        if not signature.seed and not unpaired:
            raise ParibusError(seedless(name))
    with errors:
        check_options(depends, time_limit, trained)
    by_value, payload, values, roots = False, b"", {"python": platform.python_version()}, [name.partition(":")[0]]
    with errors:
        if not isinstance(function, str) and not is_named(called):
            by_value = True
            payload, digest, roots = handed_over(called, name)
            values[name] = digest
    source = {
        "by_value": by_value,
        "roots": roots,
        "values": values,
        "depends": [str(path) for path in depends],
        "unpaired": unpaired,
        **({} if time_limit is None else {TIME_LIMIT: time_limit}),
        **({"trained": trained} if trained else {}),
    }
    with errors:
        info = metric_rules.measured("function", name, metrics, steers, at, source, "")
    errors.raise_all()
    made = FunctionProgram(info, called, payload)
    return FunctionProgram(info.model_copy(update={"identity": made._identity}), called, payload)


def program(info: ProgramInfo | None) -> Program:
    """The program that a record names. Loads nobody's code."""
    if info is None:
        raise ParibusError("a function has to be named")
    return FunctionProgram(info)
