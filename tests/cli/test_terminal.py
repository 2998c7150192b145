"""The command in a real terminal: colours, and the question before a long comparison."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys

import pytest

from tests.cli.lab import COMMAND, environment, killed_at_last, until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")

COLOUR = re.compile(r"\x1b\[(?:\d+;)*(?:3[0-8]|4[0-8]|9[0-7])")
LONG = ("compare", "activation=sigmoid,relu", "--epochs=20000", "--lang=en")


class Terminal:
    """A command in a pseudo-terminal of 100 columns."""

    def __init__(self, *words, env=None):
        import pty

        self.ours, theirs = pty.openpty()
        os.set_blocking(self.ours, False)
        surroundings = environment({"TERM": "xterm-256color", **(env or {})})
        self.process = subprocess.Popen(
            [*COMMAND, *map(str, words)], env=surroundings, preexec_fn=lambda: os.login_tty(theirs)
        )
        os.close(theirs)
        self.shown = ""

    def read(self):
        """What was shown so far."""
        with contextlib.suppress(OSError):  # nothing new, or nobody left on the other side
            self.shown += os.read(self.ours, 1 << 16).decode(errors="replace")
        return self.shown

    def until(self, text):
        """Wait for `text` to be shown."""
        until(lambda: text in self.read())

    def type(self, text):
        os.write(self.ours, text.encode())

    def end(self):
        """Wait for the end; the exit code."""
        with killed_at_last(self.process):
            until(lambda: self.read() is not None and self.process.poll() is not None)
            code = self.process.returncode
        self.read()
        os.close(self.ours)
        return code


@pytest.mark.parametrize(("env", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)])
def test_colours_in_a_terminal_that_wants_them(pair, store, env, coloured):
    terminal = Terminal("show", pair.json["id"], "--out", store, env=env)
    assert terminal.end() == 0
    assert pair.json["id"] in terminal.shown.replace("\r\n", "")
    assert bool(COLOUR.search(terminal.shown)) is coloured


@pytest.mark.parametrize("answer", ["n", ""])
def test_a_long_comparison_is_asked_about_first(tmp_path, answer):
    terminal = Terminal(*LONG, "--out", tmp_path / "lab")
    terminal.until("Start? [y/N]")
    terminal.type(f"{answer}\n")
    assert terminal.end() == 2
    assert "nothing was started" in terminal.shown
    assert not (tmp_path / "lab").exists()


def test_yes_asks_nothing(tmp_path):
    terminal = Terminal(*LONG, "--yes", "--out", tmp_path / "lab")
    until(lambda: terminal.read() is not None and list((tmp_path / "lab").glob("runs/*/record.json")))
    terminal.type("\x03")  # Ctrl-C, as the terminal sends it
    assert terminal.end() == 130
    assert "[y/N]" not in terminal.shown
    assert "Traceback" not in terminal.shown
    assert "To go on:" in terminal.shown
    assert terminal.shown.count("\x1b[?25l") <= terminal.shown.count("\x1b[?25h")  # the cursor is back
