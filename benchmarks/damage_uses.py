"""What `damage.py` makes and uses: a small store of everything that ends, and every way of reading it, in this process.

Runs are made one after another by an executor that is no process, so that a use takes milliseconds.
"""

from __future__ import annotations

import asyncio
import io
import os
import random
import re
import struct
import sys
import warnings
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Answer = tuple[str, str, bool]  # what came out, all that was said, whether it was refused

_TIMES = re.compile(
    r"\d{4}-\d\d-\d\d[T ][\d:.+]+|\b\d+(\.\d+)? (ms|s|min)\b|[\"']?seconds[\"']?: [\d.e-]+|\bp[0-9a-f]{10}\b"
)
HOST, COOKIE, SESSION = "lab.local", "paribus", "session"
SCRIPT = "import random, sys\nseed, gain = int(sys.argv[1]), float(sys.argv[2])\nrandom.seed(seed)\n"
SCRIPT += """if gain < 0 and seed == 1:
    raise SystemExit("no such gain")
print('{"score": %r}' % (gain + random.random()))
"""


# How much a use takes, roughly, by how its name begins: each has its share of the time. Fixed and never measured, so
# that a seed draws the same on every machine.
COSTS = {"figure": 20, "report": 10, "pb report": 10, "GET /api/comparisons/ID/report": 20, "bundle": 12, "list": 10}
COSTS |= {"GET /api/comparisons/ID/why": 8, "verify ": 3, "verify": 30, "prune": 6, "compare": 3, "why": 40}


@dataclass(frozen=True)
class Use:
    """One way of reading a store."""

    name: str
    do: Callable[[], Answer]

    @property
    def cost(self) -> int:
        """In that of the cheapest."""
        return next((cost for name, cost in COSTS.items() if self.name.startswith(name)), 1)

    def __call__(self) -> Answer:
        """As it is now."""
        output, said, refused = self.do()
        return _TIMES.sub("", output), said, refused


class Inline(Executor):
    """Each call is done as it is submitted."""

    def submit(self, function: Callable[..., Any], /, *args: Any, **more: Any) -> Future[Any]:
        """Do it now."""
        future: Future[Any] = Future()
        future.set_running_or_notify_cancel()
        try:
            future.set_result(function(*args, **more))
        except BaseException as error:
            future.set_exception(error)
        return future


def private(scratch: Path) -> None:
    """Nothing of the user's is read or written; figures have no date of their own, commands no code of a checkout."""
    os.chdir(scratch)
    for name in ("XDG_STATE_HOME", "PARIBUS_CACHE", "MPLCONFIGDIR"):
        os.environ[name] = str(scratch / name.lower())
    (scratch / "mplconfigdir").mkdir(exist_ok=True)
    (scratch / "mplconfigdir" / "matplotlibrc").write_text("svg.hashsalt: damage\n")
    os.environ |= {"SOURCE_DATE_EPOCH": "0", "OMP_NUM_THREADS": "1", "LC_ALL": "C.UTF-8"}
    os.environ.pop("PARIBUS_OUT", None)


def _digits(folder: Path) -> str:
    """A data set of 60 training and 20 test images of 12 by 12 bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    draws = random.Random(7)
    for part, count in (("train", 60), ("t10k", 20)):
        pixels = bytes(draws.randrange(256) for _ in range(count * 144))
        (folder / f"{part}-images-idx3-ubyte").write_bytes(struct.pack(">HBB3I", 0, 8, 3, count, 12, 12) + pixels)
        labels = bytes(n % 3 for n in range(count))
        (folder / f"{part}-labels-idx1-ubyte").write_bytes(struct.pack(">HBBI", 0, 8, 1, count) + labels)
    return str(folder)


def made(root: Path) -> None:
    """The store, unless it is there."""
    if (root / "comparisons").exists():
        return
    import paribus as pb
    from paribus.maps.run_map import map_verdict

    outside = root.parent / f"{root.name}-programs"
    data = _digits(outside / "data")
    small = {"conv_channels": (2, 2), "dense_widths": (4,), "batch_size": 16, "dataset": data, "epochs": 2}
    how: dict[str, Any] = {"out": root, "executor": Inline(), "workers": 1, "settings": small}
    result = pb.compare("activation", ["sigmoid", "relu"], seeds=2, **how)
    result.report()
    pb.explain(result, out=root, executor=Inline(), workers=1, budget=600)
    tuned: dict[str, Any] = {
        "tune": {"learning_rate": [0.001, 0.01]},
        "tune_tries": 2,
        "tune_seeds": 1,
        "tune_sampler": "random",
    }
    pb.compare("batch_order", ["as_is", "shuffled"], seeds=2, **tuned, **how)
    map_verdict("activation", ["sigmoid", "relu"], {"learning_rate": [0.001, 0.01]}, seeds=2, **how)
    script = outside / "score.py"
    script.write_text(SCRIPT)
    words = [sys.executable, "-I", "-S", str(script), "{seed}", "{gain}"]
    own: dict[str, Any] = {"program": words, "metric": "score:max", "out": root, "executor": Inline(), "workers": 1}
    pb.compare("gain", ["1.0", "2.0", "-1.0"], seeds=2, **own)
    _queue(root, result.comparison.id)
    result.store.save_tags(result.comparison.id, ["thesis", "small"])
    from paribus.words.translation import translator

    translator("ko")


def _queue(root: Path, comparison: str) -> None:
    """A page's queue, of one job that is finished."""
    from paribus.web.comparison_request import Order
    from paribus.web.job_states import Job, Kept
    from paribus.web.read_store import write_note

    order = Order(factor="activation", values=("sigmoid", "relu"))
    job = Job(id="j", kind="compare", comparison=comparison, title={"en": "a", "ko": "a"}, state="finished",
              order=order, created="2026-01-01T00:00:00+00:00", ended="2026-01-01T00:00:01+00:00")  # fmt: skip
    write_note(root, "queue.json", Kept(jobs=(job,)))


