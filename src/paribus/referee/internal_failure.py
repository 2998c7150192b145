"""When the referee itself breaks: a full disk, a folder that may not be written to. Then nothing is decided."""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterator

from paribus.core.errors import ParibusError, StoreError, reason_of
from paribus.core.exit_codes import FAILED


class RefereeBroke(ParibusError):
    """Nothing was decided, by no fault of the edit; the same command goes on once its cause is gone."""

    exit_code = FAILED


@contextlib.contextmanager
def said() -> Iterator[None]:
    """Tell what the system refused by a sentence that names the file, and by an exit code of its own."""
    try:
        yield
    except StoreError as error:
        if not isinstance(error.__cause__, OSError):
            raise
        raise RefereeBroke(error.message) from error
    except OSError as error:
        if error.filename is None and error.errno in (errno.EPIPE, errno.EIO):  # nobody reads the answer any more
            raise
        raise RefereeBroke(
            "{path}: {reason}. Nothing was decided; once that is mended the same command goes on",
            path=str(error.filename or "?"),
            reason=reason_of(error),
        ) from error
