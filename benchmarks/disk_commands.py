"""What `failing_disk.py` gives on a bad disk: commands that read or write, in this process, and requests of the page.

Runs are made by an executor that is no process; of most commands they are there already.
"""

from __future__ import annotations

import asyncio
import io
import json
import re
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

from damage_uses import COOKIE, HOST, SESSION, Answer, Inline, Use

_NEW = re.compile(r"job-[0-9a-f]{10}|paribus-workers-\S+")  # names that are drawn


def at_home_inline() -> None:
    """From now on commands make their runs in this process, and start no server of workers."""
    from paribus.runs import execute, pool
    from paribus.runs.engines.user_executor import Given

    execute.__dict__["_engine"] = lambda executor, store, workers, task: Given(executor or Inline(), store.root)
    pool.__dict__["warm_up"] = lambda modules=(): None


def commands_of(root: Path, scratch: Path, data: str) -> list[Use]:
    """All of them, of all that is in the store. data: the folder of its data set."""
    from paribus.runs.store import Store

    store = Store(root)
    comparisons, runs = store.comparisons(), store.runs()
    explained = next(c.id for c in comparisons if store.explanation(c.id) is not None)
    tuned = next(c.id for c in comparisons if store.tuned(c.id) is not None)
    own = next(c for c in comparisons if c.program.kind != "recipe")
    run = next(run.id for run in runs if run.trained is not None)
    made = store.map_survey()[0][0].id
    chosen = [*_made_again(root, data, own.program.source["words"], explained)]
    chosen += [*_of_comparison(root, scratch, explained, tuned, own.id, run, made)]
    chosen += [*_of_lessons(scratch)]
    chosen += [*_of_store(root, explained, run, data)]
    return [*chosen, *_of_page(root, explained, run)]


def _made_again(root: Path, data: str, words: list[str], explained: str) -> Iterator[Use]:
    small = ["conv_channels=[2,2]", "dense_widths=[4]", "batch_size=16", f"dataset={data}"]
    settings = [f"--set={word}" for word in small] + ["--epochs=2", "--seeds=2", "--quiet", "--yes"]
    yield _said("compare", root, "compare", "activation=sigmoid,relu", *settings)
    tune = ["--tune=learning_rate=0.001,0.01", "--tune-tries=2", "--tune-seeds=1", "--tune-sampler=random"]
    yield _said("compare --tune", root, "compare", "batch_order=as_is,shuffled", *settings, *tune)
    yield _said("map", root, "map", "activation=sigmoid,relu", "--over=learning_rate=0.001,0.01", *settings)
    yield _said("compare of a command", root, "compare", "gain=1.0,2.0,-1.0", "--seeds=2", "--quiet", "--yes",
                "--metric=score:max", "--", *words)  # fmt: skip
    yield _said("train", root, "train", *settings[:-3], "--seed=0")
    yield _said("why", root, "why", explained, "--budget=60", "--quiet")


def _of_comparison(
    root: Path, scratch: Path, explained: str, tuned: str, own: str, run: str, made: str
) -> Iterator[Use]:
    yield _said("report", root, "report", explained)
    yield _said("report tuned", root, "report", tuned)
    yield _said("report --to", root, "report", own, "--to", str(scratch / "r.html"))
    for form in ("svg", "png", "pdf"):
        yield _said(f"figure {form}", root, "figure", explained, "--format", form)
    yield _said("figure --to", root, "figure", run, "--to", str(scratch / "f.svg"))
    yield _said("figure of a map", root, "figure", made)
    for kind in ("predictions", "confusion"):
        yield _said(f"export {kind}", root, "export", explained, kind, "--to", str(scratch / "e.csv"))
    for end in ("pt", "safetensors"):
        yield _said(f"export weights {end}", root, "export", run, "weights", "--to", str(scratch / f"w.{end}"))
    yield _said("bundle", root, "bundle", explained, "--to", str(scratch / "b.zip"))
    yield _said("tag", root, "tag", explained, "one", "two")
    yield _said("tag --remove", root, "tag", explained, "thesis", "--remove")