def uses_of(root: Path, scratch: Path) -> list[Use]:
    """All uses, of all that is in the store."""
    from paribus.runs.store import Store

    store = Store(root)
    comparisons, runs = store.comparisons(), store.runs()
    recipes = [c for c in comparisons if c.program.kind == "recipe"]
    explained = next(c for c in recipes if store.explanation(c.id) is not None)
    tuned = next(c for c in comparisons if store.tuned(c.id) is not None)
    own = next(c for c in comparisons if c.program.kind != "recipe")
    failed = next(run for run in runs if run.failure is not None)
    used = {run.id for arm in explained.arms for run in arm.runs}
    trained = [run.id for run in runs if run.id in used]
    chosen = [*_of_store(root, scratch)]
    for name, one in (("explained", explained), ("tuned", tuned), ("own", own)):
        chosen += _of_comparison(root, scratch, name, one.id)
    for name, run in (("run", trained[0]), ("failed", failed.id)):
        chosen += [_said(f"show {name}", root, "show", run), _said(f"show --json {name}", root, "show", run, "--json")]
    chosen += _of_run(root, scratch, trained[0])
    chosen += _of_page(root, explained.id, trained[0])
    chosen += _in_python(root, scratch, explained.id, tuned.id, own.id, trained[0])
    chosen.append(_said("diff", root, "diff", trained[0], trained[-1]))
    made = store.map_survey()[0][0]
    chosen.append(_said("show map", root, "show", made.id))
    chosen.append(_written("figure map of map", root, scratch / "m.svg", "figure", made.id, "--to"))
    return chosen


def _of_store(root: Path, scratch: Path) -> Iterator[Use]:
    yield _said("list", root, "list")
    yield _said("list --json", root, "list", "--json")
    yield _said("verify", root, "verify")
    yield _said("prune", root, "prune")
    yield _said("prune --runs", root, "prune", "--runs")


def _of_comparison(root: Path, scratch: Path, name: str, comparison: str) -> Iterator[Use]:
    yield _said(f"show {name}", root, "show", comparison)
    yield _said(f"show --json {name}", root, "show", comparison, "--json")
    yield _said(f"show --format {name}", root, "show", comparison, "--format", "markdown")
    yield _written(f"report {name}", root, scratch / "r.html", "report", comparison, "--to")
    yield _said(f"tag {name}", root, "tag", comparison)
    yield _said(f"verify {name}", root, "verify", comparison)
    kinds = ["differences"]
    kinds += ["curves", "forces", "confusion", "features", "interventions", "map"] if name == "explained" else []
    kinds += ["tuning"] if name == "tuned" else []
    for kind in kinds:
        yield _written(f"figure {kind} {name}", root, scratch / "f.svg", "figure", comparison, "--kind", kind, "--to")
    if name == "explained":
        yield _written("export predictions", root, scratch / "p.csv", "export", comparison, "predictions", "--to")
        yield Use("bundle", lambda: _bundled(root, scratch / "b.zip", comparison))
        yield _written("export confusion", root, scratch / "c.csv", "export", comparison, "confusion", "--to")


def _of_run(root: Path, scratch: Path, run: str) -> Iterator[Use]:
    for kind in ("curves", "answers", "classes", "updates", "forces", "signal", "units", "batches", "features"):
        yield _written(f"figure {kind} run", root, scratch / "f.svg", "figure", run, "--kind", kind, "--to")


def _said(name: str, root: Path, *words: str) -> Use:
    """What a command prints."""
    return Use(name, lambda: _command(root, *words))


def _written(name: str, root: Path, path: Path, *words: str) -> Use:
    """What a command writes into a file."""

    def do() -> Answer:
        path.unlink(missing_ok=True)
        output, said, refused = _command(root, *words, str(path))
        text = path.read_bytes().decode("latin-1") if path.exists() else ""
        return (output + text, said + text, refused)

    return Use(name, do)


def _command(root: Path, *words: str) -> Answer:
    from paribus.cli.main import parsed, run

    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    with redirect_stdout(out), redirect_stderr(err):
        code = run(parsed([*words, *([] if "--out" in words else ["--out", str(root)])]), [])
    texts = [stream.buffer.getvalue().decode() for stream in (out, err)]
    whole = re.sub(r"\s*\n\s*", "", texts[1])  # as it was before it was broken into lines
    return texts[0], texts[0] + texts[1] + whole + re.sub(r"\s*\n\s*", "", texts[0]), code != 0


