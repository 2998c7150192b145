"""What is said of a function besides its name, checked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from paribus.core.errors import ErrorCollector, ParibusError, reason_of
from paribus.core.messages import Message
from paribus.programs.function.modules import file_digest
from paribus.programs.metrics import condition
from paribus.runs.time_limit import check_time_limit


def check_options(depends: Sequence[str | Path], time_limit: float | None, trained: str) -> None:
    """Raise ParibusError with all that is wrong."""
    errors = ErrorCollector(Message("the program"))
    for path in depends:
        with errors:
            try:
                file_digest(Path(path))
            except OSError as error:
                raise ParibusError(
                    "{path}: cannot be read: {reason}", path=Path(path), reason=reason_of(error)
                ) from None
    with errors:
        check_time_limit(time_limit)
    with errors:
        if trained:
            condition(trained)
    errors.raise_all()
