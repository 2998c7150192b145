"""`paribus serve`: the lab as a page."""

from __future__ import annotations

import argparse
import contextlib
import sys
import threading
import webbrowser
from html import escape
from pathlib import Path

from paribus.cli.command_context import screen
from paribus.core import atomic
from paribus.runs.planning import store_at
from paribus.web.server import Served, ServerOptions, is_loopback, serve


def serve_lab(options: argparse.Namespace) -> None:
    """Say where the page is, open it, and serve it until Ctrl-C."""
    out = screen(options)
    words = out.words

    def ready(served: Served) -> None:
        if not is_loopback(options.host):
            out.paragraph(
                words.text(
                    "Beware: {host} can be reached from other machines. Whoever has the address below can train on "
                    "this one and read its store, and what goes over the network is not encrypted.",
                    host=options.host,
                ),
                style="yellow",
            )
        out.verbatim(words.text("The lab of {store} is at", store=str(served.store)), served.address)
        if served.waiting:
            said = words.plural("{n} job of the queue goes on now.", "{n} jobs of the queue go on now.", served.waiting)
            out.paragraph(said)
        out.paragraph(words.text("Ctrl-C stops it; the queue goes on when you serve this store again."))
        sys.stdout.flush()
        if not options.no_browser:  # in a thread: some browsers run in the terminal, and return when they are closed
            threading.Thread(target=_open, args=(served,), daemon=True).start()

    given = options.out, options.host, options.port, options.workers, options.own_models
    try:
        serve(ServerOptions(*given, options.lang), ready)
    finally:
        _door(store_at(options.out).resolve()).unlink(missing_ok=True)
    out.paragraph(words.text("Stopped. Everything is kept but the epochs in progress."))


def _open(served: Served) -> None:
    """By a file that only this user can read: whoever is on this machine sees what a browser is started with."""
    door = _door(served.store)
    page = f'<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0; url={escape(served.address)}">'
    with contextlib.suppress(webbrowser.Error, OSError):
        door.unlink(missing_ok=True)
        atomic.write_once(door, page.encode(), 0o600)
        webbrowser.open(door.as_uri())


def _door(store: Path) -> Path:
    return store / "locks" / "open.html"
