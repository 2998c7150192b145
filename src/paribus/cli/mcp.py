"""`paribus mcp`: the referee, and judging, as tools of the Model Context Protocol, on the official SDK.

A tool gives a command of Paribus in a process of its own, in the folder that the server was started in, and hands on
its JSON: so it does what the command line does, and a tool that breaks takes nothing with it.
"""

from __future__ import annotations

import argparse
import io
import json
import multiprocessing
import os
import sys
from collections.abc import Callable, Sequence
from multiprocessing import forkserver
from typing import Any

from paribus.core.errors import ParibusError
from paribus.core.temporary import temporary_folder

Command = Callable[[Sequence[str]], None]


def serve_tools(options: argparse.Namespace, command: Command) -> None:
    """Serve on stdin and stdout until they close. Raises ParibusError where the SDK is not installed.

    command: gives a command of Paribus, a function at the top of a module: `main` hands itself on.
    """
    made = server(command)
    if _context().get_start_method() == "forkserver":
        forkserver.ensure_running()
    made.run("stdio")


def server(command: Command) -> Any:
    """The server with its tools, which give commands by `command`."""
    try:
        import anyio.to_thread
        from mcp.server import MCPServer
    except ModuleNotFoundError:
        raise ParibusError("paribus mcp needs the extra mcp: pip install 'paribus[mcp]'") from None
    made = MCPServer("paribus", instructions=_INSTRUCTIONS)

    async def called(*words: str) -> dict[str, Any]:
        return await anyio.to_thread.run_sync(given, command, words)

    async def referee_start(metric: str, command: list[str], options: list[str] | None = None) -> dict[str, Any]:
        """Begin a loop of edits: commit to the metric (NAME:min or NAME:max) and run the baseline.

        command: the words that train, with {seed} in them. options: as of `paribus referee start`, like
        ["--ruler", "evaluate.py", "--budget-per-try", "10m"].
        """
        return await called("referee", "start", "--json", "--metric", metric, *(options or []), "--", *command)

    async def referee_try(message: str, commit: bool = False, candidate: str = "") -> dict[str, Any]:
        """Try the edit in the working tree (or the git revision `candidate`) against what stands.

        exit_code 0: keep; 10: discard, undo it; 20: open, undo it, and stop where the reason is loop_budget; 2: a
        mistake of yours, 1: the referee broke: `said` has why. `holds`: earlier edits that are still there; undo them.
        """
        more = [*(["--commit"] if commit else []), *([f"--candidate={candidate}"] if candidate else [])]
        return await called("referee", "try", "--json", f"--message={message}", *more)

    async def referee_report(audit: bool = False) -> dict[str, Any]:
        """The path of the loop; audit: start against end on fresh seeds, and each kept edit taken out again."""
        return await called("referee", "report", "--json", *(["--audit"] if audit else []))

    async def judge(table: str, metric: str, options: list[str] | None = None) -> dict[str, Any]:
        """A verdict on results that exist already: a table with a row for each run.

        options: as of `paribus judge`, like ["--arm-column", "model", "--pair-by", "seed"].
        """
        return await called("judge", table, "--metric", metric, "--json", *(options or []))

    async def power(options: list[str]) -> dict[str, Any]:
        """How many seeds find a difference; options: as of `paribus power`, like ["--seeds", "6"]."""
        return await called("power", "--json", *options)

    for tool in (referee_start, referee_try, referee_report, judge, power):
        made.add_tool(tool)
    return made


_INSTRUCTIONS = (
    "Never decide by one run whether an edit is better: referee_try does, and its exit_code says what to do."
)


def given(command: Command, words: tuple[str, ...]) -> dict[str, Any]:
    """A command's exit code, its JSON (null where it gave none), and what it said besides."""
    with temporary_folder("mcp") as folder:
        out, err = folder / "out", folder / "err"
        process = _context().Process(target=_give, args=(command, words, str(out), str(err)))
        process.start()
        process.join()
        printed, said = ((p.read_text(encoding="utf-8") if p.exists() else "") for p in (out, err))
    return {
        "exit_code": process.exitcode,
        "result": json.loads(printed) if printed.strip() else None,
        "said": said.strip(),
    }


def _context() -> Any:
    """Commands are forked from a process that has loaded already what they need, where the system can do that."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["paribus.cli.mcp_preload"])
    return context


def _give(command: Command, words: tuple[str, ...], out: str, err: str) -> None:
    """Give a command in this process, which has stdin and stdout of the server until here."""
    for number, path in enumerate((os.devnull, out, err)):
        there = os.open(path, os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT, 0o600)
        os.dup2(there, number)
        os.close(there)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8")
    sys.argv = ["paribus", *words]
    command(words)