def _bundled(root: Path, path: Path, comparison: str) -> Answer:
    """The files that come out of a bundle."""
    path.unlink(missing_ok=True)
    output, said, refused = _command(root, "bundle", comparison, "--to", str(path))
    if not refused:
        with zipfile.ZipFile(path) as archive:
            output += "".join(f"{name} {archive.read(name)!r}" for name in sorted(archive.namelist()))
    return output, said, refused


def _python(name: str, do: Callable[[], object]) -> Use:
    """What a call gives, with the warnings that it gives."""

    def done() -> Answer:
        from paribus.core.errors import ParibusError

        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            try:
                output = str(do())
            except ParibusError as error:
                return "", str(error), True
        return output, output + "".join(str(one.message) for one in told), False

    return Use(name, done)


def _in_python(root: Path, scratch: Path, explained: str, tuned: str, own: str, run: str) -> Iterator[Use]:
    import paribus as pb
    from paribus.records.comparison import Comparison

    def network() -> object:
        return {name: value.tolist() for name, value in pb.load_run(run, root).model().state_dict().items()}

    def exported() -> object:
        import torch

        found = torch.load(pb.load_run(run, root).export("weights", scratch / "w.pt"))
        return {name: found[name].tolist() for name in sorted(found)}

    def again(name: str) -> object:
        c: Comparison = pb.load_comparison(name, root).comparison
        arms = [dict(arm.fields) for arm in c.arms]
        more: dict[str, Any] = {"seeds": 2, "out": root, "executor": Inline(), "workers": 1}
        if c.program.kind == "recipe":
            settings = {n: v for n, v in arms[0].items() if n != c.factor}
            made = pb.compare(c.factor, [arm.value for arm in c.arms], settings=settings, **more)
        else:
            words = list(c.program.source["words"])
            values = [arm.value for arm in c.arms]
            made = pb.compare(c.factor, values, program=words, metric="score:max", **more)
        shown = made.to_dict()
        return {key: shown[key] for key in sorted(shown) if key not in ("created", "seconds", "explanation", "tuned")}

    def why() -> object:
        found = pb.explain(pb.load_comparison(explained, root), executor=Inline(), workers=1, budget=60)
        return found.model_dump_json(exclude={"spent", "claims"})  # claims tell of times

    yield _python("model()", network)
    yield _python("export weights", exported)
    yield _python("findings()", lambda: pb.load_run(run, root).findings())
    yield _python("to_dict()", lambda: pb.load_comparison(explained, root).to_dict())
    yield _python("print comparison", lambda: pb.load_comparison(tuned, root))
    yield _python("_repr_html_", lambda: pb.load_comparison(tuned, root)._repr_html_())
    yield _python("maps", lambda: pb.load_comparison(explained, root).maps)
    yield _python("at_best", lambda: pb.load_comparison(tuned, root).at_best)
    yield _python("pb report", lambda: pb.load_comparison(explained, root).report().read_text())
    yield _python("pb report tuned", lambda: pb.load_comparison(tuned, root).report().read_text())
    yield _python("compare", lambda: again(explained))
    yield _python("compare own", lambda: again(own))
    yield _python("why", why)


def _of_page(root: Path, comparison: str, run: str) -> Iterator[Use]:
    of = f"/api/comparisons/{comparison}"
    paths = ["/api/comparisons", of, *(f"{of}/{part}" for part in ("why", "lab", "curves", "verdict", "report"))]
    paths += [f"/api/runs/{run}/{part}" for part in ("weights", "images", "story")] + ["/api/jobs", "/api/jobs/j"]
    for path in paths:
        short = path.replace(comparison, "ID").replace(run, "RUN")
        yield Use(f"GET {short}", lambda path=path: _got(root, path))  # type: ignore[misc]


def _got(root: Path, path: str) -> Answer:
    """The answer of the page's server, asked without a socket."""
    from paribus.core.errors import ParibusError
    from paribus.web.app import make_app
    from paribus.web.security import Keys
    from paribus.web.server_state import Lab

    try:
        lab = Lab(root)
    except ParibusError as error:  # as `paribus serve` ends with it
        return "", str(error), True
    app = make_app(lab, Keys(frozenset({HOST}), COOKIE, session=SESSION))
    headers = [(b"host", HOST.encode()), (b"cookie", f"{COOKIE}={SESSION}".encode())]
    scope = {"type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b"",
             "headers": headers, "scheme": "http", "http_version": "1.1", "root_path": "",
             "server": (HOST, 80), "client": ("127.0.0.1", 1)}  # fmt: skip
    status, body = 0, bytearray()

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        nonlocal status
        status = message.get("status", status)
        body.extend(message.get("body", b""))

    asyncio.run(app(scope, receive, send))  # type: ignore[arg-type]
    return f"{status} {body.decode()}", body.decode(), status >= 400