def _of_lessons(scratch: Path) -> Iterator[Use]:
    from paribus.lesson.handing_in import hand_in

    (scratch / "hand-ins").mkdir()
    told: dict[str, Any] = {"predictions": {}, "outcomes": {}, "checks": [], "results": {}}
    hand_in(scratch / "hand-ins" / "a.json", lesson="lenet", student="a", answers={"why": "it is"}, **told)
    yield _said("lesson new", None, "lesson", "new", "lenet", "--to", str(scratch / "l.ipynb"))
    yield _said("lesson check", None, "lesson", "check", str(scratch / "hand-ins"))
    yield _said("lesson collect", None, "lesson", "collect", str(scratch / "hand-ins"), "--to", str(scratch / "t.csv"))


def _of_store(root: Path, explained: str, run: str, data: str) -> Iterator[Use]:
    yield _said("verify", root, "verify")
    yield _said("prune --yes", root, "prune", "--yes")
    yield _said("prune --runs --yes", root, "prune", "--runs", "--yes")
    yield _said("list", root, "list")
    yield _said("show", root, "show", explained)
    yield _said("show run", root, "show", run)
    yield _said("data show", None, "data", "show", data)


def _of_page(root: Path, explained: str, run: str) -> Iterator[Use]:
    of = f"/api/comparisons/{explained}"
    order = {"factor": "activation", "values": ["sigmoid", "relu"], "seeds": 2}
    posts: dict[str, tuple[str, Any]] = {
        "compare": ("/api/comparisons", order),
        "why": (f"{of}/why", {"budget": None}),
        "tag": (f"{of}/tags", {"add": ["new"], "remove": []}),
    }
    for name, (path, body) in posts.items():
        yield Use(f"POST {name}", lambda path=path, body=body: _asked(root, "POST", path, body))  # type: ignore[misc]
    for path in ("/api/comparisons", of, f"{of}/report", f"{of}/lab", f"/api/runs/{run}/weights", "/api/jobs/j"):
        short = path.replace(explained, "ID").replace(run, "RUN")
        yield Use(f"GET {short}", lambda path=path: _asked(root, "GET", path))  # type: ignore[misc]


def _said(name: str, root: Path | None, *words: str) -> Use:
    """What a command prints. root: None of one that has no store."""
    behind = words.index("--") if "--" in words else len(words)
    whole = [*words[:behind], *([] if root is None else ["--out", str(root)]), *words[behind:]]
    return Use(name, lambda: _given(whole))


def _given(words: list[str]) -> Answer:
    from paribus.cli.main import parsed, run

    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    with redirect_stdout(out), redirect_stderr(err):
        code = run(parsed(words), [])
    printed, said = (stream.buffer.getvalue().decode() for stream in (out, err))
    return _NEW.sub("", printed), printed + said, code in (1, 2)


def _plain(answer: Answer) -> Answer:
    return _NEW.sub("", answer[0]), answer[1], answer[2]


def _asked(root: Path, method: str, path: str, body: Any = None) -> Answer:
    """The answer of the page's server, asked without a socket."""
    from paribus.core.errors import ParibusError, refused_by_system
    from paribus.web.app import make_app
    from paribus.web.security import Keys
    from paribus.web.server_state import Lab

    status, told = 0, bytearray()
    sent = b"" if body is None else json.dumps(body).encode()

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": sent, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        nonlocal status
        status = message.get("status", status)
        told.extend(message.get("body", b""))

    async def ask() -> None:
        app = make_app(Lab(root), Keys(frozenset({HOST}), COOKIE, session=SESSION))
        headers = [(b"host", HOST.encode()), (b"cookie", f"{COOKIE}={SESSION}".encode()),
                   (b"origin", f"http://{HOST}".encode()), (b"content-type", b"application/json")]  # fmt: skip
        scope = {"type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": b"",
                 "headers": headers, "scheme": "http", "http_version": "1.1", "root_path": "",
                 "server": (HOST, 80), "client": ("127.0.0.1", 1)}  # fmt: skip
        await app(scope, receive, send)  # type: ignore[arg-type]

    try:
        asyncio.run(ask())
    except (ParibusError, OSError) as error:  # as `paribus serve` ends with it where the queue cannot be read
        if isinstance(error, OSError) and status:
            raise
        if (fault := error if isinstance(error, ParibusError) else refused_by_system(error)) is None:
            raise
        return "", str(fault), True
    text = told.decode(errors="replace")
    return _plain((f"{status} {text}", text, status >= 400))
