"""What a run or a comparison can be handed on as: a file of a kind that its program knows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from paribus.core import atomic
from paribus.core.errors import ParibusError, nearest, reason_of
from paribus.core.messages import Message
from paribus.programs.view import program_view

if TYPE_CHECKING:
    from paribus.results import Run


def export(
    runs: Sequence[tuple[str, Run]], folder: Path, kind: str, to: str | Path | None, trust: bool = False
) -> tuple[Path, Message | None]:
    """Write a file of this kind, into the folder unless `to` says where; gives its path, and what was checked of it.

    runs: each with its arm's name; one whose arm is nameless is a run by itself. Raises ParibusError for a kind that
    there is not, and for what cannot be written.
    """
    view = program_view(runs[0][1].record.program)
    kinds = view.exports()
    if not kinds:
        raise ParibusError(
            "nothing can be exported of {program}: what its runs save is in their folders of the store",
            program=runs[0][1].record.program.name,
        )
    if kind not in kinds:
        raise ParibusError(
            "{field} must be one of {choices}",
            field="export",
            choices=tuple(kinds),
            got=kind,
            hint=nearest(kind, kinds),
        )
    path = folder / kinds[kind] if to is None else Path(to)
    if not path.parent.is_dir():
        raise ParibusError("--to needs a folder that is there", got=str(path))
    atomic.sweep(path.parent)
    try:
        return path, view.export(runs, kind, path, trust)
    except OSError as error:
        raise ParibusError("{path}: cannot be written: {reason}", path=path, reason=reason_of(error)) from None
