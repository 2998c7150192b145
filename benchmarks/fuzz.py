"""Each parser with bytes that somebody else may have written: recipes, records, lines, arrays, data sets, tables,
bundles, requests.

    python benchmarks/fuzz.py [--seconds N] [--seed N] [--only PARSER] [--keep DIR]

Each parser begins with files that it reads, and is then given changed ones, `--seconds` long in all: bits flipped,
pieces cut out, repeated, put elsewhere, replaced by what is special to a format. Anything but a value or a ParibusError
is a finding, and so is what takes longer than ten seconds; its bytes are kept in `--keep`, and given to the parser
first the next time. Exits with 1 where there was one.
"""

from __future__ import annotations

import argparse
import io
import random
import signal
import struct
import sys
import tempfile
import time
import traceback
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

LONGEST = 10  # seconds of one input
SPECIAL = (
    *(
        b"\0",
        b"\xff\xff\xff\xff",
        b"\x7f\xff\xff\xff",
        b"-1",
        b"1e999",
        b"NaN",
        b"[" * 40,
        b"{" * 40,
        b'"',
        b"\n",
        b".",
    ),
    *(
        b"9" * 400,
        b"\\ud800",
        b"\xed\xa0\x80",
        b"../",
        b"'",
        b"=",
        b",",
        b"\r",
        b"\x1b[31m",
        b"true",
        b"null",
        b'{"a":',
    ),
)


class Slow(BaseException):
    """An input took too long."""


@dataclass(frozen=True)
class Parser:
    """What reads bytes, and files that it reads."""

    name: str
    corpus: tuple[bytes, ...]
    read: Callable[[bytes], object]


def changed(data: bytes, draws: random.Random) -> bytes:
    """Some changes at random places."""
    found = bytearray(data)
    for _ in range(draws.choice((1, 1, 2, 4, 8))):
        at, other = (draws.randrange(len(found) + 1) for _ in range(2))
        piece = bytes(found[min(at, other) : max(at, other)][: draws.choice((1, 8, 64, 4096))])
        match draws.randrange(6):
            case 0 if found:
                found[at % len(found)] ^= 1 << draws.randrange(8)
            case 1:
                del found[at : at + len(piece)]
            case 2:
                found[at:at] = piece * draws.choice((1, 2, 50))
            case 3:
                found[at:at] = draws.choice(SPECIAL)
            case 4:
                special = draws.choice(SPECIAL)
                found[at : at + len(special)] = special
            case _:
                del found[at:]
    return bytes(found)


def parsers(folder: Path) -> list[Parser]:
    """All parsers; what they read from files is written into the folder."""
    import numpy as np
    from damage_uses import _digits

    from paribus.core.frozen import Document
    from paribus.programs.recipe.built_in_recipes import BUILT_IN
    from paribus.programs.recipe.data import open_dataset
    from paribus.programs.recipe.recipe_lookup import recipe
    from paribus.programs.recipe.recipe_text import recipe_to_toml
    from paribus.records.trace import StepTrace
    from paribus.runs.store import chained_lines
    from paribus.runs.store.bundles import MANIFEST, Bundle, unpack
    from paribus.runs.store.comparisons import Planned
    from paribus.runs.store.documents import read_document, to_json
    from paribus.runs.store.looks import Looked
    from paribus.runs.store.tensors import read_tensors, write_tensors
    from paribus.tables.rows import opened
    from paribus.web.comparison_request import read_order
    from paribus.web.http_json import _parsed

    def at(name: str, read: Callable[[Path], object]) -> Callable[[bytes], object]:
        path = folder / name

        def done(data: bytes) -> object:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            return read(path)

        return done

    def table(path: Path) -> object:
        with opened(path) as rows:
            return list(rows.rows)

    def document(kind: type[Document]) -> Callable[[Path], object]:
        return lambda path: read_document(path, kind, 1 << 20)

    def order(data: bytes) -> object:
        body = _parsed(data)
        return read_order(body, False) if isinstance(body, dict) else None

    documents: tuple[tuple[type[Document], Document], ...] = (
        (Planned, Planned(runs=("a", "b"), arms="c")),
        (Looked, Looked(looks=())),
    )
    digits = Path(_digits(folder / "digits"))
    images = "train-images-idx3-ubyte"
    write_tensors(
        folder / "seed.safetensors", {"a": np.zeros((2, 3), np.float32), "b": np.arange(3)}, {"epochs": "1"}, 1 << 20
    )
    chained_lines.append(
        folder / "seed.jsonl", StepTrace(step=1, layers={}).model_dump_json().encode(), "", 1 << 20, durable=False
    )
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("runs/a/record.json", "{}" * 100)
        archive.writestr(MANIFEST, to_json(Bundle(comparison="a", paribus="", files={"runs/a/record.json": ""})))
    arrays = io.BytesIO()
    np.savez(arrays, x_train=np.zeros((6, 4, 4), np.uint8), y_train=np.arange(6) % 3,
             x_test=np.zeros((6, 4, 4), np.uint8), y_test=np.arange(6) % 3)  # fmt: skip
    labels = struct.pack(">HBBI", 0, 8, 1, 60) + bytes(n % 3 for n in range(60))
    csv = b"".join(b"%d,%d,%d,%d\n" % (n % 3, n, 2 * n % 256, 7) for n in range(12))
    asked = b'{"factor": "activation", "values": ["sigmoid", "relu"], "recipe": "lesson", "settings": {"epochs": 3}}'
    results = b"act,seed,loss\nrelu,0,0.5\nrelu,1,0.25\ngelu,0,1e-3\ngelu,1,NaN\n"
    return [
        Parser("recipe", tuple(recipe_to_toml(one).encode() for one, _ in BUILT_IN.values()), at("it.toml", recipe)),
        *(Parser(kind.kind, (to_json(one),), at("it.json", document(kind))) for kind, one in documents),
        Parser("lines", ((folder / "seed.jsonl").read_bytes(),), at("it.jsonl", _lines)),
        Parser(
            "tensors", ((folder / "seed.safetensors").read_bytes(),), at("it.st", lambda p: read_tensors(p, 1 << 20))
        ),
        Parser(
            "idx images", ((digits / images).read_bytes(),), at(f"digits/{images}", lambda p: open_dataset(str(digits)))
        ),
        Parser("idx labels", (labels,), at("digits/train-labels-idx1-ubyte", lambda p: open_dataset(str(digits)))),
        Parser("npz", (arrays.getvalue(),), at("it.npz", lambda p: open_dataset(str(p)))),
        Parser("csv", (csv,), at("it.csv", lambda p: open_dataset(str(p)))),
        Parser("table", (results, b'{"a": 1}\n{"a": 2}\n', b'[{"a": 1}]'), at("table.csv", table)),
        Parser("bundle", (zipped.getvalue(),), at("it.zip", lambda path: unpack(path, folder / "opened"))),
        Parser("request", (asked,), order),
    ]


