"""What tests of several folders share."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# Tests run beside each other (pytest-xdist): one thread each, here and in processes that they start.
os.environ["OMP_NUM_THREADS"] = "1"

# How long an example takes says nothing about the code where other work runs beside it.
with contextlib.suppress(ImportError):  # the environments of the extras have no hypothesis
    from hypothesis import settings

    settings.register_profile("shared-machine", deadline=None)
    settings.load_profile("shared-machine")

# Started in a shell's background, or by nohup, the tests would ignore Ctrl-C or a closed terminal, and every command
# that they start with them.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


# What a store keeps is made durable: where memory has room for the tests' files, no test waits for a disk.
MEMORY = Path("/dev/shm")
ROOM = 4 << 30  # bytes; far more than the tests keep at once
# Programs that tests write are started there: some systems forbid that.
if (
    os.access(MEMORY, os.W_OK)
    and shutil.disk_usage(MEMORY).free > ROOM
    and not os.statvfs(MEMORY).f_flag & getattr(os, "ST_NOEXEC", 0)
):
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))  # where pytest makes its temporary folders


# Of the files with slow tests or a browser's those that take longest, by measurement, the longest first.
LONGEST = ("docs/test_commands.py", "cli/test_interruption.py", "web/test_page.py", "lessons/test_lessons.py")
LONGEST += ("report/test_report_lab.py", "web/test_page_look.py", "cli/test_why.py", "report/test_report_live.py")
LONGEST += ("diagnosis/test_diagnosis.py", "report/test_report_browser.py", "docs/test_why.py")
LONGEST += ("recipe/test_agreement.py", "web/test_killed.py", "benchmarks/test_damage.py", "web/test_page_races.py")
LONGEST += ("cli/test_map.py", "cli/test_signals.py", "report/test_report_hostile.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files of quick tests alone come first, so that most faults are told within a minute or two.

    Then the others, the longest first, so that no process is left with one while the others are done.
    """
    long = [Path(__file__).parent / name for name in LONGEST]
    slow = Counter(item.path for item in items if item.get_closest_marker("slow"))
    browser = Counter(item.path for item in items if item.get_closest_marker("browser"))

    def place(item: pytest.Item) -> tuple[bool, int, int, int]:
        path = item.path
        quick = not slow[path] and not browser[path]
        return not quick, long.index(path) if path in long else len(long), -slow[path], -browser[path]

    items.sort(key=place)


CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(autouse=True)
def denormals_as_ieee_has_them() -> Iterator[None]:
    """A test that trains in this process flushes them to zero, which the next test must not meet."""
    yield
    if (torch := sys.modules.get("torch")) is not None:
        torch.set_flush_denormal(False)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real chromium. Without one its tests are skipped, or fail where PARIBUS_REQUIRE_BROWSER=1.

    A file's own, for while it is open no other file can run an event loop in this process.
    """
    found = next((path for name in CHROMIUM if (path := shutil.which(name))), None)
    if found is None:
        reason = f"no chromium on the PATH (looked for {', '.join(CHROMIUM)})"
        if os.environ.get("PARIBUS_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def digits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A little of MNIST, as a data set of one's own."""
    from tests.digits import write_digits

    return write_digits(tmp_path_factory.mktemp("data") / "digits")
