"""The loop that was there before: put aside where another is started, and put back where that one does not start."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

from paribus.referee.journal import Journal
from paribus.runs.store import files

_BEFORE = "before"  # a file in a loop's folder: where the loop before it lies


@contextlib.contextmanager
def put_aside(journal: Journal, new: bool) -> Iterator[None]:
    """Rename the folder of a loop that is there, where a `new` one is wanted; back again where that does not start.

    A start that was killed leaves it aside, with a note of where it lies, and is gone on with by the same command.
    """
    if new and journal.exists:
        with journal.held():
            pass
        number = 1
        while (target := journal.folder.with_name(f"{journal.folder.name}-{number}")).exists():
            number += 1
        journal.folder.rename(target)
        files.make_folder(journal.folder)
        files.write_whole(journal.folder / _BEFORE, target.name.encode(), durable=False)
    try:
        yield
    except BaseException:
        before = loop_before(journal)
        if before is not None and not journal.exists:
            shutil.rmtree(journal.folder)
            before.rename(journal.folder)
        raise


def loop_before(journal: Journal) -> Path | None:
    """The folder of the loop that was put aside for this one."""
    with contextlib.suppress(OSError):
        found = journal.folder.with_name((journal.folder / _BEFORE).read_text("utf-8"))
        return found if found.is_dir() else None
    return None