def _lines(path: Path) -> object:
    from paribus.records.trace import StepTrace
    from paribus.runs.store import chained_lines

    wrong = "{path}: line {number} is wrong: {fault}"
    return chained_lines.values(path, 1 << 20, lambda _, line: StepTrace.model_validate_json(line), wrong)


def given(parser: Parser, data: bytes) -> str:
    """What is wrong with what a parser did with the bytes; empty where nothing is."""
    from paribus.core.errors import ParibusError

    def late(number: int, frame: FrameType | None) -> None:
        raise Slow

    before: Any = signal.signal(signal.SIGALRM, late)
    signal.alarm(LONGEST)
    try:
        parser.read(data)
    except ParibusError as error:
        return "" if len(str(error)) < 5000 else "an error of 5,000 letters"
    except Slow:
        return f"longer than {LONGEST} s"
    except Exception:
        return traceback.format_exc()[-800:]
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
    return ""


def fuzz(parser: Parser, draws: random.Random, seconds: float, keep: Path | None) -> tuple[int, list[str]]:
    """How many inputs a parser was given, and what was found."""
    kept = sorted(keep.glob(f"{parser.name.replace(' ', '-')}-*")) if keep is not None else []
    waiting = [*parser.corpus, *(path.read_bytes() for path in kept)]
    end, count, found = time.monotonic() + seconds, 0, dict[str, str]()
    while waiting or time.monotonic() < end:
        data = waiting.pop(0) if waiting else changed(draws.choice(parser.corpus), draws)
        count += 1
        if fault := given(parser, data):
            found.setdefault(fault.splitlines()[-1], fault)
            if keep is not None:
                keep.mkdir(parents=True, exist_ok=True)
                (keep / f"{parser.name.replace(' ', '-')}-{count}").write_bytes(data)
    return count, list(found.values())


def main() -> int:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seconds", type=float, default=60, help="how long, over all parsers (default 60)")
    options.add_argument("--seed", type=int, default=0, help="of the changes (default 0)")
    options.add_argument("--only", default="", help="only parsers with this in their name")
    options.add_argument("--keep", type=Path, help="where inputs that found something are kept, and are already")
    told = options.parse_args()
    keep = None if told.keep is None else told.keep.absolute()
    from damage_uses import private

    with tempfile.TemporaryDirectory() as scratch:
        private(Path(scratch))
        chosen = [one for one in parsers(Path(scratch) / "files") if told.only in one.name]
        print("| parser | inputs | findings |\n|---|---:|---:|")
        findings = []
        for parser in chosen:
            count, found = fuzz(parser, random.Random(told.seed), told.seconds / len(chosen), keep)
            findings += [f"{parser.name}: {one}" for one in found]
            print(f"| {parser.name} | {count:,} | {len(found)} |", flush=True)
    for one in findings:
        print(one, file=sys.stderr)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
