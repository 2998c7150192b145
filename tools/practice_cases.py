"""Whether `pb.explain` names what was spoilt in each of the twelve cases of `pb.lesson.case`, and how long it takes.

    python tools/practice_cases.py [--only N ...] [--out STORE]

A line a case. Exits with 1 where one is not named.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time

import paribus as pb
from paribus.lesson.cases import CAUSES, TWELVE


def main() -> int:
    """Try the cases; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", type=int, metavar="N", default=range(1, len(TWELVE) + 1))
    parser.add_argument("--out", metavar="STORE", help="keep runs here, and reuse what is there")
    options = parser.parse_args()
    unsure = pb.lesson.predict({name: 1 / len(CAUSES) for name in CAUSES})
    with tempfile.TemporaryDirectory() as scratch:
        named = [tried(number, unsure, options.out or scratch) for number in options.only]
    print(f"named: {sum(named)} of {len(named)}")
    return 0 if all(named) else 1


def tried(number: int, said: pb.lesson.Prediction, store: str) -> bool:
    """Whether the explanation names the field that was spoilt."""
    begun = time.perf_counter()
    found = pb.lesson.case(number, out=store).reveal(said)
    print(f"case {number:2}: {found.outcome}, named {found.named}, {time.perf_counter() - begun:.0f} s", flush=True)
    return found.named == found.outcome


if __name__ == "__main__":
    sys.exit(main())
